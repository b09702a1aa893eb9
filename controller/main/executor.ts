import { requireQuotas } from '../features/access/quotas.ts';
import { Draft, type Owner } from '../features/operations/draft.ts';
import { WeftError } from '../resources/index.ts';
import { type Store, StoreConflict } from '../store/index.ts';
import type { TopologyView } from '../topology/index.ts';
import { auditOf, auditOfRefusal } from './audit.ts';
import type { FlowQuota } from './flow-quota.ts';
import { WriteTurns } from './write-turns.ts';

/** Who makes the controller's own writes: no account. */
export const operator: Owner = { account: '', region: '' };

const attempts = 8;
const catchUpMs = 5_000;

/**
 * Plans a transaction on the topology and commits it. Planning and the embedded store's commit happen in one turn of
 * the event loop; where the store is shared, a plan that was overtaken is refused and made anew on the newer state.
 */
export class Executor {
  readonly #store: Store;
  readonly #view: TopologyView;
  readonly #turns = new WriteTurns();
  readonly #reached: (revision: number, timeoutMs: number) => Promise<void>;
  readonly #flowQuota: FlowQuota | undefined;

  /** @param reached resolves when the view stands at the revision */
  constructor(
    store: Store,
    view: TopologyView,
    reached: (revision: number, timeoutMs: number) => Promise<void>,
    flowQuota?: FlowQuota,
  ) {
    this.#store = store;
    this.#view = view;
    this.#reached = reached;
    this.#flowQuota = flowQuota;
  }

  /** @throws WeftError of the plan, `quota-exceeded`, or `conflict` when others were always faster */
  async run<T>(owner: Owner, plan: (draft: Draft) => T): Promise<{ result: T; revision: number }> {
    const time = new Date().toISOString();
    let last: Draft | undefined;
    const planLast = (draft: Draft) => {
      last = draft;
      return plan(draft);
    };
    try {
      return await this.#attempt(owner, time, planLast);
    } catch (error) {
      if (owner.origin) {
        this.#store.audit.note(auditOfRefusal(owner.origin, owner, time, error, last?.subject));
      }
      throw error;
    }
  }

  async #attempt<T>(
    owner: Owner,
    time: string,
    plan: (draft: Draft) => T,
  ): Promise<{ result: T; revision: number }> {
    for (let attempt = 1; ; attempt++) {
      const { result, revision: committing } = await this.#turns.run(() => this.#begin(owner, time, plan));
      try {
        const revision = await committing;
        await this.#reached(revision, catchUpMs);
        return { result, revision };
      } catch (error) {
        if (!(error instanceof StoreConflict)) throw error;
        if (attempt === attempts) {
          throw new WeftError('conflict', `the write was overtaken ${attempts} times: ${error.message}`, {
            fix: 'Try again.',
          });
        }
        await this.#reached(this.#store.revision, catchUpMs);
      }
    }
  }

  /** Plans, and begins to commit, without letting anything come in between. */
  #begin<T>(
    owner: Owner,
    time: string,
    plan: (draft: Draft) => T,
  ): { result: T; revision: Promise<number> | number } {
    const draft = new Draft(this.#view, owner, time);
    const result = plan(draft);
    const transaction = draft.transaction();
    if (transaction.puts.length + transaction.deletes.length === 0) {
      return { result, revision: this.#view.revision };
    }
    requireQuotas(this.#view, transaction);
    this.#flowQuota?.require(draft);
    const audit = owner.origin ? auditOf(owner.origin, owner, time, transaction) : [];
    return { result, revision: this.#store.commit({ ...transaction, audit }) };
  }
}
