import { test } from 'node:test';
import type { ResourceOf } from '../resources/index.ts';
import type { Store, Transaction } from './store.ts';

/** How the suite gets an empty store; it closes each one itself. */
export type OpenEmptyStore = (options: {
  historyLimit?: number;
  onWatcherError?: (error: unknown) => void;
}) => Promise<Store>;

export type StoreTest = (
  name: string,
  body: (store: Store) => Promise<void>,
  options?: Parameters<OpenEmptyStore>[0],
) => void;

/** Makes a `test` whose body gets an empty store of its own. */
export function storeTestWith(openEmptyStore: OpenEmptyStore): StoreTest {
  return (name, body, options = {}) =>
    test(name, async () => {
      const store = await openEmptyStore(options);
      try {
        await body(store);
      } finally {
        await store.close();
      }
    });
}

/** A resource that differs from others by what a test says of it. */
export function testCounter(id: string, next: number): ResourceOf<'counter'> {
  return {
    kind: 'counter',
    id,
    account: 'weft',
    region: 'local',
    revision: 0,
    createdAt: '2025-01-01T00:00:00.000Z',
    spec: { next },
    status: {},
    tags: {},
  };
}

/** A transaction of the parts that are given. */
export const transactionOf = (parts: Partial<Transaction>): Transaction => ({
  conditions: [],
  puts: [],
  deletes: [],
  ...parts,
});
