import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { storeContract } from './contract.test-suite.ts';
import { openSqliteStore, SqliteStore } from './sqlite.ts';
import { openDatabase } from './sqlite-database.ts';
import type { Commit } from './store.ts';
import { testCounter, transactionOf } from './testing.ts';

const directory = mkdtempSync(join(tmpdir(), 'weft-store-'));
after(() => rmSync(directory, { recursive: true }));
let files = 0;
const newPath = () => join(directory, `${files++}.db`);

storeContract('SQLite in memory', (options) => openSqliteStore(':memory:', options));
storeContract('SQLite in a file', (options) => openSqliteStore(newPath(), options));

describe('a SQLite file', () => {
  test('has resources, revision and history again after it was closed', async () => {
    const path = newPath();
    const first = await openSqliteStore(path);
    const before: Commit[] = [];
    await first.watch(0, (commit) => before.push(commit));
    await first.commit(transactionOf({ puts: [testCounter('a', 1), testCounter('b', 1)] }));
    await first.commit(
      transactionOf({ puts: [testCounter('a', 2)], deletes: [{ kind: 'counter', id: 'b' }] }),
    );
    const snapshot = await first.snapshot();
    await first.close();

    const second = await openSqliteStore(path);
    const replayed: Commit[] = [];
    await second.watch(0, (commit) => replayed.push(commit));
    assert.deepEqual(replayed, before);
    assert.deepEqual(await second.snapshot(), snapshot);
    assert.equal(await second.commit(transactionOf({ puts: [testCounter('c', 1)] })), 3);
    await second.close();
  });

  test('gives a lowered history limit step by step', async () => {
    const path = newPath();
    const first = await openSqliteStore(path);
    for (let next = 1; next <= 50; next++)
      await first.commit(transactionOf({ puts: [testCounter('a', next)] }));
    await first.close();

    const second = await openSqliteStore(path, { historyLimit: 5 });
    const reaches = async (revision: number) => {
      const watch = await second.watch(revision - 1, () => undefined);
      watch.close();
    };
    await reaches(1);
    await second.commit(transactionOf({ puts: [testCounter('a', 51)] }));
    await assert.rejects(reaches(16), { name: 'StoreCompacted', oldestRevision: 17 });
    for (let next = 52; next <= 60; next++)
      await second.commit(transactionOf({ puts: [testCounter('a', next)] }));
    await assert.rejects(reaches(55), { name: 'StoreCompacted', oldestRevision: 56 });
    await reaches(56);
    await second.close();
  });

  test('is for one process at a time', async () => {
    const path = newPath();
    const store = await openSqliteStore(path);
    await assert.rejects(openSqliteStore(path), (error: Error & { fix?: string }) => {
      assert.match(error.message, new RegExp(`${path} is in use by another process`));
      assert.match(error.fix ?? '', /End the other controller/);
      return true;
    });
    await store.close();
    await (await openSqliteStore(path)).close();
  });

  test('is refused when it is of a newer version', async () => {
    const path = newPath();
    await (await openSqliteStore(path)).close();
    const database = new DatabaseSync(path);
    database.exec("UPDATE meta SET value = '2' WHERE key = 'schema-version'");
    database.close();
    await assert.rejects(openSqliteStore(path), {
      code: 'unavailable',
      message: /has schema version 2, and this controller knows version 1/,
    });
  });

  test("is refused, and not touched, when it is another program's", async () => {
    const path = newPath();
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE notes (text)');
    await assert.rejects(openSqliteStore(path), { message: /is a database of another program/ });
    assert.equal(database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables, 1);
    database.close();
  });

  test('is refused when it is no database or cannot be made', async () => {
    const path = newPath();
    writeFileSync(path, 'not a database at all, but long enough to have a header '.repeat(20));
    await assert.rejects(openSqliteStore(path), { code: 'unavailable', message: /is not a database/ });
    await assert.rejects(openSqliteStore(join(directory, 'absent', 'x.db')), {
      code: 'unavailable',
      message: /cannot be opened/,
    });
  });

  test('historyLimit must be a whole number from 1', async () => {
    for (const historyLimit of [0, -1, 1.5, Number.NaN]) {
      await assert.rejects(openSqliteStore(':memory:', { historyLimit }), { code: 'invalid-value' });
    }
  });
});

describe('errors while writing', () => {
  test('a full disk refuses the commit whole; the store goes on when there is room again', async () => {
    const database = openDatabase(newPath());
    const store = new SqliteStore(database, 10, (error) => assert.fail(`${error}`));
    await store.commit(transactionOf({ puts: [testCounter('a', 1)] }));
    const seen: number[] = [];
    await store.watch(1, ({ revision }) => seen.push(revision));
    // As if the disk were full: SQLite gives the same error when a file reaches its limit of pages.
    const pages = database.prepare('PRAGMA page_count').get()?.page_count;
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const large = Array.from({ length: 100 }, (_, index) =>
      testCounter(`${'x'.repeat(1000)}${index}`, index),
    );
    await assert.rejects(store.commit(transactionOf({ puts: [testCounter('a', 2), ...large] })), {
      code: 'unavailable',
      fix: /Make room/,
    });
    assert.equal(store.revision, 1);
    assert.deepEqual(await store.list('counter'), [{ ...testCounter('a', 1), revision: 1 }]);

    database.exec('PRAGMA max_page_count = 1000000');
    assert.equal(await store.commit(transactionOf({ puts: large })), 2);
    assert.deepEqual(seen, [2]);
    await store.close();
  });

  test('a value that has no JSON is the error that it is, and is not written', async () => {
    const store = await openSqliteStore(':memory:');
    const wrong = { ...testCounter('a', 1), spec: { next: 1n as unknown as number } };
    await assert.rejects(store.commit(transactionOf({ puts: [testCounter('b', 1), wrong] })), TypeError);
    assert.deepEqual(await store.snapshot(), { revision: 0, resources: [] });
    assert.equal(await store.commit(transactionOf({ puts: [testCounter('b', 1)] })), 1);
    await store.close();
  });
});
