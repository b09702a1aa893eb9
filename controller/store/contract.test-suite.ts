import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { type Commit, StoreConflict, type Transaction } from './store.ts';
import { type OpenEmptyStore, type StoreTest, storeTestWith, testCounter, transactionOf } from './testing.ts';
import { watchContract, watcherContract } from './watch-contract.test-suite.ts';

/** What every engine must do. Run it once for each. */
export function storeContract(engine: string, openEmptyStore: OpenEmptyStore): void {
  const storeTest = storeTestWith(openEmptyStore);
  describe(`${engine}: reading and writing`, () => readAndWriteContract(storeTest));
  describe(`${engine}: conditions and refusals`, () => refusalContract(storeTest));
  describe(`${engine}: watching`, () => watchContract(storeTest));
  describe(`${engine}: watchers that throw, write or come late`, () => watcherContract(openEmptyStore));
}

function readAndWriteContract(storeTest: StoreTest): void {
  storeTest('starts empty, at revision 0', async (store) => {
    assert.equal(store.revision, 0);
    assert.deepEqual(await store.snapshot(), { revision: 0, resources: [] });
    assert.equal(await store.get('counter', 'a'), undefined);
    assert.deepEqual(await store.list('counter'), []);
  });

  storeTest('counts commits and stamps what they put', async (store) => {
    assert.equal(await store.commit(transactionOf({ puts: [testCounter('a', 1), testCounter('b', 2)] })), 1);
    assert.equal(await store.commit(transactionOf({ puts: [testCounter('a', 3)] })), 2);
    assert.equal(store.revision, 2);
    assert.deepEqual(await store.get('counter', 'a'), { ...testCounter('a', 3), revision: 2 });
    assert.deepEqual(await store.get('counter', 'b'), { ...testCounter('b', 2), revision: 1 });
  });

  storeTest('ignores the revision that a put carries', async (store) => {
    await store.commit(transactionOf({ puts: [{ ...testCounter('a', 1), revision: 77 }] }));
    assert.equal((await store.get('counter', 'a'))?.revision, 1);
  });

  storeTest('keeps kinds apart', async (store) => {
    await store.commit(transactionOf({ puts: [testCounter('a', 1)] }));
    assert.equal(await store.get('vpc', 'a'), undefined);
    assert.deepEqual(await store.list('vpc'), []);
    assert.equal((await store.list('counter')).length, 1);
  });

  storeTest('deletes', async (store) => {
    await store.commit(transactionOf({ puts: [testCounter('a', 1), testCounter('b', 1)] }));
    await store.commit(transactionOf({ deletes: [{ kind: 'counter', id: 'a' }] }));
    assert.equal(await store.get('counter', 'a'), undefined);
    assert.deepEqual(
      (await store.list('counter')).map(({ id }) => id),
      ['b'],
    );
  });

  storeTest('shows one commit of its history', async (store) => {
    await store.commit(transactionOf({ puts: [testCounter('a', 1)] }));
    await store.commit(transactionOf({ puts: [testCounter('a', 2)] }));
    const [before, after] = [1, 2].map((revision) => ({ ...testCounter('a', revision), revision }));
    const change = { kind: 'counter', id: 'a', before, after };
    assert.deepEqual(await store.commitAt(2), { revision: 2, changes: [change] });
    assert.equal(await store.commitAt(0), undefined);
    assert.equal(await store.commitAt(3), undefined);
  });

  storeTest('gives ids and text back as they were', async (store) => {
    const odd = { ...testCounter('it\'s/ä 😀 " \\ %', 1), tags: { '': '\u0000\n', ключ: '値' } };
    await store.commit(transactionOf({ puts: [odd] }));
    assert.deepEqual(await store.get('counter', odd.id), { ...odd, revision: 1 });
  });

  storeTest('is not changed by what a caller does to its objects afterwards', async (store) => {
    const spec = { next: 1 };
    const commits: Commit[] = [];
    await store.watch(0, (commit) => commits.push(commit));
    await store.commit(transactionOf({ puts: [{ ...testCounter('a', 1), spec }] }));
    spec.next = 2;
    assert.deepEqual((await store.get('counter', 'a'))?.spec, { next: 1 });
    assert.deepEqual(commits[0]?.changes[0]?.after?.spec, { next: 1 });
  });
}

function refusalContract(storeTest: StoreTest): void {
  const conditionOf = (id: string, revision: number) => ({ kind: 'counter', id, revision }) as const;

  storeTest('commits when every condition holds', async (store) => {
    await store.commit(transactionOf({ conditions: [conditionOf('a', 0)], puts: [testCounter('a', 1)] }));
    const conditions = [conditionOf('a', 1), conditionOf('b', 0)];
    assert.equal(await store.commit(transactionOf({ conditions, puts: [testCounter('a', 2)] })), 2);
  });

  storeTest('writes nothing when one condition does not hold, and says what it found', async (store) => {
    await store.commit(transactionOf({ puts: [testCounter('a', 1)] }));
    const conditions = [conditionOf('b', 0), conditionOf('a', 0)];
    const refused = store.commit(transactionOf({ conditions, puts: [testCounter('b', 1)] }));
    await assert.rejects(refused, (error) => {
      assert.ok(error instanceof StoreConflict);
      assert.deepEqual(error.condition, conditionOf('a', 0));
      assert.equal(error.actualRevision, 1);
      return true;
    });
    assert.equal(store.revision, 1);
    assert.equal(await store.get('counter', 'b'), undefined);
  });

  storeTest('a deleted resource is at revision 0 again', async (store) => {
    await store.commit(transactionOf({ puts: [testCounter('a', 1)] }));
    await store.commit(transactionOf({ deletes: [{ kind: 'counter', id: 'a' }] }));
    await assert.rejects(store.commit(transactionOf({ conditions: [conditionOf('a', 1)] })), StoreConflict);
    await store.commit(transactionOf({ conditions: [conditionOf('a', 0)], puts: [testCounter('a', 5)] }));
  });

  storeTest('of two commits with the same condition one wins', async (store) => {
    const create = (next: number) =>
      store.commit(transactionOf({ conditions: [conditionOf('a', 0)], puts: [testCounter('a', next)] }));
    const results = await Promise.allSettled([create(1), create(2), create(3)]);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal(store.revision, 1);
  });

  const refused: [name: string, transaction: Transaction, message: RegExp][] = [
    [
      'two puts of one id',
      transactionOf({ puts: [testCounter('a', 1), testCounter('a', 2)] }),
      /counter a twice/,
    ],
    [
      'a put and a delete of one id',
      transactionOf({ puts: [testCounter('a', 1)], deletes: [{ kind: 'counter', id: 'a' }] }),
      /counter a twice/,
    ],
    [
      'a delete of what is absent',
      transactionOf({ puts: [testCounter('b', 1)], deletes: [{ kind: 'counter', id: 'a' }] }),
      /counter a, which does not exist/,
    ],
    ['an empty id', transactionOf({ puts: [testCounter('', 1)] }), /has no id/],
    [
      'an unknown kind',
      transactionOf({ puts: [{ ...testCounter('a', 1), kind: 'router' as 'counter' }] }),
      /router is no kind/,
    ],
  ];
  for (const [name, transaction, message] of refused) {
    storeTest(`refuses ${name}, and writes nothing`, async (store) => {
      await assert.rejects(store.commit(transaction), { name: 'WeftError', code: 'internal', message });
      assert.deepEqual(await store.snapshot(), { revision: 0, resources: [] });
      assert.equal(await store.commit(transactionOf({ puts: [testCounter('c', 1)] })), 1);
    });
  }
}
