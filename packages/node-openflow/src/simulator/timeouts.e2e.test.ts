import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { packet } from './packet.ts';
import { arrival } from './random-packets.test-generators.ts';
import { portCount, SwitchPair } from './random-switches.test-support.ts';
import { noOpenVswitch, RealSwitch } from './real-switch.test-support.ts';
import { tcp, tcpAnswer } from './simulate.test-support.ts';
import type { SimulatedPacket } from './types.ts';

/** A packet, or seconds that pass. */
type Step = readonly [port: number, packet: SimulatedPacket] | number;

const udp = { sourcePort: 1, destinationPort: 2 };
const request = packet.udp({ ...udp, src: '10.0.0.1', dst: '10.0.0.2' });
const response = packet.udp({ sourcePort: 2, destinationPort: 1, src: '10.0.0.2', dst: '10.0.0.1' });
const ping = packet.ping({ src: '10.0.0.1', dst: '10.0.0.2' });
const pong = packet.ping({ src: '10.0.0.2', dst: '10.0.0.1', reply: true });
const fromClient = tcp({ flags: 'fin|ack' });
const fromServer = tcpAnswer({ flags: 'fin|ack' });

/** Port 3 for new, 4 for established and 2 for invalid packets. */
const tracking = [
  'ip actions=ct(table=1)',
  'table=1,ip,ct_state=+new+trk actions=ct(commit),3',
  'table=1,ip,ct_state=+est+trk actions=4',
  'table=1,ip,ct_state=+inv+trk actions=2',
];

/** Each wait is a little shorter or longer than what the connection lasts. */
const connections: Readonly<Record<string, readonly Step[]>> = {
  'UDP without an answer: 60 s': [[1, request], 59, [1, request], 59, [2, response]],
  'UDP without an answer, too late': [[1, request], 61, [2, response]],
  'UDP with an answer: 30 s': [[1, request], [2, response], 29, [1, request], 31, [1, request]],
  'ICMP without an answer: 60 s': [[1, ping], 59, [2, pong], 31, [1, ping]],
  'ICMP, too late': [[1, ping], 61, [2, pong]],
  'TCP before the answer: 30 s': [[1, tcp()], 29, [2, tcpAnswer()], 31, [2, tcpAnswer()]],
  'TCP, established for a day': [
    [1, tcp()],
    [2, tcpAnswer()],
    [1, tcp({ flags: 'ack' })],
    86_000,
    [2, tcpAnswer({ flags: 'ack' })],
    86_401,
    [2, tcpAnswer({ flags: 'ack' })],
  ],
  'TCP, half closed: 15 min': [
    [1, tcp()],
    [2, tcpAnswer()],
    [1, fromClient],
    899,
    [2, tcpAnswer({ flags: 'ack' })],
    [2, fromServer],
    [1, tcp({ flags: 'ack' })],
    31,
    [1, tcp({ flags: 'ack' })],
  ],
  'TCP, closed and opened again': [
    [1, tcp()],
    [2, tcpAnswer()],
    [1, fromClient],
    [2, fromServer],
    [1, tcp({ flags: 'ack' })],
    [1, tcp()],
    [2, tcpAnswer()],
  ],
  'TCP, reset': [
    [1, tcp()],
    [2, tcpAnswer({ flags: 'rst|ack' })],
    29,
    [1, tcp({ flags: 'ack' })],
    31,
    [1, tcp({ flags: 'ack' })],
  ],
};

describe('what time does, in the simulator and in Open vSwitch', { skip: noOpenVswitch }, () => {
  let real: RealSwitch;
  before(async () => {
    real = await RealSwitch.start(portCount);
    await real.stopClock();
  });
  after(() => real.stop());

  async function run(flows: readonly string[], steps: readonly Step[]): Promise<SwitchPair> {
    const pair = await SwitchPair.loadFlows(real, flows);
    for (const step of steps) {
      if (typeof step === 'number') {
        pair.simulator.advance(step);
        await real.advance(step, flows !== tracking);
      } else assert.ok(await pair.inject(arrival(...step)), 'undecided');
    }
    return pair;
  }

  for (const [name, steps] of Object.entries(connections)) {
    it(name, async () => {
      await run(tracking, steps);
    });
  }

  it('a zone that is flushed has no connections', async () => {
    const flows = [
      'in_port=1,ip actions=ct(commit,zone=1),ct(commit,zone=2),3',
      'in_port=2,ip actions=ct(zone=1,table=1)',
      'in_port=3,ip actions=ct(zone=2,table=1)',
      ...tracking.slice(1),
    ];
    const pair = await run(flows, [[1, request]]);
    const flush = { type: 'ct-flush-zone', zone: 1 } as const;
    pair.simulator.apply(flush);
    assert.deepEqual(await real.apply([flush]), [undefined]);
    assert.ok(await pair.inject(arrival(3, response)));
    assert.ok(await pair.inject(arrival(2, response)));
    assert.deepEqual(
      pair.simulator.conntrack.map(({ zone, replied }) => [zone, replied]),
      [
        [2, true],
        [0, false],
      ],
    );
  });

  it('learned flows go after their hard timeout, which every packet starts anew', async () => {
    const learn = 'learn(table=1,hard_timeout=10,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])';
    const flows = [
      `in_port=1 actions=${learn}`,
      'in_port=2 actions=resubmit(,1)',
      'table=1,priority=0 actions=4',
    ];
    const back = tcpAnswer({ ethDst: '02:00:00:00:00:01' });
    const steps: Step[] = [[1, tcp()], 9, [2, back], [1, tcp()], 9, [2, back], 12, [2, back]];
    const pair = await run(flows, steps);
    assert.equal(pair.simulator.flows.length, flows.length);
  });
});
