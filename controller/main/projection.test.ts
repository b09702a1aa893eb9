import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openSqliteStore, type Store } from '../store/index.ts';
import { testCounter, transactionOf } from '../store/testing.ts';
import { permanentFragments } from '../testing/golden.ts';
import { Projection } from './projection.ts';

const put = (store: Store, next: number) => {
  const conditions = [{ kind: 'counter', id: 'vpc', revision: store.revision }] as const;
  return store.commit(transactionOf({ conditions, puts: [testCounter('vpc', next)] }));
};

describe('the projection of a store', () => {
  it('starts from what is there, and tells of every commit after it, once', async () => {
    const store = await openSqliteStore(':memory:');
    await put(store, 1);
    const projection = new Projection(store);
    const told: number[][] = [];
    await projection.start((commit, changes) => {
      told.push([commit.revision, changes.revision, projection.topology.revision]);
    });
    assert.equal(projection.topology.get('counter', 'vpc')?.spec.next, 1);
    assert.equal(projection.compiler.scope('global')?.fragments.size, permanentFragments.length);
    assert.deepEqual(told, []);
    await put(store, 2);
    await put(store, 3);
    assert.deepEqual(told, [
      [2, 2, 2],
      [3, 3, 3],
    ]);
    projection.close();
    await put(store, 4);
    assert.equal(projection.topology.revision, 3, 'closed');
    await store.close();
  });

  it('is waited for until it stands at a revision, or until the time is over', async ({
    mock: { timers },
  }) => {
    timers.enable({ apis: ['setTimeout'] });
    const store = await openSqliteStore(':memory:');
    const projection = new Projection(store);
    await projection.start(() => undefined);
    await projection.reached(0, 100);
    const [first, second] = [projection.reached(1, 100), projection.reached(2, 100)];
    await put(store, 1);
    await first;
    timers.tick(99);
    timers.tick(1);
    await assert.rejects(second, { code: 'unavailable', message: /revision 2/ });
    await put(store, 2);
    await projection.reached(2, 0);
    projection.close();
    await store.close();
  });
});
