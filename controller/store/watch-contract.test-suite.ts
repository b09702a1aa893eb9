import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Commit, StoreCompacted } from './store.ts';
import { type OpenEmptyStore, type StoreTest, testCounter, transactionOf } from './testing.ts';

/** Part of the contract of every engine: which commits a watcher sees. */
export function watchContract(storeTest: StoreTest): void {
  storeTest('shows each change with what was before and after', async (store) => {
    const commits: Commit[] = [];
    await store.watch(0, (commit) => commits.push(commit));
    await store.commit(transactionOf({ puts: [testCounter('a', 1)] }));
    await store.commit(
      transactionOf({ puts: [testCounter('b', 1)], deletes: [{ kind: 'counter', id: 'a' }] }),
    );
    await store.commit(transactionOf({ puts: [testCounter('b', 2)] }));
    const change = (id: string, before?: number, after?: number, revisions: number[] = []) => ({
      kind: 'counter',
      id,
      before: before === undefined ? undefined : { ...testCounter(id, before), revision: revisions[0] },
      after: after === undefined ? undefined : { ...testCounter(id, after), revision: revisions.at(-1) },
    });
    const expected = [
      { revision: 1, changes: [change('a', undefined, 1, [1])] },
      { revision: 2, changes: [change('b', undefined, 1, [2]), change('a', 1, undefined, [1])] },
      { revision: 3, changes: [change('b', 1, 2, [2, 3])] },
    ];
    assert.deepEqual(commits, expected);
    const replayed: Commit[] = [];
    await store.watch(0, (commit) => replayed.push(commit));
    assert.deepEqual(replayed, expected);
  });

  storeTest('starts after the revision that was asked for, stored commits first', async (store) => {
    const seen: number[] = [];
    for (let next = 1; next <= 3; next++)
      await store.commit(transactionOf({ puts: [testCounter('a', next)] }));
    await store.watch(1, ({ revision }) => seen.push(revision));
    assert.deepEqual(seen, [2, 3]);
    await store.commit(transactionOf({ puts: [testCounter('a', 4)] }));
    assert.deepEqual(seen, [2, 3, 4]);
  });

  storeTest('tells nothing of refused commits, and nothing after close', async (store) => {
    const seen: number[] = [];
    const watch = await store.watch(0, ({ revision }) => seen.push(revision));
    const twice = transactionOf({ puts: [testCounter('a', 1), testCounter('a', 1)] });
    await assert.rejects(store.commit(twice));
    await store.commit(transactionOf({ puts: [testCounter('a', 1)] }));
    watch.close();
    await store.commit(transactionOf({ puts: [testCounter('a', 2)] }));
    assert.deepEqual(seen, [1]);
  });

  storeTest('replays a long history in order while commits go on', async (store) => {
    for (let next = 1; next <= 700; next++)
      await store.commit(transactionOf({ puts: [testCounter('a', next)] }));
    const seen: number[] = [];
    const watching = store.watch(0, ({ revision }) => seen.push(revision));
    for (let next = 701; next <= 720; next++) {
      await store.commit(transactionOf({ puts: [testCounter('a', next)] }));
      await delay(0);
    }
    await watching;
    await store.commit(transactionOf({ puts: [testCounter('a', 721)] }));
    assert.deepEqual(
      seen,
      Array.from({ length: 721 }, (_, index) => index + 1),
    );
  });

  storeTest(
    'refuses a revision that the history no longer reaches, and names the oldest one',
    async (store) => {
      for (let next = 1; next <= 10; next++)
        await store.commit(transactionOf({ puts: [testCounter('a', next)] }));
      await assert.rejects(
        store.watch(5, () => assert.fail('a watcher with a gap was called')),
        (error) => {
          assert.ok(error instanceof StoreCompacted);
          assert.equal(error.oldestRevision, 7);
          return true;
        },
      );
      const seen: number[] = [];
      await store.watch(6, ({ revision }) => seen.push(revision));
      assert.deepEqual(seen, [7, 8, 9, 10]);
    },
    { historyLimit: 4 },
  );
}

/** Part of the contract of every engine: watchers that do what they should not, or at an odd time. */
export function watcherContract(openEmptyStore: OpenEmptyStore): void {
  test('one that throws is reported and harms neither the commit nor the others', async () => {
    const errors: unknown[] = [];
    const store = await openEmptyStore({ onWatcherError: (error) => errors.push(error) });
    const defect = new Error('a defect of this watcher');
    const seen: number[] = [];
    const throwing = () => {
      throw defect;
    };
    await store.watch(0, throwing);
    await store.watch(0, ({ revision }) => seen.push(revision));
    assert.equal(await store.commit(transactionOf({ puts: [testCounter('a', 1)] })), 1);
    await store.watch(0, throwing);
    assert.deepEqual(seen, [1]);
    assert.deepEqual(errors, [defect, defect]);
    await store.close();
  });

  test('one that commits keeps the order for those behind it', async () => {
    const store = await openEmptyStore({});
    const seen: string[] = [];
    await store.watch(0, ({ revision }) => {
      seen.push(`first ${revision}`);
      if (revision === 1) void store.commit(transactionOf({ puts: [testCounter('b', 1)] }));
    });
    await store.watch(0, ({ revision }) => seen.push(`second ${revision}`));
    await store.commit(transactionOf({ puts: [testCounter('a', 1)] }));
    while (seen.length < 4) await delay(1);
    assert.deepEqual(seen, ['first 1', 'second 1', 'first 2', 'second 2']);
    await store.close();
  });

  test('one that closes itself is not called again', async () => {
    const store = await openEmptyStore({});
    let calls = 0;
    const watch = await store.watch(0, () => {
      calls++;
      watch.close();
    });
    await store.commit(transactionOf({ puts: [testCounter('a', 1)] }));
    await store.commit(transactionOf({ puts: [testCounter('a', 2)] }));
    assert.equal(calls, 1);
    await store.close();
  });

  test('a closed store refuses everything with unavailable, and closes twice', async () => {
    const store = await openEmptyStore({});
    await store.close();
    await store.close();
    const unavailable = { name: 'WeftError', code: 'unavailable' };
    await assert.rejects(store.commit(transactionOf({})), unavailable);
    await assert.rejects(store.get('counter', 'a'), unavailable);
    await assert.rejects(store.list('counter'), unavailable);
    await assert.rejects(store.snapshot(), unavailable);
    await assert.rejects(
      store.watch(0, () => undefined),
      unavailable,
    );
  });
}
