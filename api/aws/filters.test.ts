import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lookupsOf, matcher } from './filters.ts';
import { pageOf } from './pages.ts';

interface Thing {
  readonly id: string;
  readonly size: number;
  readonly names: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}
const things: Thing[] = [
  { id: 'a-1', size: 1, names: ['x', 'y'], tags: { Name: 'web', 'a:b': '' } },
  { id: 'a*2', size: 2, names: [], tags: { Name: 'web*' } },
  { id: 'b-3', size: 2, names: ['y'], tags: {} },
];
const table = {
  id: ({ id }: Thing) => id,
  size: ({ size }: Thing) => size,
  name: ({ names }: Thing) => names,
  large: ({ size }: Thing) => size > 1,
  nothing: () => undefined,
};
const found = (...filters: [string, ...string[]][]) => {
  const list = filters.map(([Name, ...Values]) => ({ Name, Values }));
  return things.filter(matcher(list, table, ({ tags }) => tags, undefined)).map(({ id }) => id);
};

describe('filters', () => {
  it('match any value of one, and all filters', () => {
    assert.deepEqual(found(), ['a-1', 'a*2', 'b-3']);
    assert.deepEqual(found(['size', '1', '2']), ['a-1', 'a*2', 'b-3']);
    assert.deepEqual(found(['size', '2'], ['name', 'y']), ['b-3']);
    assert.deepEqual(found(['large', 'true']), ['a*2', 'b-3']);
    assert.deepEqual(found(['nothing', '*']), []);
    assert.deepEqual(found(['id', 'A-1']), [], 'values are case-sensitive');
  });

  it('take wildcards, which a backslash makes plain', () => {
    assert.deepEqual(found(['id', 'a*']), ['a-1', 'a*2']);
    assert.deepEqual(found(['id', 'a\\*2']), ['a*2']);
    assert.deepEqual(found(['id', '?-?']), ['a-1', 'b-3']);
    assert.deepEqual(found(['id', '*-*3*']), ['b-3']);
    assert.deepEqual(found(['id', 'a.1']), [], 'no regular expression');
  });

  it('know tags by key, value, and both', () => {
    assert.deepEqual(found(['tag:Name', 'web']), ['a-1']);
    assert.deepEqual(found(['tag:Name', 'web*']), ['a-1', 'a*2']);
    assert.deepEqual(found(['tag:a:b', '']), ['a-1']);
    assert.deepEqual(found(['tag-key', 'Name']), ['a-1', 'a*2']);
    assert.deepEqual(found(['tag-value', 'web']), ['a-1']);
    assert.deepEqual(found(['tag:toString', '*']), []);
  });

  it('are refused when they are unknown or empty', () => {
    for (const name of ['nmae', 'toString', '__proto__', 'Id']) {
      assert.throws(() => found([name, 'x']), { code: 'InvalidParameterValue', message: new RegExp(name) });
    }
    assert.throws(() => found(['id']), { code: 'InvalidParameterValue' });
    const many = Array.from({ length: 201 }, (_, index) => String(index));
    assert.throws(() => found(['id', ...many]), { code: 'InvalidParameterValue' });
  });

  it('with many wildcards end in time', () => {
    const long = [{ ...things[0], id: 'a'.repeat(200) } as Thing];
    const filters = [{ Name: 'id', Values: [`${'a*'.repeat(60)}b`] }];
    const started = performance.now();
    assert.deepEqual(long.filter(matcher(filters, table, undefined, undefined)), []);
    assert.ok(performance.now() - started < 1000);
  });

  it('without wildcards can be asked of an index, those of tags always', () => {
    const filters = [
      { Name: 'a', Values: ['1', '2'] },
      { Name: 'b', Values: ['x*'] },
      { Name: 'c', Values: ['3'] },
      { Name: 'tag:a.b', Values: ['4'] },
      { Name: 'tag-key', Values: ['5'] },
      { Name: 'tag-value', Values: ['6'] },
    ];
    assert.deepEqual(lookupsOf(filters, { a: ['spec.a', 'id'], b: ['spec.b'] }), [
      { paths: ['spec.a', 'id'], values: ['1', '2'] },
      { paths: ['tag.a.b'], values: ['4'] },
      { paths: ['tag-key'], values: ['5'] },
    ]);
    assert.deepEqual(lookupsOf(undefined, {}), []);
  });
});

describe('pages', () => {
  const items = Array.from({ length: 23 }, (_, index) => `p${String(index).padStart(2, '0')}`);
  const page = (wanted?: number, token?: string, list = items, scope = 'x') =>
    pageOf(list, (item) => item, { MaxResults: wanted, NextToken: token }, scope);

  it('are everything when no size is asked for', () => {
    assert.deepEqual(page(), { items, nextToken: undefined });
  });

  it('follow each other, without losing or repeating what stays', () => {
    const first = page(10);
    const second = page(10, first.nextToken, items.toSpliced(9, 2));
    const third = page(10, second.nextToken);
    assert.deepEqual([...first.items, 'p10', ...second.items, ...third.items].sort(), items);
    assert.equal(third.nextToken, undefined);
  });

  it('are refused with sizes and tokens that cannot be', () => {
    for (const size of [0, 4, 1001]) assert.throws(() => page(size), { code: 'InvalidParameterValue' });
    const { nextToken } = page(5);
    for (const token of ['', 'x', 'e30', `${nextToken}x`.slice(3)]) {
      assert.throws(() => page(5, token), { code: 'InvalidPaginationToken' });
    }
    assert.throws(() => page(5, nextToken, items, 'other'), { code: 'InvalidPaginationToken' });
  });
});
