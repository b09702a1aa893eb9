import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ReconnectMachine, type ReconnectSettings } from './reconnect.ts';

const settings: ReconnectSettings = {
  endpoints: 1,
  minBackoffMs: 100,
  maxBackoffMs: 1000,
  connectTimeoutMs: 500,
  probeIntervalMs: 5000,
  retry: true,
  random: () => 0,
};

/**
 * Plays a timeline. Each line is `<time> <event>` with the events start, opened, heard, failed and close, and the result
 * has one line for every step that was due, at the time when it was due, in between.
 */
function play(timeline: string, overrides: Partial<ReconnectSettings> = {}): string[] {
  const machine = new ReconnectMachine({ ...settings, ...overrides });
  const steps: string[] = [];
  const runUntil = (end: number) => {
    for (let due = machine.deadline(); due !== undefined && due <= end; due = machine.deadline()) {
      const step = machine.step(due);
      if (step?.do === 'abandon') {
        steps.push(`${due} abandon: ${step.because}`);
        machine.failed(due);
      } else if (step !== undefined) {
        steps.push(`${due} ${step.do === 'connect' ? `connect ${step.endpoint}` : step.do}`);
      }
    }
  };
  for (const line of timeline.trim().split('\n')) {
    const [time = '', event] = line.trim().split(' ');
    runUntil(Number(time));
    if (event === 'close') {
      machine.close();
    } else if (event === 'start' || event === 'opened' || event === 'heard' || event === 'failed') {
      machine[event](Number(time));
    }
    steps.push(...(event === 'phase' ? [`${time} is ${machine.phase}`] : []));
    runUntil(Number(time));
  }
  return steps;
}

describe('ReconnectMachine', () => {
  it('does nothing before it is started', () => {
    assert.deepEqual(play('100000 phase'), ['100000 is idle']);
  });

  it('connects at once, and stays quiet while the peer talks', () => {
    const steps = play(`
      0 start
      10 opened
      4000 heard
      8000 heard
      12000 phase`);
    assert.deepEqual(steps, ['0 connect 0', '12000 is active']);
  });

  it('probes a silent peer, and gives it up when it stays silent', () => {
    const steps = play(`
      0 start
      10 opened
      5009 phase
      5010 phase
      10010 phase`);
    assert.deepEqual(steps, [
      '0 connect 0',
      '5009 is active',
      '5010 probe',
      '5010 is active',
      '10010 abandon: silence',
      '10010 is waiting',
    ]);
  });

  it('is content with a sign of life after the probe', () => {
    const steps = play(`
      0 start
      10 opened
      5020 heard
      10000 phase
      10030 heard
      15000 phase`);
    assert.deepEqual(steps, [
      '0 connect 0',
      '5010 probe',
      '10000 is active',
      '10020 probe',
      '15000 is active',
    ]);
  });

  it('never probes when told so', () => {
    assert.deepEqual(play('0 start\n10 opened\n999999 phase', { probeIntervalMs: 0 }), [
      '0 connect 0',
      '999999 is active',
    ]);
  });

  it('doubles the pause between attempts up to the limit', () => {
    const machine = new ReconnectMachine(settings);
    machine.start(0);
    let now = 0;
    const pauses: number[] = [];
    for (let i = 0; i < 6; i++) {
      assert.deepEqual(machine.step(now), { do: 'connect', endpoint: 0 });
      machine.failed(now);
      const due = machine.deadline() ?? Number.NaN;
      pauses.push(due - now);
      now = due;
    }
    assert.deepEqual(pauses, [100, 200, 400, 800, 1000, 1000]);
  });

  it('gives an attempt up that takes too long', () => {
    assert.deepEqual(play('0 start\n700 phase'), [
      '0 connect 0',
      '500 abandon: connect timeout',
      '600 connect 0',
      '700 is connecting',
    ]);
  });

  it('tries every endpoint before it pauses', () => {
    const steps = play(
      `
      0 start
      1 failed
      2 failed
      3 failed
      200 phase`,
      { endpoints: 3 },
    );
    assert.deepEqual(steps, [
      '0 connect 0',
      '1 connect 1',
      '2 connect 2',
      '103 connect 0',
      '200 is connecting',
    ]);
  });

  it('goes to the next endpoint at once when a connection is lost', () => {
    const steps = play('0 start\n1 opened\n3000 failed\n3001 phase', { endpoints: 2 });
    assert.deepEqual(steps, ['0 connect 0', '3000 connect 1', '3001 is connecting']);
  });

  it('forgets its pauses after a connection that lasted, not after one that broke at once', () => {
    const lasting = play('0 start\n0 failed\n100 failed\n300 opened\n2000 failed\n2200 phase');
    assert.deepEqual(lasting.slice(3), ['2100 connect 0', '2200 is connecting']);
    const brief = play('0 start\n0 failed\n100 failed\n300 opened\n310 failed\n1000 phase');
    assert.deepEqual(brief.slice(3), ['710 connect 0', '1000 is connecting']);
  });

  it('stops after one round, or after the first connection, when it must not retry', () => {
    const once = { retry: false, endpoints: 2 };
    assert.deepEqual(play('0 start\n1 failed\n2 failed\n9999 phase', once), [
      '0 connect 0',
      '1 connect 1',
      '9999 is closed',
    ]);
    assert.deepEqual(play('0 start\n1 opened\n2 failed\n9999 phase', once), [
      '0 connect 0',
      '9999 is closed',
    ]);
  });

  it('does nothing after it was closed', () => {
    assert.deepEqual(play('0 start\n1 opened\n2 close\n3 failed\n4 start\n5 opened\n99999 phase'), [
      '0 connect 0',
      '99999 is closed',
    ]);
  });

  it('shortens pauses by up to a quarter', () => {
    const machine = new ReconnectMachine({ ...settings, random: () => 1 });
    machine.start(0);
    machine.step(0);
    machine.failed(0);
    assert.equal(machine.deadline(), 75);
  });

  it('never connects twice at a time, whatever happens in whatever order', () => {
    const events = fc.constantFrom('start', 'opened', 'heard', 'failed', 'wait', 'close');
    fc.assert(
      fc.property(fc.array(events, { maxLength: 50 }), (names) => {
        const machine = new ReconnectMachine({ ...settings, endpoints: 2 });
        let now = 0;
        let connections = 0;
        for (const name of names) {
          now += 300;
          if (name === 'wait') {
            const step = machine.step(now);
            connections += step?.do === 'connect' ? 1 : 0;
          } else if (name === 'failed') {
            connections -= machine.phase === 'connecting' || machine.phase === 'active' ? 1 : 0;
            machine.failed(now);
          } else if (name === 'close') {
            connections = 0;
            machine.close();
          } else {
            machine[name](now);
          }
          assert.ok(connections === 0 || connections === 1);
          assert.equal(connections === 1, machine.phase === 'connecting' || machine.phase === 'active');
        }
      }),
    );
  });
});
