import type { KindName } from '../resources/index.ts';
import type { Commit, Store, Transaction } from '../store/index.ts';

/** A store in front of another one, in which something else may happen just before a commit: what a cluster is like. */
export class InterleavedStore implements Store {
  readonly #store: Store;
  /** Called before each commit with its number, from 1. */
  before: (attempt: number) => Promise<unknown> = () => Promise.resolve();
  attempts = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  get revision(): number {
    return this.#store.revision;
  }
  get audit() {
    return this.#store.audit;
  }
  get<K extends KindName>(kind: K, id: string) {
    return this.#store.get(kind, id);
  }
  list<K extends KindName>(kind: K) {
    return this.#store.list(kind);
  }
  async commit(transaction: Transaction): Promise<number> {
    await this.before(++this.attempts);
    return this.#store.commit(transaction);
  }
  snapshot() {
    return this.#store.snapshot();
  }
  commitAt(revision: number) {
    return this.#store.commitAt(revision);
  }
  watch(afterRevision: number, listener: (commit: Commit) => void) {
    return this.#store.watch(afterRevision, listener);
  }
  watchDurable(afterRevision: number, listener: (commit: Commit) => void) {
    return this.#store.watchDurable(afterRevision, listener);
  }
  close(): Promise<void> {
    return this.#store.close();
  }
}
