import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ReconnectState } from './reconnect.ts';
import { ConnectionState } from './state.ts';

const settings = {
  minBackoffMs: 100,
  maxBackoffMs: 1000,
  connectTimeoutMs: 500,
  stableAfterMs: 2000,
  random: () => 0,
};
const echo = { versions: [6], echoIntervalMs: 5000, echoTimeoutMs: 3000, helloTimeoutMs: 400 } as const;

/**
 * Plays a timeline through both state machines, with nobody else to say what time it is. Each line is `<time> <event>`:
 * start, open (the transport is there), hello, heard (any message), lost, close. The result has a line for each step.
 */
class Player {
  readonly steps: string[] = [];
  readonly reconnect = new ReconnectState(settings);
  #connection = new ConnectionState(echo);
  #now = 0;

  play(timeline: string): string[] {
    for (const line of timeline.trim().split('\n')) {
      const [time = '', event = ''] = line.trim().split(' ');
      this.#passTime(Number(time));
      this.#happens(event);
    }
    return this.steps;
  }

  #passTime(end: number): void {
    for (;;) {
      const due = Math.min(
        this.reconnect.deadline ?? Number.POSITIVE_INFINITY,
        this.#connection.deadline ?? Number.POSITIVE_INFINITY,
      );
      if (due > end) break;
      this.#now = due;
      this.#obey(this.reconnect.tick(due));
      this.#obeyConnection(this.#connection.tick(due));
    }
    this.#now = end;
  }

  #happens(event: string): void {
    const now = this.#now;
    if (event === 'start') this.#obey(this.reconnect.start(now));
    else if (event === 'open') this.#obeyConnection(this.#connection.open(now));
    else if (event === 'hello') this.#hear({ type: 'hello', versions: [6] });
    else if (event === 'heard') this.#hear({ type: 'echo-reply' });
    else if (event === 'lost') this.#obeyConnection(this.#connection.close('peer-closed'));
    else if (event === 'close') this.reconnect.close();
    else this.steps.push(`${now} is ${this.reconnect.phase}`);
  }

  #hear(message: { type: 'hello'; versions: number[] } | { type: 'echo-reply' }): void {
    this.#obeyConnection(this.#connection.received({ ...message, xid: 0, version: 6 }, this.#now));
  }

  #obey(steps: ReturnType<ReconnectState['tick']>): void {
    for (const step of steps) {
      this.steps.push(`${this.#now} ${step.do}${step.do === 'wait' ? ` ${step.forMs}` : ''}`);
      if (step.do === 'connect') this.#connection = new ConnectionState(echo);
      else if (step.do === 'abandon') this.#obeyConnection(this.#connection.close('closed'));
    }
  }

  #obeyConnection(steps: ReturnType<ConnectionState['tick']>): void {
    for (const step of steps) {
      if (step.do === 'send') this.steps.push(`${this.#now} ${step.message.type}`);
      else if (step.do === 'ready') this.#obey(this.reconnect.ready(this.#now));
      else if (step.do === 'close') {
        this.steps.push(`${this.#now} ${step.reason}`);
        this.#obey(this.reconnect.ended(this.#now));
      }
    }
  }
}

const timelines: readonly (readonly [what: string, timeline: string, steps: readonly string[]])[] = [
  ['does nothing before it is started', '100000 phase', ['100000 is idle']],
  [
    'connects at once and stays',
    '0 start\n10 open\n20 hello\n4000 heard\n8000 phase',
    ['0 connect', '10 hello', '8000 is active'],
  ],
  [
    'pauses twice as long after each failure, up to the limit',
    '0 start\n0 lost\n100 lost\n300 lost\n700 lost\n1500 lost\n2500 lost\n3000 phase',
    [
      ...['0 connect', '0 peer-closed', '0 wait 100', '100 connect', '100 peer-closed', '100 wait 200'],
      ...['300 connect', '300 peer-closed', '300 wait 400', '700 connect', '700 peer-closed', '700 wait 800'],
      ...[
        '1500 connect',
        '1500 peer-closed',
        '1500 wait 1000',
        '2500 connect',
        '2500 peer-closed',
        '2500 wait 1000',
      ],
      '3000 is waiting',
    ],
  ],
  [
    'gives an attempt up that takes too long',
    '0 start\n550 phase\n600 phase',
    [
      '0 connect',
      '500 abandon',
      '500 closed',
      '500 wait 100',
      '550 is waiting',
      '600 connect',
      '600 is connecting',
    ],
  ],
  [
    'gives a peer up that says nothing',
    '0 start\n10 open\n450 phase',
    ['0 connect', '10 hello', '410 hello-timeout', '410 wait 100', '450 is waiting'],
  ],
  [
    'counts a connection that ends right after its hello exchange as a failure',
    '0 start\n0 open\n1 hello\n2 lost\n102 open\n103 hello\n104 lost\n200 phase',
    [
      ...[
        '0 connect',
        '0 hello',
        '2 peer-closed',
        '2 wait 100',
        '102 connect',
        '102 hello',
        '104 peer-closed',
      ],
      ...['104 wait 200', '200 is waiting'],
    ],
  ],
  [
    'begins with the short pause again after a connection that lasted',
    '0 start\n0 lost\n100 lost\n300 open\n301 hello\n2301 lost\n2302 phase',
    [
      ...[
        '0 connect',
        '0 peer-closed',
        '0 wait 100',
        '100 connect',
        '100 peer-closed',
        '100 wait 200',
        '300 connect',
      ],
      ...['300 hello', '2301 peer-closed', '2301 wait 100', '2302 is waiting'],
    ],
  ],
  [
    'asks a silent peer for an echo, and leaves it when there is none',
    '0 start\n0 open\n0 hello\n8050 phase\n8100 phase',
    [
      ...[
        '0 connect',
        '0 hello',
        '5000 echo-request',
        '8000 echo-timeout',
        '8000 wait 100',
        '8050 is waiting',
      ],
      ...['8100 connect', '8100 is connecting'],
    ],
  ],
  [
    'is content with an echo',
    '0 start\n0 open\n0 hello\n5001 heard\n9000 phase',
    ['0 connect', '0 hello', '5000 echo-request', '9000 is active'],
  ],
  [
    'does nothing after it was closed',
    '0 start\n0 lost\n50 close\n100000 phase',
    ['0 connect', '0 peer-closed', '0 wait 100', '100000 is closed'],
  ],
];

describe('ReconnectState', () => {
  for (const [what, timeline, steps] of timelines) {
    it(what, () => assert.deepEqual(new Player().play(timeline), steps));
  }

  it('shortens pauses by up to a quarter', () => {
    const state = new ReconnectState({ ...settings, random: () => 1 });
    state.start(0);
    assert.deepEqual(state.ended(0), [{ do: 'wait', forMs: 75 }]);
    assert.equal(state.failures, 1);
  });

  it('never has two connections at a time, whatever happens in whatever order', () => {
    const names = fc.constantFrom('start', 'ready', 'ended', 'tick', 'close');
    fc.assert(
      fc.property(fc.array(names, { maxLength: 60 }), (events) => {
        const state = new ReconnectState(settings);
        let connections = 0;
        let now = 0;
        for (const name of events) {
          now += 150;
          const connected = state.phase === 'connecting' || state.phase === 'active';
          if (name === 'ended' && connected) connections--;
          if (name === 'close') connections = 0;
          const steps = name === 'close' ? state.close() : state[name](now);
          connections += steps?.filter((step) => step.do === 'connect').length ?? 0;
          assert.equal(connections, state.phase === 'connecting' || state.phase === 'active' ? 1 : 0);
        }
      }),
    );
  });
});
