import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isRunning, readIdentity } from './process-identity.ts';
import { startProgram } from './program.ts';
import { ProgramFolder } from './program-folder.ts';

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-program-'));
});
after(async () => {
  await rm(directory, { recursive: true });
});

test('the last 500 lines are kept, all go to the file', async () => {
  const program = await startProgram({ name: 'many', command: 'seq', args: ['1', '1200'], directory });
  await program.waitForLine((line) => line === '1200');
  assert.equal(program.logs.length, 500);
  assert.equal(program.logs[0], '701');
  assert.equal(readFileSync(program.logFile, 'utf8').split('\n').length, 1_201);
  await program.dispose();
});

test('a log that grows past its bound keeps its newest part', async () => {
  const script = 'yes 0123456789012345678901234567890123456789 | head -c 20000000; echo end';
  const program = await startProgram({ name: 'large', command: 'sh', args: ['-c', script], directory });
  await program.waitForLine((line) => line.endsWith('end'), 20_000);
  const sizes = [program.logFile, `${program.logFile}.1`].map((file) => readFileSync(file).length);
  assert.ok((sizes[0] ?? 0) + (sizes[1] ?? 0) < 17_000_000, String(sizes));
  assert.match(readFileSync(program.logFile, 'utf8').slice(-10), /end\n$/);
  await program.dispose();
});

test('the pid file names the process while it runs', async () => {
  const program = await startProgram({ name: 'pid', command: 'sleep', args: ['1000'], directory });
  const file = join(directory, 'pid.pid');
  const identity = readIdentity(file) ?? assert.fail('no pid file');
  assert.equal(identity.pid, program.pid);
  assert.ok(isRunning(identity));
  assert.equal(isRunning({ pid: identity.pid, startTime: '1' }), false);
  await program.kill9();
  assert.equal(isRunning(identity), false);
  assert.equal(existsSync(file), false);
  await program.dispose();
});

test('a program that does not become ready is ended, and its last lines are shown', async () => {
  const start = (script: string): Promise<unknown> =>
    startProgram({
      name: 'unready',
      command: 'sh',
      args: ['-c', script],
      directory,
      ready: async (program) => {
        await program.waitForLine((line) => line === 'ready', 300);
      },
    });
  await assert.rejects(start('echo broken; exit 4'), {
    code: 'not-ready',
    message: /status 4 [\s\S]*broken/,
  });
  await assert.rejects(start('echo slow; sleep 1000'), {
    code: 'not-ready',
    message: /within 300 ms[\s\S]*slow/,
  });
  assert.equal(existsSync(join(directory, 'unready.pid')), false);
  await start('echo ready; exit 0');
});

test('one that cannot be started says why', async () => {
  const starting = startProgram({ name: 'none', command: '/nonexistent', args: [], directory });
  await assert.rejects(starting, { code: 'requirement-missing', message: /ENOENT/ });
});

test('what an earlier run printed is not taken for the present one', async () => {
  const script = `test -e ${directory}/second && sleep 1000; touch ${directory}/second; echo ready; exec sleep 1000`;
  const program = await startProgram({ name: 'runs', command: 'sh', args: ['-c', script], directory });
  await program.waitForLine((line) => line === 'ready');
  await program.restart();
  await assert.rejects(
    program.waitForLine((line) => line === 'ready', 200),
    { code: 'not-ready' },
  );
  assert.deepEqual(program.logs, ['ready']);
  await program.dispose();
});

test('helpers of a program end with it, also when they ignore the polite request', async () => {
  const script = 'trap "" TERM; sleep 1000 & echo $!; wait; wait';
  const program = await startProgram({ name: 'stubborn', command: 'bash', args: ['-c', script], directory });
  const helper = Number(await program.waitForLine((line) => /^\d+$/.test(line)));
  await program.kill9();
  await program.dispose();
  const deadline = Date.now() + 2_000;
  while (existsSync(`/proc/${helper}/cmdline`) && readFileSync(`/proc/${helper}/cmdline`).length > 0) {
    assert.ok(Date.now() < deadline, 'the helper still runs');
  }
});

test('programs of the same name get names of their own', async () => {
  const folder = new ProgramFolder(directory);
  const first = await folder.start({ name: 'same', command: 'true', args: [] });
  const second = await folder.start({ name: 'same', command: 'true', args: [] });
  assert.deepEqual([first.name, second.name], ['same', 'same-2']);
  await Promise.all([first.dispose(), second.dispose()]);
});
