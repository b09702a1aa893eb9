import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Durability } from './durability.ts';
import { openSqliteStore } from './sqlite.ts';
import type { Commit } from './store.ts';
import { testCounter, transactionOf } from './testing.ts';

const program = fileURLToPath(new URL('./commit-stream.test-process.ts', import.meta.url));

/** Another process that commits to `store.db` in the directory until it is killed. */
function startCommitting(directory: string) {
  // A file and not a pipe: what was written before the kill is there, and the writer never waits for the reader.
  const output = join(directory, 'acknowledged');
  const descriptor = openSync(output, 'w');
  const child = spawn(process.execPath, [...process.execArgv, program, join(directory, 'store.db')], {
    stdio: ['ignore', descriptor, 'inherit'],
  });
  const exited = once(child, 'exit');
  closeSync(descriptor);
  const acknowledged = () => readFileSync(output, 'utf8').split('\n').slice(0, -1).map(Number);
  return {
    /** Resolves when so many commits were acknowledged, or the process has ended by itself. */
    async reaches(acknowledgements: number): Promise<void> {
      while (acknowledged().length < acknowledgements && child.exitCode === null) await delay(2);
    },
    /** @returns the revision that was acknowledged last */
    async kill(): Promise<number> {
      child.kill('SIGKILL');
      const [, signal] = await exited;
      assert.equal(signal, 'SIGKILL');
      return acknowledged().at(-1) as number;
    },
  };
}

function newDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'weft-durability-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

test('every acknowledged commit is there, whole, after the process was killed while it committed', async (t) => {
  const directory = newDirectory(t);
  let before = 0;
  for (const acknowledgements of [1, 37, 150]) {
    const committing = startCommitting(directory);
    await committing.reaches(acknowledgements);
    const last = await committing.kill();
    assert.ok(last >= before + acknowledgements);

    const store = await openSqliteStore(join(directory, 'store.db'));
    // One more may have become durable when its acknowledgement was still on the way.
    assert.ok(store.revision === last || store.revision === last + 1, `${store.revision} after ${last}`);
    const { resources } = await store.snapshot();
    assert.equal(resources.length, store.revision + 1);
    assert.deepEqual((await store.get('counter', 'newest'))?.spec, { next: store.revision });
    for (let number = 1; number <= store.revision; number++) {
      assert.equal((await store.get('counter', `commit-${number}`))?.revision, number);
    }
    before = store.revision;
    await store.close();
  }
});

test('a file that another process holds is refused, and free again when that process was killed', async (t) => {
  const directory = newDirectory(t);
  const path = join(directory, 'store.db');
  const committing = startCommitting(directory);
  await committing.reaches(1);
  const opened = openSqliteStore(path);
  await assert.rejects(opened, { code: 'unavailable', message: `${path} is in use by another process` });
  await committing.kill();
  await (await openSqliteStore(path)).close();
});

/** A disk whose calls end when the test says so. */
function slowDisk() {
  const calls: PromiseWithResolvers<void>[] = [];
  const sync = () => {
    const call = Promise.withResolvers<void>();
    calls.push(call);
    return call.promise;
  };
  return { calls, disk: { sync, close: () => Promise.resolve() } };
}

const commitOf = (revision: number): Commit => ({ revision, changes: [] });
const noWatcherError = (error: unknown) => assert.fail(`${error}`);

test('commits wait for the disk, and those that came while it was busy wait for one more call together', async () => {
  const { calls, disk } = slowDisk();
  const durability = new Durability(0, disk, noWatcherError, noWatcherError);
  const durable: number[] = [];
  durability.watch(0, ({ revision }) => durable.push(revision));
  const done: number[] = [];
  const settle = (revision: number) =>
    durability.settle(commitOf(revision)).then(() => void done.push(revision));
  const first = settle(1);
  await delay(1);
  const others = [settle(2), settle(3), settle(4)];
  await delay(1);
  assert.deepEqual([calls.length, done, durable, durability.revision], [1, [], [], 0]);
  calls[0]?.resolve();
  await first;
  await delay(1);
  assert.deepEqual([calls.length, done, durable, durability.revision], [2, [1], [1], 1]);
  calls[1]?.resolve();
  await Promise.all(others);
  assert.deepEqual([calls.length, done, durable, durability.revision], [2, [1, 2, 3, 4], [1, 2, 3, 4], 4]);
  await durability.close();
});

test('a disk that fails is told to all that wait, and asked no more', async () => {
  const { calls, disk } = slowDisk();
  const failures: unknown[] = [];
  const durability = new Durability(0, disk, (error) => failures.push(error), noWatcherError);
  const waiting = [durability.settle(commitOf(1)), durability.settle(commitOf(2))];
  await delay(1);
  waiting.push(durability.settle(commitOf(3)));
  const reason = new Error('input/output error');
  calls[0]?.reject(reason);
  for (const settled of await Promise.allSettled(waiting)) {
    assert.equal(settled.status, 'rejected');
    assert.equal(settled.reason.code, 'unavailable');
    assert.match(settled.reason.message, /input\/output error/);
  }
  assert.deepEqual([failures, calls.length, durability.revision], [[reason], 1, 0]);
  await durability.close();
});

test('watchers inside see a commit when it is written, watchers outside when it is durable', async (t) => {
  const store = await openSqliteStore(join(newDirectory(t), 'store.db'));
  const seen: string[] = [];
  await store.watch(0, ({ revision }) => seen.push(`written ${revision}`));
  await store.watchDurable(0, ({ revision }) => seen.push(`durable ${revision}`));
  const committing = [1, 2, 3].map((next) => store.commit(transactionOf({ puts: [testCounter('a', next)] })));
  assert.deepEqual(seen, ['written 1', 'written 2', 'written 3']);
  await Promise.all(committing);
  assert.deepEqual(seen.slice(3), ['durable 1', 'durable 2', 'durable 3']);
  const replayed: number[] = [];
  await store.watchDurable(1, ({ revision }) => replayed.push(revision));
  assert.deepEqual(replayed, [2, 3]);
  await store.close();
});
