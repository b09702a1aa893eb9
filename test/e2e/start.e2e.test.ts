import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const start = ['scripts/start.sh'];

const api = 'http://127.0.0.1:8080/v1';

/** Ids of the instances that the sample has had when it ends. Others on this machine belong to other labs. */
async function instancesUntil(ended: Promise<unknown>): Promise<ReadonlySet<string>> {
  const instances = new Set<string>();
  let over = false;
  const end = () => {
    over = true;
  };
  ended.then(end, end);
  while (!over) {
    const answer = await fetch(`${api}/instances`).catch(() => undefined);
    const { items = [] } = answer?.ok ? ((await answer.json()) as { items?: { id: string }[] }) : {};
    for (const { id } of items) instances.add(id);
    await sleep(100);
  }
  assert.ok(instances.size > 0, 'the sample had instances');
  return instances;
}

const leftovers = (instances: ReadonlySet<string>) => {
  const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  const labs = existsSync('/run/weft/labs') ? readdirSync('/run/weft/labs') : [];
  return [
    ...namespaces.filter(
      (name) => name.startsWith('weft-start-') || instances.has(name.slice('weft-'.length)),
    ),
    ...labs.filter((name) => name === 'start'),
  ];
};

describe('npm start', () => {
  it('--check shows what reaches what, exits 0, and leaves nothing behind', async () => {
    const checked = run('bash', [...start, '--check'], { cwd: root, timeout: 120_000 });
    const seen = instancesUntil(checked);
    const { stdout } = await checked;
    assert.match(stdout, /What reaches what:/);
    assert.match(stdout, /(\d+) of \1 as the security groups say/);
    assert.match(stdout, /tcp 5432 yes/);
    assert.match(stdout, /tcp 5432 no/);
    assert.deepEqual(leftovers(await seen), []);
  });

  it('stays up until it is interrupted, and what it prints to try works', async () => {
    const child = spawn('bash', start, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      output += text;
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const seen = instancesUntil(ended);
    const deadline = Date.now() + 90_000;
    while (!output.includes('Ctrl-C') && Date.now() < deadline && child.exitCode === null) await sleep(100);
    try {
      assert.match(output, /Try next/);
      const commands = output
        .split('\n')
        .filter((line) => /^ {2}(bin\/weft|ip netns|ovs-ofctl) /.test(line))
        .map((line) => line.trim());
      assert.ok(commands.length >= 4, output);
      for (const command of commands) await run('bash', ['-c', command], { cwd: root, timeout: 20_000 });
    } finally {
      child.kill('SIGINT');
      await ended;
    }
    assert.equal(child.exitCode, 0);
    assert.deepEqual(leftovers(await seen), []);
  });

  it('--no-lab is the bare controller', async () => {
    const child = spawn('bash', [...start, '--no-lab'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const deadline = Date.now() + 30_000;
    let healthy = false;
    while (!healthy && Date.now() < deadline) {
      healthy = await fetch(`${api}/health`).then(
        (answer) => answer.ok,
        () => false,
      );
      await sleep(100);
    }
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
    assert.ok(healthy);
  });
});
