import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditEntry, AuditRetention } from './audit.ts';
import { openSqliteStore } from './sqlite.ts';
import { testCounter, transactionOf } from './testing.ts';

const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  time: '2026-01-01T00:00:00.000Z',
  account: '1',
  region: 'a',
  principal: 'AKIA1',
  address: '192.0.2.1',
  requestId: 'r',
  action: 'POST /v1/vpcs',
  outcome: 'done',
  ...more,
});

async function open(audit?: AuditRetention) {
  const store = await openSqliteStore(':memory:', audit ? { audit } : {});
  const commit = (number: number, ...audited: AuditEntry[]) =>
    store.commit({ ...transactionOf({ puts: [testCounter('a', number)] }), audit: audited });
  const ids = async (query: object = {}) =>
    (await store.audit.query({ limit: 100, ...query })).map(({ id, requestId }) => id ?? requestId);
  return Object.assign(store, { write: commit, ids });
}

describe('the audit log', () => {
  it('has what a commit says, with its revision, newest first', async () => {
    const store = await open();
    await store.write(1, entry({ kind: 'vpc', id: 'x' }));
    await store.write(2, entry({ kind: 'vpc', id: 'y', before: 7 }));
    const [newest, oldest] = await store.audit.query({ limit: 10 });
    assert.deepEqual(newest, {
      sequence: 2,
      ...entry({ kind: 'vpc', id: 'y', before: 7, revision: 2, after: 2 }),
    });
    assert.deepEqual(oldest, { sequence: 1, ...entry({ kind: 'vpc', id: 'x', revision: 1, after: 1 }) });
    await store.close();
  });

  it('has nothing of a commit that was refused', async () => {
    const store = await open();
    await store.write(1, entry({ id: 'x' }));
    const stale = { kind: 'counter', id: 'a', revision: 9 } as const;
    const refused = { ...transactionOf({ puts: [testCounter('a', 2)] }), conditions: [stale] };
    await assert.rejects(store.commit({ ...refused, audit: [entry({ id: 'y' })] }), {
      name: 'StoreConflict',
    });
    assert.deepEqual(await store.ids(), ['x']);
    await store.close();
  });

  it('tells a deletion by its having no revision afterwards, but that of the commit', async () => {
    const store = await open();
    await store.write(1);
    const gone = { kind: 'counter', id: 'a' } as const;
    const transaction = { conditions: [], puts: [], deletes: [gone], audit: [entry({ ...gone, before: 1 })] };
    await store.commit(transaction);
    assert.deepEqual(await store.audit.query({ limit: 1 }), [
      { sequence: 1, ...entry({ ...gone, before: 1, revision: 2 }) },
    ]);
    await store.close();
  });

  it('has refusals, with the next commit or when they are asked for', async () => {
    const store = await open();
    store.audit.note(entry({ requestId: 'one', outcome: 'forbidden' }));
    await store.write(1, entry({ id: 'x' }));
    store.audit.note(entry({ requestId: 'two', outcome: 'conflict' }));
    assert.deepEqual(await store.ids(), ['two', 'x', 'one']);
    await store.close();
  });

  it('is filtered, and read page by page', async () => {
    const store = await open();
    await store.write(
      1,
      entry({ id: 'a', kind: 'vpc' }),
      entry({ id: 'b', kind: 'subnet', account: '2' }),
      entry({ id: 'c', kind: 'vpc', principal: 'AKIA2', time: '2026-02-01T00:00:00.000Z' }),
      entry({ id: 'd', kind: 'vpc', outcome: 'conflict' }),
    );
    assert.deepEqual(await store.ids({ account: '2' }), ['b']);
    assert.deepEqual(await store.ids({ kind: 'vpc', outcome: 'done' }), ['c', 'a']);
    assert.deepEqual(await store.ids({ principal: 'AKIA2' }), ['c']);
    assert.deepEqual(await store.ids({ id: 'd' }), ['d']);
    assert.deepEqual(await store.ids({ from: '2026-01-15' }), ['c']);
    assert.deepEqual(await store.ids({ to: '2026-01-15', account: '1' }), ['d', 'a']);
    assert.deepEqual(await store.ids({ limit: 2 }), ['d', 'c']);
    assert.deepEqual(await store.ids({ limit: 2, below: 3 }), ['b', 'a']);
    assert.deepEqual(await store.ids({ kind: "' OR 1=1 --" }), []);
    await store.close();
  });

  it('is bounded by number and by age', async () => {
    const few = await open({ entries: 3, days: 1000 });
    for (let number = 1; number <= 10; number++) await few.write(number, entry({ id: String(number) }));
    assert.deepEqual(await few.ids(), ['10', '9', '8']);
    await few.close();
    const young = await open({ entries: 1000, days: 10 });
    await young.write(1, entry({ id: 'old', time: '2026-01-01T00:00:00.000Z' }));
    await young.write(2, entry({ id: 'new', time: '2026-01-12T00:00:00.000Z' }));
    assert.deepEqual(await young.ids(), ['new']);
    await young.close();
  });

  it('forgets the oldest of a flood of refusals', async () => {
    const store = await open();
    for (let number = 0; number < 1500; number++) store.audit.note(entry({ requestId: String(number) }));
    const noted = await store.ids({ limit: 2000 });
    assert.deepEqual([noted.length, noted[0], noted.at(-1)], [1000, '1499', '500']);
    await store.close();
  });
});
