import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSqliteStore } from '../store/index.ts';
import { SqliteStore } from '../store/sqlite.ts';
import { openDatabase } from '../store/sqlite-database.ts';
import { testCounter, transactionOf } from '../store/testing.ts';
import { Instruments } from './instruments.ts';
import { MeasuredStore } from './measured-store.ts';
import { parseExposition } from './testing/exposition.ts';

const one = transactionOf({ puts: [testCounter('a', 1)] });

async function open() {
  const instruments = new Instruments();
  const store = new MeasuredStore(await openSqliteStore(':memory:'), instruments);
  const value = async (name: string) => parseExposition(await instruments.registry.metrics()).value(name);
  return { store, value };
}

describe('a measured store', () => {
  it('counts commits and conflicts apart, and passes both on as they are', async () => {
    const { store, value } = await open();
    assert.equal(await store.commit(one), 1);
    const outdated = { ...one, conditions: [{ kind: 'counter', id: 'a', revision: 7 }] as const };
    await assert.rejects(store.commit(outdated), { name: 'StoreConflict' });
    assert.equal(await value('weft_store_commits_total'), 1);
    assert.equal(await value('weft_store_conflicts_total'), 1);
    assert.equal(await value('weft_store_failures_total'), 0);
    assert.equal(await value('weft_store_commit_seconds_count'), 1);
    assert.equal(await store.problem(), undefined, 'a conflict is no problem of the store');
    await store.close();
  });

  it('does not count the work of watchers as time of the store, but tells it to them', async () => {
    const { store, value } = await open();
    let seconds = 0;
    await store.watch(0, () => {
      const end = performance.now() + 50;
      while (performance.now() < end);
      seconds = store.secondsSinceTold();
    });
    await store.commit(one);
    assert.ok(seconds >= 0.05, `${seconds} s`);
    assert.ok((await value('weft_store_commit_seconds_sum')) < 0.05);
    await store.close();
  });

  it('has a problem when it is closed', async () => {
    const { store } = await open();
    assert.equal(await store.problem(), undefined);
    await store.close();
    assert.match((await store.problem()) ?? '', /closed/);
  });

  it('has a problem from a write that failed until one succeeds, which the question itself brings about', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'weft-metrics-'));
    const database = openDatabase(join(directory, 'store.db'));
    const store = new MeasuredStore(
      new SqliteStore(database, 10, (error) => assert.fail(`${error}`)),
      new Instruments(),
    );
    await store.commit(one);
    assert.equal(await store.problem(), undefined);
    assert.equal(store.revision, 1, 'a store without a problem is only read');
    // As if the disk were full: SQLite gives the same error when a file may not be written.
    database.exec('PRAGMA query_only = ON');
    await assert.rejects(store.commit(transactionOf({ puts: [testCounter('a', 2)] })), {
      code: 'unavailable',
    });
    assert.match((await store.problem()) ?? '', /cannot be written/);
    assert.equal(store.revision, 1);
    database.exec('PRAGMA query_only = OFF');
    assert.equal(await store.problem(), undefined);
    assert.equal(store.revision, 2, 'one empty commit');
    assert.equal(await store.problem(), undefined);
    assert.equal(store.revision, 2, 'and no second one');
    await store.close();
    rmSync(directory, { recursive: true });
  });
});
