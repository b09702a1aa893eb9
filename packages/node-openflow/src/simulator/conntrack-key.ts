import { ethertype } from '../fields/protocols.ts';
import { icmpType, icmpv6Type, protocol } from './protocols.ts';
import { readNumber, readSlots } from './slots.ts';
import type { SimulatedPacket } from './types.ts';

/** One end of a connection. For ICMP the port is the identifier. */
export interface Endpoint {
  readonly address: bigint;
  readonly port: number;
  /** ICMP type of what this end sends. */
  readonly icmpType: number;
}

/** What tells a connection, in one direction, from all others of its zone. */
export interface ConntrackKey {
  readonly zone: number;
  readonly ethertype: number;
  readonly protocol: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

export interface ExtractedKey {
  readonly key: ConntrackKey;
  /** The packet is an ICMP error about the connection of this key. */
  readonly related: boolean;
}

type Slots = ReadonlyMap<string, bigint>;

/** Requests and their replies. */
const icmpPairs: readonly (readonly [number, number])[] = [
  [icmpType.echoRequest, icmpType.echoReply],
  [icmpType.timestampRequest, icmpType.timestampReply],
  [icmpType.informationRequest, icmpType.informationReply],
];
const icmpv6Pairs: readonly (readonly [number, number])[] = [[icmpv6Type.echoRequest, icmpv6Type.echoReply]];
const icmpErrors: readonly number[] = [
  icmpType.unreachable,
  icmpType.timeExceeded,
  icmpType.parameterProblem,
  icmpType.sourceQuench,
  icmpType.redirect,
];
const icmpv6Errors: readonly number[] = [
  icmpv6Type.unreachable,
  icmpv6Type.packetTooBig,
  icmpv6Type.timeExceeded,
  icmpv6Type.parameterProblem,
];

export function reverseKey(key: ConntrackKey): ConntrackKey {
  return { ...key, source: key.destination, destination: key.source };
}

export function keyText({
  zone,
  ethertype: type,
  protocol: number,
  source,
  destination,
}: ConntrackKey): string {
  const end = (endpoint: Endpoint) => `${endpoint.address} ${endpoint.port} ${endpoint.icmpType}`;
  return `${zone} ${type} ${number} ${end(source)} ${end(destination)}`;
}

/** Whether an ICMP message may open a connection. */
export function isIcmpRequest(six: boolean, type: number): boolean {
  return (six ? icmpv6Pairs : icmpPairs).some(([request]) => request === type);
}

function answerOf(six: boolean, type: number): number | undefined {
  for (const [request, reply] of six ? icmpv6Pairs : icmpPairs) {
    if (type === request) return reply;
    if (type === reply) return request;
  }
  return undefined;
}

function hasPorts(number: number): boolean {
  return number === protocol.tcp || number === protocol.udp;
}

/** Headers of a packet that an ICMP error quotes, as slots. */
function innerSlots(inner: SimulatedPacket): Slots {
  const slots = new Map<string, bigint>();
  for (const [field, value] of inner.fields) {
    const slot = /^(tcp|udp|sctp)_(src|dst)$/.exec(field);
    const icmp = /^icmpv[46]_(type|code)$/.exec(field);
    if (slot) slots.set(`tp_${slot[2]}`, BigInt(value));
    else if (icmp) slots.set(icmp[1] === 'type' ? 'tp_src' : 'tp_dst', BigInt(value));
    else slots.set(field, BigInt(value));
  }
  return slots;
}

/** The part of the key that the IP header gives; undefined for other packets. */
function networkKey(slots: Slots, zone: number): ConntrackKey | undefined {
  const type = readNumber(slots, 'eth_type');
  if (type !== ethertype.ipv4 && type !== ethertype.ipv6) return undefined;
  const family = type === ethertype.ipv6 ? 'ipv6' : 'ipv4';
  const end = (side: 'src' | 'dst'): Endpoint => ({
    address: readSlots(slots, `${family}_${side}`),
    port: 0,
    icmpType: 0,
  });
  const number = readNumber(slots, 'ip_proto');
  return { zone, ethertype: type, protocol: number, source: end('src'), destination: end('dst') };
}

function withPorts(key: ConntrackKey, source: number, destination: number): ConntrackKey {
  return {
    ...key,
    source: { ...key.source, port: source },
    destination: { ...key.destination, port: destination },
  };
}

interface Packet {
  readonly slots: Slots;
  readonly echoId: number | undefined;
  readonly inner: SimulatedPacket | undefined;
}

/** Key of an ICMP message. An error belongs to the connection of the packet it quotes, in the other direction. */
function icmpKey(key: ConntrackKey, packet: Packet, quoted: boolean): ExtractedKey | undefined {
  const six = key.ethertype === ethertype.ipv6;
  const type = readNumber(packet.slots, 'tp_src');
  const answer = answerOf(six, type);
  if (answer !== undefined) {
    if (readNumber(packet.slots, 'tp_dst') !== 0) return undefined;
    const port = packet.echoId ?? 0;
    const source = { ...key.source, port, icmpType: type };
    return {
      key: { ...key, source, destination: { ...key.destination, port, icmpType: answer } },
      related: false,
    };
  }
  if (quoted || !packet.inner || !(six ? icmpv6Errors : icmpErrors).includes(type)) return undefined;
  const { inner } = packet;
  const found = extract({ slots: innerSlots(inner), echoId: inner.echoId, inner: undefined }, key.zone, true);
  if (found?.key.ethertype !== key.ethertype || found.key.source.address !== key.destination.address) {
    return undefined;
  }
  return { key: reverseKey(found.key), related: true };
}

function extract(packet: Packet, zone: number, quoted: boolean): ExtractedKey | undefined {
  const key = networkKey(packet.slots, zone);
  if (!key) return undefined;
  if (hasPorts(key.protocol)) {
    const source = readNumber(packet.slots, 'tp_src');
    const destination = readNumber(packet.slots, 'tp_dst');
    // To the userspace datapath of Open vSwitch, as RFC 6335, section 6, has it, port 0 is nobody's.
    if (source === 0 || destination === 0) return undefined;
    return { key: withPorts(key, source, destination), related: false };
  }
  const icmp = key.ethertype === ethertype.ipv6 ? protocol.icmpv6 : protocol.icmp;
  return key.protocol === icmp ? icmpKey(key, packet, quoted) : { key, related: false };
}

/** The connection that a packet belongs to; undefined for packets that the connection tracker calls invalid. */
export function extractKey(packet: Packet, zone: number): ExtractedKey | undefined {
  return extract(packet, zone, false);
}
