import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from './sqlite.ts';

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
