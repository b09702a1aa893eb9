import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { matchesFilter } from '@weft/api/contract';
import { everywhere, type KindName, kinds } from '@weft/controller/resources';
import { type Harness, startHarness } from './testing/harness.ts';
import { populate } from './testing/populate.ts';
import { KnownIds } from './testing/random-forms.ts';

const shown = (Object.keys(kinds) as KindName[]).filter((kind) => kinds[kind].path !== undefined);

describe('lists that are looked up by an index', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
    await populate(api, new KnownIds());
    for (const action of ['DescribeVpcs', 'DescribeSubnets']) {
      const { text } = await api.call(action);
      const [id = ''] = /\b(vpc|subnet)-[0-9a-f]{17}\b/.exec(text) ?? [];
      await api.ok('CreateTags', { 'ResourceId.1': id, 'Tag.1.Key': 'a.b c', 'Tag.1.Value': 'd e' });
    }
  });
  after(() => api.close());

  for (const caller of [
    { account: '123456789012', region: 'us-east-1' },
    { account: everywhere, region: everywhere },
  ]) {
    it(`have what a search through all has, for every field of every kind: ${caller.account}`, () => {
      const { controller } = api.running;
      let compared = 0;
      for (const kind of shown) {
        const all = [...controller.list(kind, caller)];
        const paths = Object.keys((kinds[kind].spec as { properties?: object }).properties ?? {});
        const tagged = new Set(all.flatMap(({ tags }) => Object.keys(tags)));
        for (const path of [
          ...paths.map((name) => `spec.${name}`),
          ...[...tagged].map((key) => `tag.${key}`),
        ]) {
          const values = new Set(
            all.flatMap(({ spec, tags }) =>
              path.startsWith('tag.')
                ? [tags[path.slice('tag.'.length)] ?? []].flat()
                : [(spec as Record<string, unknown>)[path.slice('spec.'.length)] ?? []].flat().map(String),
            ),
          );
          for (const value of [...values, 'nobody']) {
            const lookups = [{ paths: [path], values: [value] }];
            const found = [...controller.list(kind, caller, lookups)];
            const ids = (resources: typeof found) =>
              resources
                .filter((resource) => matchesFilter(resource, path, value))
                .map(({ id }) => id)
                .sort();
            assert.deepEqual(ids(found), ids(all), `${kind} ${path}=${value}`);
            compared++;
          }
        }
      }
      assert.ok(compared > 150, `${compared} compared`);
    });
  }
});
