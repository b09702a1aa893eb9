import { type AnyResource, type KindName, type ResourceOf, WeftError } from '../resources/index.ts';
import {
  type AuditLog,
  type Commit,
  type Store,
  StoreConflict,
  type Transaction,
  type Watch,
} from '../store/index.ts';
import type { Instruments } from './instruments.ts';

const nothing: Transaction = { conditions: [], puts: [], deletes: [] };

/** A store that measures its commits, and remembers whether it could be written the last time. */
export class MeasuredStore implements Store {
  readonly #store: Store;
  readonly #instruments: Instruments;
  /** Why the last write failed; undefined when it did not. */
  #failure: WeftError | undefined;
  /** When the first watcher was told of the commit that is being made, by `performance.now()`. */
  #firstToldAt: number | undefined;
  /** When the watcher that is being told was called. */
  #toldAt = 0;

  constructor(store: Store, instruments: Instruments) {
    this.#store = store;
    this.#instruments = instruments;
  }

  get revision(): number {
    return this.#store.revision;
  }

  get audit(): AuditLog {
    return this.#store.audit;
  }

  get<K extends KindName>(kind: K, id: string): Promise<ResourceOf<K> | undefined> {
    return this.#store.get(kind, id);
  }

  list<K extends KindName>(kind: K): Promise<ResourceOf<K>[]> {
    return this.#store.list(kind);
  }

  async commit(transaction: Transaction): Promise<number> {
    const startedAt = performance.now();
    this.#firstToldAt = undefined;
    try {
      const committing = this.#store.commit(transaction);
      // An embedded store has told its watchers by now, and their work is not the store's; then it waits for the disk.
      const toldAt = performance.now();
      const writtenAt = this.#firstToldAt ?? toldAt;
      const revision = await committing;
      const milliseconds = writtenAt - startedAt + (performance.now() - toldAt);
      this.#instruments.histogram('weft_store_commit_seconds').observe(milliseconds / 1000);
      this.#instruments.counter('weft_store_commits_total').inc();
      this.#failure = undefined;
      return revision;
    } catch (error) {
      this.#countFailure(error);
      throw error;
    }
  }

  snapshot(): Promise<{ revision: number; resources: AnyResource[] }> {
    return this.#store.snapshot();
  }

  commitAt(revision: number): Promise<Commit | undefined> {
    return this.#store.commitAt(revision);
  }

  watch(afterRevision: number, listener: (commit: Commit) => void): Promise<Watch> {
    return this.#store.watch(afterRevision, (commit) => {
      this.#toldAt = performance.now();
      this.#firstToldAt ??= this.#toldAt;
      listener(commit);
    });
  }

  watchDurable(afterRevision: number, listener: (commit: Commit) => void): Promise<Watch> {
    return this.#store.watchDurable(afterRevision, listener);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** For watchers: how long the present call has taken until now. */
  secondsSinceTold(): number {
    return (performance.now() - this.#toldAt) / 1000;
  }

  /**
   * What keeps the store from being written, or undefined. After a failed write it is tried with an empty commit, so
   * that a store which recovers is seen to do so; otherwise a read is enough, and nothing is written.
   */
  async problem(): Promise<string | undefined> {
    try {
      if (this.#failure) await this.commit(nothing);
      else await this.#store.get('counter', 'vpc');
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #countFailure(error: unknown): void {
    if (error instanceof StoreConflict) this.#instruments.counter('weft_store_conflicts_total').inc();
    if (!(error instanceof WeftError) || error.code !== 'unavailable') return;
    this.#failure = error;
    this.#instruments.counter('weft_store_failures_total').inc();
  }
}
