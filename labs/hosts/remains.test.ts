import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanupStaleLabs, createLab } from './index.ts';
import { labsDirectory, randomLabName } from './names.ts';
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

/** Waits until the lab is gone: another process that makes a lab at this moment may be the one that removes it. */
async function waitUntilRemoved(lab: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (tracesOf(lab).length > 0) {
    assert.ok(Date.now() < deadline, `still there: ${tracesOf(lab).join(', ')}`);
    await delay(20);
  }
}

test('the next lab removes what a killed owner left, and only that', async () => {
  const [crashed, alive] = await Promise.all([startOwner(), startOwner()]);
  const program = processIdentity(crashed.made.program) as ProcessIdentity;
  await crashed.crash();
  assert.notDeepEqual(tracesOf(crashed.made.lab), []);
  assert.ok(isRunning(program));

  const lab = await createLab({ hosts: 1 });
  try {
    await waitUntilRemoved(crashed.made.lab);
    assert.equal(listNamespaces().includes(crashed.made.instance), false);
    assert.equal(isRunning(program), false);

    assert.ok(listNamespaces().includes(alive.made.instance));
    assert.ok(processIdentity(alive.made.program) !== undefined);
  } finally {
    await lab.close();
  }

  await alive.crash();
  const rounds = await Promise.all([cleanupStaleLabs(), cleanupStaleLabs(), cleanupStaleLabs()]);
  assert.ok(rounds.flat().filter((name) => name === alive.made.lab).length <= 1);
  await waitUntilRemoved(alive.made.lab);
  assert.equal(listNamespaces().includes(alive.made.instance), false);
});

test('a lab whose owner number is another process now is stale, and its removal is told', async () => {
  const name = randomLabName();
  const directory = await claimLab(name);
  await writeFile(join(directory, 'owner'), `${process.pid} 1\n`);
  const told: string[] = [];
  const removed = await cleanupStaleLabs((line) => told.push(line));
  assert.equal(
    told.some((line) => line.includes(`left of lab ${name}`)),
    removed.includes(name),
  );
  await waitUntilRemoved(name);
});

test('a directory without an owner is left alone while it is fresh', async () => {
  const name = randomLabName();
  const directory = join(labsDirectory, name);
  await mkdir(directory, { recursive: true });
  assert.equal((await cleanupStaleLabs()).includes(name), false);
  assert.ok(existsSync(directory));
  const past = new Date(Date.now() - 60_000);
  await utimes(directory, past, past);
  await cleanupStaleLabs();
  await waitUntilRemoved(name);
});

test('a clean-up whose cleaner died is taken over; one that goes on is not', async () => {
  const name = randomLabName();
  const directory = await claimLab(name);
  const { startTime } = processIdentity(process.pid) as ProcessIdentity;
  await writeFile(join(directory, 'cleaner'), `${process.pid} ${startTime}\n`);
  await writeFile(join(directory, 'owner'), `${process.pid} 1\n`);
  assert.equal((await cleanupStaleLabs()).includes(name), false);
  assert.ok(existsSync(directory));
  await writeFile(join(directory, 'cleaner'), `${process.pid} 1\n`);
  await cleanupStaleLabs();
  await waitUntilRemoved(name);
});
