import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WeftError } from '../resources/index.ts';
import type { Disk } from './durability.ts';

/** Stands in the header of the file (`PRAGMA application_id`) and says that it is ours: `weft` in ASCII. */
const applicationId = 0x77656674;
/** Raised with every change of the tables that older versions cannot read. */
const schemaVersion = 1;
/** How long to wait for a controller that is just about to end, in milliseconds. */
const lockTimeout = 2000;
/** The write-ahead log is cut back to this size after a burst of writes. */
const journalSizeLimit = 64 * 1024 * 1024;

const schema = `
  CREATE TABLE resources (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) WITHOUT ROWID;
  CREATE TABLE history (revision INTEGER PRIMARY KEY, changes TEXT NOT NULL);
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  INSERT INTO meta VALUES ('schema-version', '${schemaVersion}');
  PRAGMA application_id = ${applicationId};
`;

/**
 * Opens the database file of a store for this process alone, and makes the tables in a new one.
 *
 * @throws WeftError `unavailable`, saying why the file cannot be used and what to do
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: lockTimeout });
    // Exclusive before the first access: the lock is then kept until the end, and no shared memory file is made.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    // Syncs around checkpoints only; each commit is synced by `diskOf`, several at a time and beside other work.
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec(`PRAGMA journal_size_limit = ${journalSizeLimit}`);
    prepareSchema(database, path);
    return database;
  } catch (error) {
    database?.close();
    throw openError(error, path);
  }
}

/**
 * What writes the commits of a database to the disk: they stand in its write-ahead log. Undefined for a database in
 * memory. The log has no locks, so that it can be opened and closed a second time.
 */
export function diskOf(database: DatabaseSync): Disk | undefined {
  const path = database.location();
  if (path === null) return undefined;
  let log: FileHandle | undefined;
  return {
    async sync() {
      if (!log) {
        // The log is made with the first write and stays until the database is closed; its name has to be durable, too.
        log = await open(`${path}-wal`, 'r');
        await syncDirectory(dirname(path));
      }
      await log.sync();
    },
    async close() {
      await log?.close();
    },
  };
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function prepareSchema(database: DatabaseSync, path: string): void {
  // A write transaction even where nothing is written: it is what takes the lock.
  database.exec('BEGIN EXCLUSIVE');
  if (isEmpty(database)) database.exec(schema);
  else checkSchema(database, path);
  database.exec('COMMIT');
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables === 0;
}

function checkSchema(database: DatabaseSync, path: string): void {
  if (database.prepare('PRAGMA application_id').get()?.application_id !== applicationId) {
    throw new WeftError('unavailable', `${path} is a database of another program`, {
      value: path,
      fix: 'Give the path of a file that does not exist yet, or of one that a controller made.',
    });
  }
  const row = database.prepare("SELECT value FROM meta WHERE key = 'schema-version'").get();
  if (Number(row?.value) !== schemaVersion) {
    throw new WeftError(
      'unavailable',
      `${path} has schema version ${row?.value}, and this controller knows version ${schemaVersion}`,
      { value: path, fix: 'Start the version of the controller that wrote the file last.' },
    );
  }
}

/** SQLite's primary result codes, https://sqlite.org/rescode.html */
const resultCode = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
};

function openError(error: unknown, path: string): WeftError {
  if (error instanceof WeftError) return error;
  switch (primaryCode(error)) {
    case resultCode.busy:
    case resultCode.locked:
      return new WeftError('unavailable', `${path} is in use by another process`, {
        value: path,
        fix: 'End the other controller, or give this one a file of its own; only one can write to a file.',
      });
    case resultCode.cannotOpen:
      return new WeftError('unavailable', `${path} cannot be opened`, {
        value: path,
        fix: 'See that its directory exists and that this user may write there.',
      });
    case resultCode.notADatabase:
      return new WeftError('unavailable', `${path} is not a database`, {
        value: path,
        fix: 'Give the path of a file that does not exist yet, or of one that a controller made.',
      });
    default:
      return writeError(error);
  }
}

/** What a caller is told when SQLite could not write: nothing was applied, and it may try again. */
export function writeError(error: unknown): WeftError {
  const reason = error instanceof Error ? error.message : String(error);
  const fix = {
    [resultCode.full]: 'Make room on the disk of the store, then try again.',
    [resultCode.readOnly]: 'Make the file of the store and its directory writable, then try again.',
    [resultCode.ioError]: 'See the system log for errors of the disk, then try again.',
  }[primaryCode(error) ?? 0];
  const wrapped = new WeftError('unavailable', `the store cannot be written: ${reason}`, {
    fix: fix ?? 'Try again; if it stays so, see the log of the controller.',
  });
  wrapped.cause = error;
  return wrapped;
}

export function isSqliteError(error: unknown): error is Error & { readonly errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

function primaryCode(error: unknown): number | undefined {
  return isSqliteError(error) ? error.errcode & 0xff : undefined;
}
