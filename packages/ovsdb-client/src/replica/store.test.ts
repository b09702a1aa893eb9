import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Row, type Uuid, uuid, type Value } from '../notation/values.ts';
import { parseSchema } from '../schema/parse.ts';
import { ReplicaContents } from './contents.ts';
import { makeLayouts } from './layout.ts';
import { RowStore, type StoreChange } from './store.ts';

const set = { key: 'integer', min: 0, max: 'unlimited' };
const schema = parseSchema({
  name: 'db',
  tables: {
    A: {
      columns: {
        name: { type: 'string' },
        tag: { type: { key: 'integer', min: 0 } },
        set: { type: set },
        map: { type: { ...set, key: 'string', value: 'string' } },
      },
    },
    B: { columns: { name: { type: 'string' } } },
  },
});
const layouts = makeLayouts(schema, { A: {}, B: {} });
const [one, two] = ['1', '2'].map((digit) => uuid(`${digit.repeat(8)}-0000-0000-0000-000000000000`)) as [
  Uuid,
  Uuid,
];

function storeWith(updates: object): RowStore {
  const store = new RowStore(layouts);
  store.commit(store.plan(updates, 'difference'));
  return store;
}

function apply(
  store: RowStore,
  updates: object,
  format: 'full' | 'difference' = 'difference',
): StoreChange[] {
  const changes = store.plan(updates, format);
  store.commit(changes);
  return changes;
}

const defaults = { name: '', tag: undefined, set: [], map: new Map() };

describe('RowStore', () => {
  it('fills columns that an insert leaves out with their defaults', () => {
    const store = storeWith({ A: { [one]: { initial: {} }, [two]: { insert: { name: 'x', set: 1 } } } });
    assert.deepEqual(store.table('A')?.get(one), { _uuid: one, ...defaults });
    assert.deepEqual(store.table('A')?.get(two), { _uuid: two, ...defaults, name: 'x', set: [1] });
  });

  it('applies differences', () => {
    const store = storeWith({
      A: {
        [one]: {
          insert: {
            tag: 1,
            set: ['set', [1, 2]],
            map: [
              'map',
              [
                ['a', 'x'],
                ['b', 'y'],
              ],
            ],
          },
        },
      },
    });
    const before = store.table('A')?.get(one);
    const changes = apply(store, {
      A: {
        [one]: {
          modify: {
            tag: ['set', []],
            set: ['set', [2, 3]],
            map: [
              'map',
              [
                ['a', 'x'],
                ['b', 'z'],
              ],
            ],
          },
        },
      },
    });
    const after = { _uuid: one, name: '', tag: undefined, set: [1, 3], map: new Map([['b', 'z']]) };
    assert.deepEqual(store.table('A')?.get(one), after);
    assert.deepEqual(changes, [{ table: 'A', uuid: one, before, after }]);
    assert.deepEqual(before?.set, [1, 2]);
  });

  it('applies old and new rows', () => {
    const store = new RowStore(layouts);
    apply(store, { B: { [one]: { new: { name: 'x' } } } }, 'full');
    assert.deepEqual(apply(store, { B: { [one]: { old: { name: 'x' }, new: { name: 'y' } } } }, 'full'), [
      { table: 'B', uuid: one, before: { _uuid: one, name: 'x' }, after: { _uuid: one, name: 'y' } },
    ]);
    assert.deepEqual(apply(store, { B: { [one]: { old: { name: 'y' } } } }, 'full'), [
      { table: 'B', uuid: one, before: { _uuid: one, name: 'y' } },
    ]);
    assert.equal(store.table('B')?.size, 0);
    assert.deepEqual(apply(store, { B: { [one]: { old: { name: 'y' } } } }, 'full'), []);
  });

  it('changes nothing at all when any part of an update is wrong', () => {
    const bad: object[] = [
      { C: {} },
      { A: [] },
      { A: { x: { insert: {} } } },
      { A: { [two]: {} } },
      { A: { [two]: null } },
      { A: { [two]: { insert: { nme: 'x' } } } },
      { A: { [two]: { insert: { name: 1 } } } },
      { A: { [two]: { modify: { name: 'x' } } } },
      { A: { [two]: { delete: null } } },
      { A: { [one]: { insert: {} } } },
      { A: { [one]: { something: {} } } },
    ];
    for (const updates of bad) {
      const store = storeWith({ A: { [one]: { insert: {} } } });
      const good = { A: { [one]: { modify: { name: 'changed' } } }, B: { [one]: { insert: {} } } };
      assert.throws(() => store.plan({ B: good.B, ...updates }, 'difference'), /OVSDB_BAD_(UPDATE|VALUE)/);
      assert.deepEqual(store.table('A')?.get(one), { _uuid: one, ...defaults });
      assert.equal(store.table('B')?.size, 0);
    }
  });

  it('gives all rows of a table the same order of columns', () => {
    const store = storeWith({
      A: { [one]: { insert: { map: ['map', []], name: 'x' } }, [two]: { insert: {} } },
    });
    apply(store, { A: { [two]: { modify: { set: 5, name: 'y' } } } });
    const orders = [...(store.table('A')?.values() ?? [])].map((row) => Object.keys(row).join());
    assert.equal(new Set(orders).size, 1);
  });

  it('tells the differences from another store, and keeps the rows that are equal', () => {
    const content = fc.dictionary(
      fc.constantFrom(one, two),
      fc.record({ name: fc.constantFrom('', 'x', 'y') }),
    );
    const toUpdates = (rows: Record<string, object>) => ({
      B: Object.fromEntries(Object.entries(rows).map(([id, row]) => [id, { initial: row }])),
    });
    fc.assert(
      fc.property(content, content, (oldRows, newRows) => {
        const previous = storeWith(toUpdates(oldRows));
        const next = storeWith(toUpdates(newRows));
        const changes = next.differencesFrom(previous);
        for (const { before, after } of changes) {
          assert.notDeepEqual(before, after);
        }
        const untouched = [...(next.table('B') ?? [])].filter(
          ([id]) => !changes.some((change) => change.uuid === id),
        );
        for (const [id, row] of untouched) {
          assert.equal(previous.table('B')?.get(id), row);
        }
        previous.commit(changes);
        assert.deepEqual(new Map(previous.table('B')), new Map(next.table('B')));
      }),
    );
  });

  it('agrees with old and new rows when told differences, for any history', () => {
    const values = fc.record({
      tag: fc.option(fc.nat(3), { nil: undefined }),
      set: fc.uniqueArray(fc.nat(5)),
    });
    const step = fc.tuple(fc.constantFrom(one, two), fc.option(values, { nil: undefined }));
    const wire = (row: { tag: number | undefined; set: number[] }) => ({
      tag: row.tag ?? ['set', []],
      set: ['set', row.set],
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const byDifference = new RowStore(layouts);
        const byRows = new RowStore(layouts);
        for (const [id, values] of steps) {
          const before = byRows.table('A')?.get(id) as { set: number[] } | undefined;
          if (values === undefined) {
            if (before !== undefined) {
              apply(byDifference, { A: { [id]: { delete: null } } });
              apply(byRows, { A: { [id]: { old: {} } } }, 'full');
            }
            continue;
          }
          apply(byRows, { A: { [id]: { new: wire(values) } } }, 'full');
          const set = values.set.filter((x) => !before?.set.includes(x));
          set.push(...(before?.set.filter((x) => !values.set.includes(x)) ?? []));
          const kind = before === undefined ? 'insert' : 'modify';
          apply(byDifference, { A: { [id]: { [kind]: wire({ tag: values.tag, set }) } } });
        }
        const sorted = (store: RowStore) =>
          [...(store.table('A') ?? [])].map(([id, row]): [Uuid, Row] => [
            id,
            { ...row, set: [...(row.set as number[])].sort() as Value },
          ]);
        assert.deepEqual(new Map(sorted(byDifference)), new Map(sorted(byRows)));
      }),
    );
  });
});

describe('ReplicaContents', () => {
  const transaction = uuid('aaaaaaaa-0000-0000-0000-000000000000');
  const full = (updates: object, lastTransactionId = transaction) =>
    ({ incremental: false, format: 'difference', updates, lastTransactionId }) as const;

  it('asks for everything at first, and then for changes', () => {
    const contents = new ReplicaContents();
    assert.match(contents.since(layouts), /^0{8}-/);
    contents.load(full({ B: { [one]: { initial: { name: 'x' } } } }), layouts);
    assert.equal(contents.since(layouts), transaction);
  });

  it('asks for everything when the layout has changed, or when told to distrust its rows', () => {
    const contents = new ReplicaContents();
    contents.load(full({}), layouts);
    assert.match(contents.since(makeLayouts(schema, { A: { columns: ['name'] } })), /^0{8}-/);
    contents.distrust();
    assert.match(contents.since(layouts), /^0{8}-/);
  });

  it('keeps its rows when it gets changes since a transaction, and replaces them when it gets everything', () => {
    const contents = new ReplicaContents();
    contents.load(full({ B: { [one]: { initial: { name: 'x' } } } }), layouts);
    contents.load({ ...full({ B: { [two]: { insert: {} } } }), incremental: true }, layouts);
    assert.equal(contents.store.table('B')?.size, 2);
    const changes = contents.load(full({ B: { [one]: { initial: { name: 'y' } } } }), layouts);
    assert.deepEqual(
      changes.map(({ uuid: id, before, after }) => [id, before?.name, after?.name]),
      [
        [one, 'x', 'y'],
        [two, '', undefined],
      ],
    );
  });

  it('takes everything for everything when it asked for it, whatever the server calls it', () => {
    const contents = new ReplicaContents();
    contents.load(full({ B: { [one]: { initial: {} } } }), layouts);
    contents.distrust();
    contents.load({ ...full({ B: { [two]: { initial: {} } } }), incremental: true }, layouts);
    assert.deepEqual([...(contents.store.table('B')?.keys() ?? [])], [two]);
  });
});
