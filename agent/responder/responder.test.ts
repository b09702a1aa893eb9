import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Match, type Message, type PacketIn2, ports } from 'node-openflow';
import { pino } from 'pino';
import { clientFrame } from '../testing/dhcp-client.ts';
import { formatArpRequest, parseArp } from './arp.ts';
import { etherTypes, formatEthernet } from './ethernet.ts';
import { opcodes, Responder } from './responder.ts';
import { formatUdp } from './udp.ts';

const gateway = 0xcb007101;
const elastic = 0xcb007164;
const vmMac = 0x025700000001n;
const lease = Buffer.from('0a0000050a000001025700fffffe0104ffffff00', 'hex');

function responder() {
  const sent: Message[] = [];
  return { sent, responder: new Responder((message) => sent.push(message), pino({ enabled: false })) };
}

function packetIn(opcode: number, payload: Uint8Array, packet: Uint8Array, metadata: Match): PacketIn2 {
  return { type: 'packet-in2', packet, metadata, userdata: Buffer.concat([Buffer.of(opcode), payload]) };
}

const outgoing = formatEthernet({
  destination: 0n,
  source: vmMac,
  etherType: etherTypes.ipv4,
  payload: formatUdp({
    source: elastic,
    destination: 0x08080808,
    sourcePort: 1,
    destinationPort: 2,
    payload: Buffer.alloc(0),
  }),
});
const pipeline: Match = [
  { field: 'in_port', value: 7 },
  { field: 'metadata', value: 5n },
  { field: 'reg6', value: 2 },
  { field: 'reg15', value: gateway },
  { field: 'tunnel_id', value: 5n },
  { field: 'ct_state', value: 0x21 },
];

describe('responder', () => {
  it('sends the DHCP answer out of the port that asked', () => {
    const { sent, responder: agent } = responder();
    agent.handle(packetIn(opcodes.dhcpV4, lease, clientFrame({ type: 1 }), [{ field: 'in_port', value: 7 }]));
    const [message] = sent;
    assert.ok(message?.type === 'packet-out');
    assert.equal(message.inPort, ports.controller);
    assert.deepEqual(message.actions, [{ type: 'output', port: 7 }]);
    assert.equal(agent.counters.dhcpAnswers, 1);
  });

  it('asks for the next hop, holds the packet and sends it on with its pipeline fields', () => {
    const { sent, responder: agent } = responder();
    agent.handle(packetIn(opcodes.resolveNeighbour, Buffer.of(14), outgoing, pipeline));
    const [ask] = sent;
    assert.ok(ask?.type === 'packet-out' && ask.data);
    assert.deepEqual(ask.actions, [{ type: 'output', port: 2 }]);
    assert.deepEqual(parseArp(Buffer.from(ask.data)), {
      operation: 1,
      senderMac: vmMac,
      senderAddress: elastic,
      targetMac: 0n,
      targetAddress: gateway,
    });
    const reply = formatArpRequest({ source: 0x0200n, sender: gateway, target: elastic });
    agent.handle(packetIn(opcodes.neighbourSeen, Buffer.alloc(0), reply, [{ field: 'in_port', value: 2 }]));
    const again = sent[1];
    assert.ok(again?.type === 'packet-out');
    assert.equal(again.inPort, 7);
    assert.deepEqual(again.actions, [{ type: 'resubmit', table: 14 }]);
    assert.deepEqual(
      again.match?.map(({ field }) => field),
      ['metadata', 'tunnel_id', 'reg6', 'reg15'],
    );
    assert.deepEqual(again.data, outgoing);
    agent.resolver.clear();
  });

  it('tells of announced addresses, and answers nothing', () => {
    const heard: object[] = [];
    const sent: Message[] = [];
    const agent = new Responder(
      (message) => sent.push(message),
      pino({ enabled: false }),
      (announcement) => heard.push(announcement),
    );
    const payload = Buffer.from('eni-0000000000000000a 10.0.1.100 00:00:5e:00:01:07');
    agent.handle(packetIn(opcodes.addressAnnounced, payload, outgoing, pipeline));
    assert.deepEqual(heard, [
      { networkInterfaceId: 'eni-0000000000000000a', address: '10.0.1.100', macAddress: '00:00:5e:00:01:07' },
    ]);
    assert.deepEqual(sent, []);
    assert.equal(agent.counters.announcements, 1);
  });

  it('tells of machines that have come to a port in standby', () => {
    const awake: string[] = [];
    const agent = new Responder(
      () => undefined,
      pino({ enabled: false }),
      () => undefined,
      (networkInterfaceId) => awake.push(networkInterfaceId),
    );
    const payload = Buffer.from('eni-0000000000000000a');
    agent.handle(packetIn(opcodes.interfaceAwake, payload, outgoing, pipeline));
    assert.deepEqual(awake, ['eni-0000000000000000a']);
    assert.equal(agent.counters.awakenings, 1);
  });

  it('counts unknown opcodes and malformed packets and answers nothing', () => {
    const { sent, responder: agent } = responder();
    agent.handle(packetIn(99, lease, outgoing, pipeline));
    agent.handle({ type: 'packet-in2' });
    agent.handle(packetIn(opcodes.dhcpV4, lease, Buffer.alloc(10), pipeline));
    agent.handle(packetIn(opcodes.resolveNeighbour, Buffer.of(14), outgoing, []));
    agent.handle(packetIn(opcodes.resolveNeighbour, Buffer.alloc(0), outgoing, pipeline));
    agent.handle(packetIn(opcodes.neighbourSeen, Buffer.alloc(0), outgoing, pipeline));
    assert.deepEqual(sent, []);
    assert.equal(agent.counters.unknownOpcodes, 2);
    assert.equal(agent.counters.malformed, 4);
  });

  it('is not thrown by any packet', () => {
    const { responder: agent } = responder();
    const bytes = fc.uint8Array({ maxLength: 120 });
    fc.assert(
      fc.property(fc.nat(4), bytes, bytes, fc.boolean(), (opcode, payload, packet, withFields) => {
        agent.handle(packetIn(opcode, payload, packet, withFields ? pipeline : []));
      }),
      { numRuns: 500 },
    );
    agent.resolver.clear();
  });
});
