import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { errorCodes, kinds } from '@weft/controller/resources';
import fc from 'fast-check';
import { collections } from '../contract/index.ts';
import { exposedKinds } from './kinds.ts';
import { type Harness, startHarness } from './testing/harness.ts';

/** Every name that stands in a schema, so that random bodies come close to right ones. */
const fieldNames = [
  ...new Set(
    exposedKinds.flatMap((kind) =>
      Object.keys((kinds[kind].create as { properties?: object } | undefined)?.properties ?? {}),
    ),
  ),
];
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('10.0.0.0/16', '10.0.0.5', 'vpc-0123456789abcdef0', 'ingress', 'tcp', null, 80, []),
);
const spec = fc.dictionary(fc.oneof(fc.constantFrom(...fieldNames), fc.string()), value, { maxKeys: 6 });
const body = fc.oneof(
  fc.jsonValue(),
  fc.record({ spec, tags: value }, { requiredKeys: [] }),
  fc.record({ spec }),
);

describe('random requests', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
  });
  after(() => api.close());

  it('are done or refused with a problem, never a defect', async () => {
    const request = fc.record({
      method: fc.constantFrom('POST', 'PATCH', 'PUT', 'DELETE', 'GET'),
      collection: fc.constantFrom(...Object.values(collections)),
      rest: fc.oneof(fc.constant(''), fc.constant('/h1'), fc.constant('/h1/bindings'), fc.webPath()),
      query: fc.oneof(
        fc.constant(''),
        fc.constant('?wait=applied'),
        fc.webQueryParameters().map((text) => `?${text}`),
      ),
      body,
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ method, collection, rest, query, body }) => {
        const path = `/v1/${collection}${rest}${query}`;
        const answer = await api.call(method, path, method === 'GET' ? undefined : JSON.stringify(body));
        assert.ok(answer.status < 500, `${method} ${path}: ${JSON.stringify(answer.body)}`);
        if (answer.status < 400) return;
        assert.equal(errorCodes[answer.body.code as keyof typeof errorCodes].status, answer.status);
        assert.match(answer.headers.get('content-type') ?? '', /problem\+json/);
      }),
      { numRuns: 200 },
    );
  });

  it('of random bytes, deep nesting and broken text are refused, and nothing is kept of them', async () => {
    const revision = api.controller.revision;
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const bodies: (Uint8Array<ArrayBuffer> | string)[] = [
      deep,
      `{"spec":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
      '{"spec":{"cidrBlock":"\ud800"}}',
      '{"__proto__":{"x":1},"spec":{}}',
      `{"spec":{"cidrBlock":"${'9'.repeat(900_000)}"}}`,
      'x'.repeat(2 * 1024 * 1024),
      new Uint8Array([0xff, 0xfe, 0x00, 0xc3, 0x28]),
      ...fc.sample(fc.uint8Array({ maxLength: 200 }), 100).map((bytes) => new Uint8Array(bytes)),
    ];
    for (const body of bodies) {
      for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
        const answer = await fetch(`${api.url}/v1/vpcs`, {
          method: 'POST',
          headers: { 'content-type': type },
          body,
        });
        assert.ok(
          answer.status >= 400 && answer.status < 500,
          `${answer.status} for ${String(body).slice(0, 80)}`,
        );
        await answer.arrayBuffer();
      }
    }
    assert.equal(api.controller.revision, revision);
  });
});
