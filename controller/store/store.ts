import type { AnyResource, KindName, ResourceOf } from '../resources/index.ts';
import type { AuditEntry, AuditLog } from './audit.ts';

/** What must hold for a commit to happen. Revision 0: the resource must not exist. */
export interface Condition {
  readonly kind: KindName;
  readonly id: string;
  readonly revision: number;
}

/** Everything that one commit does; all of it or nothing. */
export interface Transaction {
  readonly conditions: readonly Condition[];
  /** New versions, whole. Their `revision` is ignored: the store sets it. */
  readonly puts: readonly AnyResource[];
  readonly deletes: readonly { readonly kind: KindName; readonly id: string }[];
  /** Entries about the puts and deletes, to be written with them; `revision`, and `after` of a put, are set by the store. */
  readonly audit?: readonly AuditEntry[];
}

export interface Change {
  readonly kind: KindName;
  readonly id: string;
  readonly before: AnyResource | undefined;
  readonly after: AnyResource | undefined;
}

/** One commit as a watcher sees it. */
export interface Commit {
  readonly revision: number;
  readonly changes: readonly Change[];
}

export interface Watch {
  close(): void;
}

/**
 * Where resources are kept. Two engines: SQLite (embedded) and, for a cluster of controllers, etcd.
 *
 * Revisions count commits and start with 1. A commit resolves only when it is durable. Watchers see every commit
 * exactly once and in order; an embedded store calls them before `commit` resolves.
 *
 * An embedded store has two moments: a commit is written (it outlives the process, and everything in the process sees
 * it), and soon after it is durable (it outlives the machine). Callers and everybody outside hear of it at the second.
 */
export interface Store {
  /** The newest revision that this process has seen. */
  readonly revision: number;
  get<K extends KindName>(kind: K, id: string): Promise<ResourceOf<K> | undefined>;
  list<K extends KindName>(kind: K): Promise<ResourceOf<K>[]>;
  /**
   * Applies the transaction and returns its revision.
   * @throws StoreConflict when a condition does not hold; nothing is written then.
   */
  commit(transaction: Transaction): Promise<number>;
  readonly audit: AuditLog;
  /** One commit from the history; undefined when there is none yet, or it is gone from there. */
  commitAt(revision: number): Promise<Commit | undefined>;
  /** Everything as of one revision, to start a projection from. */
  snapshot(): Promise<{ revision: number; resources: AnyResource[] }>;
  /**
   * Calls `listener` for every commit after `afterRevision`, first the stored ones, then new ones.
   * @throws StoreCompacted when the history no longer reaches back that far: start from a snapshot.
   */
  watch(afterRevision: number, listener: (commit: Commit) => void): Promise<Watch>;
  /** As `watch`, and tells of a commit only when it is durable: for those who would go on with it after a crash. */
  watchDurable(afterRevision: number, listener: (commit: Commit) => void): Promise<Watch>;
  close(): Promise<void>;
}

/** A condition of a commit did not hold. */
export class StoreConflict extends Error {
  readonly condition: Condition;
  readonly actualRevision: number;
  constructor(condition: Condition, actualRevision: number) {
    super(
      `${condition.kind} ${condition.id}: expected revision ${condition.revision}, found ${actualRevision}`,
    );
    this.name = 'StoreConflict';
    this.condition = condition;
    this.actualRevision = actualRevision;
  }
}

/** The history that a watcher asked for was removed already. */
export class StoreCompacted extends Error {
  readonly oldestRevision: number;
  constructor(oldestRevision: number) {
    super(`history starts with revision ${oldestRevision}; read a snapshot first`);
    this.name = 'StoreCompacted';
    this.oldestRevision = oldestRevision;
  }
}
