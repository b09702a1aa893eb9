import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AuditEntry, AuditLog, AuditQuery, AuditRetention, StoredAuditEntry } from './audit.ts';
import { isSqliteError } from './sqlite-database.ts';

/** Made beside the tables of resources; older versions of the controller do not mind it. */
const schema = `
  CREATE TABLE IF NOT EXISTS audit (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    time TEXT NOT NULL,
    account TEXT NOT NULL,
    principal TEXT NOT NULL,
    kind TEXT,
    id TEXT,
    outcome TEXT NOT NULL,
    json TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS audit_by_account ON audit (account, sequence);
  CREATE INDEX IF NOT EXISTS audit_by_resource ON audit (id, sequence);
`;

/** At most so many old entries go with each new one, so that no commit is slow after the retention was lowered. */
const prunePerEntry = 16;
/** Refusals that wait to be written; of a flood of them the oldest are left out. */
const mostPending = 1000;
const pendingMs = 250;

/** The audit log in the database of the store. */
export class SqliteAuditLog implements AuditLog {
  readonly #database: DatabaseSync;
  readonly #retention: AuditRetention;
  readonly #insert: StatementSync;
  readonly #prune: StatementSync;
  readonly #queries = new Map<string, StatementSync>();
  #pending: AuditEntry[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(database: DatabaseSync, retention: AuditRetention) {
    this.#database = database;
    this.#retention = retention;
    database.exec(schema);
    this.#insert = database.prepare(
      'INSERT INTO audit (time, account, principal, kind, id, outcome, json) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#prune = database.prepare(
      `DELETE FROM audit WHERE sequence IN (SELECT sequence FROM audit ORDER BY sequence LIMIT ${prunePerEntry})
       AND (sequence <= ? OR time < ?)`,
    );
  }

  note(entry: AuditEntry): void {
    this.#pending.push(entry);
    if (this.#pending.length > mostPending) this.#pending.shift();
    this.#timer ??= setTimeout(() => this.#tryToFlush(), pendingMs);
  }

  async query(query: AuditQuery): Promise<StoredAuditEntry[]> {
    this.flush();
    const { limit, from, to, below, ...equal } = query;
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    const add = (condition: string, value: string | number | undefined) => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    for (const name of ['account', 'principal', 'kind', 'id', 'outcome'] as const)
      add(`${name} = ?`, equal[name]);
    add('time >= ?', from);
    add('time < ?', to);
    add('sequence < ?', below);
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const rows = this.#prepared(
      `SELECT sequence, json FROM audit ${where} ORDER BY sequence DESC LIMIT ?`,
    ).all(...values, limit);
    return rows.map((row) => ({ sequence: Number(row.sequence), ...JSON.parse(row.json as string) }));
  }

  /** Inside of a transaction of the store: writes the entries, and the refusals that wait. */
  write(entries: readonly AuditEntry[]): void {
    const pending = this.#pending;
    for (const entry of [...pending, ...entries]) this.#append(entry);
  }

  /** The transaction into which `write` was called has been committed. */
  written(): void {
    this.#pending = [];
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Writes what waits in a transaction of its own. */
  flush(): void {
    if (this.#pending.length > 0) {
      this.#database.exec('BEGIN IMMEDIATE');
      this.write([]);
      this.#database.exec('COMMIT');
    }
    this.written();
  }

  /** On a full disk the refusals wait for the next commit that succeeds: callers hear of the problem from their writes. */
  #tryToFlush(): void {
    this.#timer = undefined;
    try {
      this.flush();
    } catch (error) {
      if (!isSqliteError(error)) throw error;
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }

  #append(entry: AuditEntry): void {
    const { time, account, principal, kind = null, id = null, outcome } = entry;
    const { lastInsertRowid } = this.#insert.run(
      time,
      account,
      principal,
      kind,
      id,
      outcome,
      JSON.stringify(entry),
    );
    const { entries, days } = this.#retention;
    const cutoff = new Date(Date.parse(time) - days * 86_400_000).toISOString();
    this.#prune.run(Number(lastInsertRowid) - entries, cutoff);
  }

  /** There are as many as combinations of filters, which are few. */
  #prepared(text: string): StatementSync {
    const known = this.#queries.get(text) ?? this.#database.prepare(text);
    this.#queries.set(text, known);
    return known;
  }
}
