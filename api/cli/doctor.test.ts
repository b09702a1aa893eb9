import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DoctorOptions, Finding, Launchers } from './launch.ts';
import { Progress } from './progress.ts';
import { run } from './testing/run.ts';

const noLaunch = () => Promise.reject(new Error('not this one'));
const examined = (findings: readonly Finding[], seen: DoctorOptions[] = []): Launchers => ({
  controller: noLaunch,
  agent: noLaunch,
  doctor: async (options) => {
    seen.push(options);
    return findings;
  },
});
const good: Finding = { check: 'clock', state: 'pass', about: 'as that of the controller' };
const odd: Finding = { check: 'datapath', state: 'warn', about: 'userspace', fix: 'Load the module.' };
const bad: Finding = { check: 'MTU', state: 'fail', about: '1400 on eth0', fix: 'Raise it.' };

describe('weft doctor', () => {
  it('shows what was found and what to do, and ends with 1 when something fails', async () => {
    const { code, out } = await run(['doctor'], {}, examined([good, odd, bad]));
    assert.equal(code, 1);
    assert.equal(
      out,
      `pass  clock     as that of the controller
warn  datapath  userspace
                → Load the module.
fail  MTU       1400 on eth0
                → Raise it.
1 pass, 1 warn, 1 fail
`,
    );
  });

  it('ends with 0 when nothing fails', async () => {
    assert.equal((await run(['doctor'], {}, examined([good, odd]))).code, 0);
  });

  it('has other forms, and hands its options on', async () => {
    const seen: DoctorOptions[] = [];
    const line = 'doctor -o json --controller https://192.0.2.1 --host h1 --ca /ca --tunnel-ip 192.0.2.9';
    const { out } = await run(line.split(' '), {}, examined([bad], seen));
    assert.deepEqual(JSON.parse(out), [bad]);
    const ovsdb = 'unix:/var/run/openvswitch/db.sock';
    assert.deepEqual(seen, [
      { ovsdb, controller: 'https://192.0.2.1', host: 'h1', ca: '/ca', tunnelIp: '192.0.2.9' },
    ]);
    assert.equal((await run(['doctor', '-o', 'name'], {}, examined([good, bad]))).out, 'MTU\n');
    assert.equal((await run(['doctor', '-o', 'paper'], {}, examined([]))).code, 2);
  });
});

describe('progress', () => {
  const texts = (errIsTerminal: boolean) => {
    const written: string[] = [];
    return { written, output: { errIsTerminal, err: (text: string) => void written.push(text) } };
  };

  it('shows after a second what takes so long, and leaves nothing behind', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { written, output } = texts(true);
    const progress = new Progress(output, 'waiting');
    context.mock.timers.tick(999);
    assert.deepEqual(written, []);
    context.mock.timers.tick(1);
    assert.match(written.join(''), /\| waiting \(\d+ s\)$/);
    progress.say('batch of 3 writes');
    context.mock.timers.tick(250);
    assert.match(written.at(-1) ?? '', /\/ batch of 3 writes/);
    progress.clear();
    assert.equal(written.at(-1), '\r\u001b[K');
    context.mock.timers.tick(250);
    assert.match(written.at(-1) ?? '', /batch/, 'it comes back');
    progress.end();
    const { length } = written;
    assert.equal(written.at(-1), '\r\u001b[K');
    context.mock.timers.tick(10_000);
    assert.equal(written.length, length);
  });

  it('shows nothing where standard error is no terminal', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { written, output } = texts(false);
    const progress = new Progress(output, 'waiting');
    context.mock.timers.tick(5000);
    progress.end();
    assert.deepEqual(written, []);
  });
});
