import fc from 'fast-check';
import { packet } from './packet.ts';
import type { SimulatedPacket } from './types.ts';

/** For tests: a packet, and the port it comes in by. */
export interface Arrival {
  readonly port: number;
  readonly packet: SimulatedPacket;
  /** In words, for the report of a failure. */
  readonly text: string;
}

interface Ends {
  readonly src: string;
  readonly dst: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

const openFlags = ['syn', 'syn', 'syn|ack', 'ack', 'ack'];
const closingFlags = ['fin|ack', 'rst', 'rst|ack'];
const host = fc.nat({ max: 3 });
const portNumber = fc.constantFrom(1, 2, 3, 1001, 1002);

function address(six: boolean, number: number): string {
  return six ? `fd00::${number + 1}` : `10.0.0.${number}`;
}

const ends: fc.Arbitrary<Ends> = fc
  .tuple(
    fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    host,
    host,
    portNumber,
    portNumber,
  )
  .map(([six, from, to, sourcePort, destinationPort]) => ({
    src: address(six, from),
    dst: address(six, to),
    sourcePort,
    destinationPort,
  }));

function bare(options: Ends, closing: boolean): fc.Arbitrary<SimulatedPacket> {
  const flags = fc.constantFrom(...openFlags, ...(closing ? closingFlags : []));
  return fc.oneof(
    { weight: 4, arbitrary: flags.map((set) => packet.tcp({ ...options, flags: set })) },
    { weight: 3, arbitrary: fc.constant(packet.udp(options)) },
    fc.boolean().map((reply) => packet.ping({ ...options, reply, id: options.sourcePort })),
    fc.constant(packet.ip({ ...options, protocol: 47 })),
    fc.constantFrom(1, 2).map((ttl) => packet.udp({ ...options, ttl })),
    fc.constant(packet.udp({ ...options, payload: new Uint8Array(100) })),
    fc.constant(packet.udp({ ...options, vlan: 5 })),
  );
}

const others: fc.Arbitrary<SimulatedPacket> = fc.oneof(
  host.map((number) => packet.arp({ senderAddress: '10.0.0.1', targetAddress: `10.0.0.${number}` })),
  fc.constant(packet.ethernet({ type: 0x88cc, payload: new Uint8Array(46) })),
);

/** A packet from random ends; with `closing` it may end a TCP connection. */
export function randomArrival(closing: boolean): fc.Arbitrary<Arrival> {
  const some = ends.chain((options) => bare(options, closing));
  return fc
    .tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.oneof({ weight: 8, arbitrary: some }, { weight: 1, arbitrary: others }),
    )
    .map(([port, sent]) => arrival(port, sent));
}

function describe(port: number, sent: SimulatedPacket): string {
  const fields = [...sent.fields].map(([field, value]) => `${field}=${value}`);
  return `port ${port}: ${fields.join(' ')}`;
}

export function arrival(port: number, sent: SimulatedPacket): Arrival {
  return { port, packet: sent, text: describe(port, sent) };
}

/** What an end that got a packet may send back: an answer, or an error about it. */
export function answerTo(sent: SimulatedPacket, kind: 'answer' | 'error'): SimulatedPacket | undefined {
  const six = sent.fields.has('ipv6_src');
  const family = six ? 'ipv6' : 'ipv4';
  const src = sent.fields.get(`${family}_dst`);
  const dst = sent.fields.get(`${family}_src`);
  if (src === undefined || dst === undefined) return undefined;
  if (kind === 'error') return packet.icmpError({ src, dst, inner: { ...sent, payload: new Uint8Array() } });
  const tcpSource = sent.fields.get('tcp_src');
  const udpSource = sent.fields.get('udp_src');
  const back = { src, dst };
  if (tcpSource !== undefined) {
    const ports = { sourcePort: Number(sent.fields.get('tcp_dst')), destinationPort: Number(tcpSource) };
    return packet.tcp({ ...back, ...ports, flags: sent.fields.get('tcp_flags') === 2 ? 'syn|ack' : 'ack' });
  }
  if (udpSource !== undefined) {
    return packet.udp({
      ...back,
      sourcePort: Number(sent.fields.get('udp_dst')),
      destinationPort: Number(udpSource),
    });
  }
  return sent.echoId === undefined ? undefined : packet.ping({ ...back, id: sent.echoId, reply: true });
}
