import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AnyResource, type KindName, type ResourceOf, WeftError } from '../resources/index.ts';
import { type AuditEntry, type AuditRetention, defaultAuditRetention } from './audit.ts';
import { type Disk, Durability } from './durability.ts';
import { SqliteAuditLog } from './sqlite-audit.ts';
import { diskOf, isSqliteError, openDatabase, writeError } from './sqlite-database.ts';
import {
  type Change,
  type Commit,
  type Store,
  StoreCompacted,
  StoreConflict,
  type Transaction,
  type Watch,
} from './store.ts';
import { absentDelete, checkTransaction } from './transaction.ts';
import { rethrowLater, Watchers } from './watchers.ts';

export interface SqliteStoreOptions {
  /** How many commits are kept for watchers that come back. Default 100,000. */
  readonly historyLimit?: number;
  /** How much of the audit log is kept. Default: a year, and at most a million entries. */
  readonly audit?: AuditRetention;
  /** Called when a watcher throws. Default: rethrown in a microtask, so that it ends the process loudly. */
  readonly onWatcherError?: (error: unknown) => void;
}

/** A returning watcher is told this many commits before other work gets its turn. */
const replayPage = 256;
/** At most this many old commits are removed by one commit, so that none is slow after the limit was lowered. */
const prunePerCommit = 16;

/**
 * Opens, or makes, the store in one file. Only one process can hold a file at a time.
 *
 * @param path of the database file, or `:memory:`
 * @throws WeftError `unavailable` when the file is held by another process, is of a newer version or cannot be opened
 */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<Store> {
  const { historyLimit = 100_000, audit = defaultAuditRetention, onWatcherError = rethrowLater } = options;
  if (!Number.isSafeInteger(historyLimit) || historyLimit < 1) {
    throw new WeftError('invalid-value', `historyLimit is ${historyLimit}`, {
      field: 'historyLimit',
      value: historyLimit,
      fix: 'Give a whole number of at least 1.',
    });
  }
  return new SqliteStore(openDatabase(path), historyLimit, onWatcherError, { audit });
}

/**
 * The embedded engine. It keeps no resource in memory: the topology does that.
 *
 * SQLite is called synchronously. One commit therefore never sees half of another, and needs no lock of its own.
 */
export class SqliteStore implements Store {
  readonly audit: SqliteAuditLog;
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #historyLimit: number;
  readonly #watchers: Watchers;
  readonly #durability: Durability;
  #revision: number;
  /** The oldest commit in the history; `#revision + 1` when it is empty. */
  #oldest: number;
  #closed = false;

  /** @param database as `openDatabase` gives it; the store closes it */
  constructor(
    database: DatabaseSync,
    historyLimit: number,
    onWatcherError: (error: unknown) => void,
    { audit = defaultAuditRetention, disk = diskOf(database) }: { audit?: AuditRetention; disk?: Disk } = {},
  ) {
    this.#database = database;
    this.audit = new SqliteAuditLog(database, audit);
    this.#statements = prepareStatements(database);
    this.#historyLimit = historyLimit;
    this.#watchers = new Watchers(onWatcherError);
    const { newest, oldest } = this.#statements.historyRange.get() as Record<string, number | null>;
    this.#revision = newest ?? 0;
    this.#oldest = oldest ?? 1;
    this.#durability = new Durability(this.#revision, disk, rethrowLater, onWatcherError);
  }

  get revision(): number {
    return this.#revision;
  }

  async get<K extends KindName>(kind: K, id: string): Promise<ResourceOf<K> | undefined> {
    this.#assertOpen();
    return this.#read(kind, id) as ResourceOf<K> | undefined;
  }

  /** In order of ids. */
  async list<K extends KindName>(kind: K): Promise<ResourceOf<K>[]> {
    this.#assertOpen();
    return this.#statements.list.all(kind).map((row) => JSON.parse(row.json as string));
  }

  async snapshot(): Promise<{ revision: number; resources: AnyResource[] }> {
    this.#assertOpen();
    const resources: AnyResource[] = [];
    for (const row of this.#statements.everything.iterate()) resources.push(JSON.parse(row.json as string));
    return { revision: this.#revision, resources };
  }

  async commit(transaction: Transaction): Promise<number> {
    this.#assertOpen();
    checkTransaction(transaction);
    const commit = this.#write(transaction);
    const durable = this.#durability.settle(commit);
    this.#watchers.deliver(commit);
    await durable;
    return commit.revision;
  }

  async commitAt(revision: number): Promise<Commit | undefined> {
    this.#assertOpen();
    const row = this.#statements.historyAt.get(revision);
    return row && { revision, changes: decodeChanges(row.changes as string) };
  }

  async watch(afterRevision: number, listener: (commit: Commit) => void): Promise<Watch> {
    const seen = await this.#replay(afterRevision, () => this.#revision, listener);
    return this.#watchers.add(seen, listener);
  }

  async watchDurable(afterRevision: number, listener: (commit: Commit) => void): Promise<Watch> {
    const seen = await this.#replay(afterRevision, () => this.#durability.revision, listener);
    return this.#durability.watch(seen, listener);
  }

  /** Tells what is stored already. @returns the revision that was told last */
  async #replay(
    afterRevision: number,
    newest: () => number,
    listener: (commit: Commit) => void,
  ): Promise<number> {
    let seen = afterRevision;
    // New commits can come in while this waits for its turn; the loop ends only when it has told those, too.
    while (seen < newest()) {
      this.#assertOpen();
      if (seen + 1 < this.#oldest) throw new StoreCompacted(this.#oldest);
      for (const row of this.#statements.historyAfter.all(seen, newest(), replayPage)) {
        seen = row.revision as number;
        this.#watchers.call(listener, { revision: seen, changes: decodeChanges(row.changes as string) });
      }
      await nextTurn();
    }
    this.#assertOpen();
    return seen;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#watchers.clear();
    await this.#durability.close();
    this.audit.flush();
    this.#database.close();
  }

  /** Written when it returns, so that it outlives the process; when it throws, nothing is written. */
  #write(transaction: Transaction): Commit {
    const revision = this.#revision + 1;
    try {
      this.#statements.begin.run();
      this.#checkConditions(transaction);
      const changes = this.#applyChanges(transaction, revision);
      this.#statements.appendHistory.run(revision, JSON.stringify(changes));
      const oldest = this.#pruneHistory(revision);
      this.audit.write(withRevision(transaction, revision));
      this.#statements.commit.run();
      this.audit.written();
      this.#revision = revision;
      this.#oldest = oldest;
      return { revision, changes };
    } catch (error) {
      // SQLite has rolled back by itself after some errors of the disk.
      if (this.#database.isTransaction) this.#statements.rollback.run();
      throw isSqliteError(error) ? writeError(error) : error;
    }
  }

  #checkConditions({ conditions }: Transaction): void {
    for (const condition of conditions) {
      const row = this.#statements.revisionOf.get(condition.kind, condition.id);
      const actual = (row?.revision as number | undefined) ?? 0;
      if (actual !== condition.revision) throw new StoreConflict(condition, actual);
    }
  }

  #applyChanges({ puts, deletes }: Transaction, revision: number): Change[] {
    const changes: Change[] = [];
    for (const put of puts) {
      const { kind, id } = put;
      const json = JSON.stringify({ ...put, revision });
      const before = this.#read(kind, id);
      this.#statements.put.run(kind, id, revision, json);
      // Read back from the text, so that watchers see today what a replay will show them tomorrow.
      changes.push({ kind, id, before, after: JSON.parse(json) });
    }
    for (const { kind, id } of deletes) {
      const before = this.#read(kind, id);
      if (!before) throw absentDelete(kind, id);
      this.#statements.remove.run(kind, id);
      changes.push({ kind, id, before, after: undefined });
    }
    return changes;
  }

  /** @returns the oldest revision of what is left */
  #pruneHistory(newest: number): number {
    const wanted = newest - this.#historyLimit + 1;
    const oldest = Math.max(this.#oldest, Math.min(wanted, this.#oldest + prunePerCommit));
    if (oldest > this.#oldest) this.#statements.prune.run(oldest);
    return oldest;
  }

  #read(kind: KindName, id: string): AnyResource | undefined {
    const row = this.#statements.get.get(kind, id);
    return row && JSON.parse(row.json as string);
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new WeftError('unavailable', 'the store is closed', { fix: 'Open it again.' });
  }
}

/** What was put has the revision of the commit from now on; what was deleted is gone with it. */
function withRevision({ audit = [], deletes }: Transaction, revision: number): AuditEntry[] {
  const isDeleted = ({ kind, id }: AuditEntry) =>
    deletes.some((gone) => gone.kind === kind && gone.id === id);
  return audit.map((entry) => ({ ...entry, revision, ...(isDeleted(entry) ? {} : { after: revision }) }));
}

/** JSON has no undefined: what was absent must be put back, so that a replayed change equals the live one. */
function decodeChanges(text: string): Change[] {
  const changes: Change[] = JSON.parse(text);
  return changes.map(({ kind, id, before, after }) => ({ kind, id, before, after }));
}

type Statements = Readonly<Record<keyof typeof statementTexts, StatementSync>>;

const statementTexts = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  get: 'SELECT json FROM resources WHERE kind = ? AND id = ?',
  revisionOf: 'SELECT revision FROM resources WHERE kind = ? AND id = ?',
  list: 'SELECT json FROM resources WHERE kind = ? ORDER BY id',
  everything: 'SELECT json FROM resources',
  put: 'INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?)',
  remove: 'DELETE FROM resources WHERE kind = ? AND id = ?',
  appendHistory: 'INSERT INTO history VALUES (?, ?)',
  prune: 'DELETE FROM history WHERE revision < ?',
  historyRange: 'SELECT max(revision) AS newest, min(revision) AS oldest FROM history',
  historyAt: 'SELECT changes FROM history WHERE revision = ?',
  historyAfter:
    'SELECT revision, changes FROM history WHERE revision > ? AND revision <= ? ORDER BY revision LIMIT ?',
} as const;

function prepareStatements(database: DatabaseSync): Statements {
  const entries = Object.entries(statementTexts).map(([name, text]) => [name, database.prepare(text)]);
  return Object.fromEntries(entries) as Statements;
}
