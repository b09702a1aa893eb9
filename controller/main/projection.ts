import type { ChangeSet, Defect } from '../compiler/index.ts';
import { Compiler } from '../compiler/index.ts';
import { features } from '../features/index.ts';
import { WeftError } from '../resources/index.ts';
import type { Commit, Store, Watch } from '../store/index.ts';
import { Topology } from '../topology/index.ts';

/**
 * The one direction of data: store → topology → compiler → listener. Everything here can be dropped and built again
 * from the store.
 */
export class Projection {
  readonly topology: Topology;
  readonly compiler: Compiler;
  readonly #store: Store;
  readonly #waiters = new Set<{ revision: number; resolve: () => void }>();
  #watch: Watch | undefined;

  /**
   * @param onDefect told of fragments that cannot be compiled; by default that is an error of whoever commits
   * @param topology empty
   */
  constructor(store: Store, onDefect?: (defect: Defect) => void, topology = new Topology()) {
    this.#store = store;
    this.topology = topology;
    this.compiler = new Compiler(this.topology, features, onDefect);
  }

  /** Builds everything, then follows the store. `listener` hears of every commit, in order, in the same turn. */
  async start(listener: (commit: Commit, changes: ChangeSet) => void): Promise<void> {
    const snapshot = await this.#store.snapshot();
    this.topology.load(snapshot);
    this.compiler.load();
    this.#watch = await this.#store.watch(snapshot.revision, (commit) => {
      this.topology.apply(commit);
      listener(commit, this.compiler.apply(commit));
      for (const waiter of this.#waiters) if (waiter.revision <= commit.revision) waiter.resolve();
    });
  }

  /** Resolves when the topology stands at the revision; at once with an embedded store. */
  async reached(revision: number, timeoutMs: number): Promise<void> {
    if (this.topology.revision >= revision) return;
    await new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        settle();
      };
      const waiter = { revision, resolve: () => finish(resolve) };
      const timer = setTimeout(() => {
        const error = new WeftError('unavailable', `the store's watch has not reached revision ${revision}`, {
          fix: 'Look at the connection to the store.',
        });
        finish(() => reject(error));
      }, timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  close(): void {
    this.#watch?.close();
  }
}
