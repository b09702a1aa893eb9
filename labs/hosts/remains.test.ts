import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { cleanupStaleLabs, createLab } from './index.ts';
import { labsDirectory } from './names.ts';
import { listNamespaces } from './namespaces.ts';
import { isRunning, type ProcessIdentity, processIdentity } from './process-identity.ts';
import { claimLab } from './remains.ts';
import { tracesOf } from './test-support.ts';

interface Made {
  readonly lab: string;
  readonly instance: string;
  readonly program: number;
}

const owners: ChildProcess[] = [];
after(() => {
  for (const owner of owners) owner.kill('SIGKILL');
});

async function startOwner(): Promise<{ made: Made; crash(): Promise<void> }> {
  const fixture = join(import.meta.dirname, 'fixtures', 'crashing-owner.ts');
  const owner = spawn(process.execPath, ['--conditions=source', fixture], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  owners.push(owner);
  const [line] = await once(createInterface(owner.stdout), 'line', { signal: AbortSignal.timeout(30_000) });
  const crash = async (): Promise<void> => {
    owner.kill('SIGKILL');
    await once(owner, 'exit');
  };
  return { made: JSON.parse(String(line)) as Made, crash };
}

test('the next lab removes what a killed owner left, and only that', async () => {
  const [crashed, alive] = await Promise.all([startOwner(), startOwner()]);
  const program = processIdentity(crashed.made.program) as ProcessIdentity;
  await crashed.crash();
  assert.notDeepEqual(tracesOf(crashed.made.lab), []);
  assert.ok(isRunning(program));

  const told: string[] = [];
  const lab = await createLab({ hosts: 1, log: (line) => told.push(line) });
  try {
    assert.ok(told.some((line) => line.includes(`left of lab ${crashed.made.lab}`)));
    assert.deepEqual(tracesOf(crashed.made.lab), []);
    assert.equal(listNamespaces().includes(crashed.made.instance), false);
    assert.equal(isRunning(program), false);

    assert.ok(!told.some((line) => line.includes(alive.made.lab)));
    assert.ok(listNamespaces().includes(alive.made.instance));
    assert.ok(processIdentity(alive.made.program) !== undefined);
  } finally {
    await lab.close();
  }

  await alive.crash();
  const rounds = await Promise.all([cleanupStaleLabs(), cleanupStaleLabs(), cleanupStaleLabs()]);
  assert.equal(rounds.flat().filter((name) => name === alive.made.lab).length, 1);
  assert.deepEqual(tracesOf(alive.made.lab), []);
  assert.equal(listNamespaces().includes(alive.made.instance), false);
});

test('a lab whose owner number is another process now is stale', async () => {
  const directory = await claimLab('reused');
  await writeFile(join(directory, 'owner'), `${process.pid} 1\n`);
  assert.deepEqual(await cleanupStaleLabs(), ['reused']);
});

test('a directory without an owner is left alone while it is fresh', async () => {
  const directory = join(labsDirectory, 'halfmade');
  await mkdir(directory, { recursive: true });
  try {
    assert.deepEqual(await cleanupStaleLabs(), []);
    const past = new Date(Date.now() - 60_000);
    await utimes(directory, past, past);
    assert.deepEqual(await cleanupStaleLabs(), ['halfmade']);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('a clean-up whose cleaner died is taken over; one that goes on is not', async () => {
  const directory = await claimLab('cleaning');
  await writeFile(join(directory, 'owner'), `${process.pid} 1\n`);
  const { startTime } = processIdentity(process.pid) as ProcessIdentity;
  await writeFile(join(directory, 'cleaner'), `${process.pid} ${startTime}\n`);
  assert.deepEqual(await cleanupStaleLabs(), []);
  await writeFile(join(directory, 'cleaner'), `${process.pid} 1\n`);
  assert.deepEqual(await cleanupStaleLabs(), ['cleaning']);
});
