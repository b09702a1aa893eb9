import type { NetworkAddressTranslation } from '../actions/types.ts';
import type { FieldName, FieldValue } from '../fields/names.ts';
import { ethertype } from '../fields/protocols.ts';
import { type ConntrackKey, reverseKey } from './conntrack-key.ts';
import type { DatapathPacket } from './datapath-packet.ts';
import { connectionState, protocol } from './protocols.ts';
import type { SimulatedPacket } from './types.ts';

/** Which end of its packets a connection translates in the original direction. */
export type NatSide = 'source' | 'destination';

const lowestEphemeral = 1024;
const highestPort = 65_535;
/** Addresses of a range that are tried before translation is given up. */
const maximumAddresses = 256n;

function hasPorts(key: ConntrackKey): boolean {
  return key.protocol === protocol.tcp || key.protocol === protocol.udp;
}

/** Ports in the order in which they are tried: from `first` on, then those below it. */
function* portsFrom(first: number, low: number, high: number): Generator<number> {
  if (first < low || first > high) yield first;
  const start = first < low || first > high ? low : first;
  for (let port = start; port <= high; port++) yield port;
  for (let port = low; port < start; port++) yield port;
}

/** Where no ports are given, a source port is replaced only by one of its own class. */
function sourcePorts(port: number): Generator<number> {
  if (port < 512) return portsFrom(port, 1, 511);
  if (port < 1024) return portsFrom(port, 600, 1023);
  return portsFrom(port, lowestEphemeral, highestPort);
}

function* addressesOf(nat: NetworkAddressTranslation, original: bigint): Generator<bigint> {
  if (!nat.address) {
    yield original;
    return;
  }
  const [first, last = first] = nat.address;
  const start = BigInt(first);
  const count = BigInt(last) - start + 1n;
  for (let i = 0n; i < (count < maximumAddresses ? count : maximumAddresses); i++) yield start + i;
}

/** The replies' keys that a translation allows, in the order in which they are tried. */
function* candidates(key: ConntrackKey, nat: NetworkAddressTranslation): Generator<ConntrackKey> {
  const reply = reverseKey(key);
  const [low, high = low] = nat.ports ?? [];
  const source = nat.type === 'source';
  const end = source ? 'destination' : 'source';
  for (const address of addressesOf(nat, source ? key.source.address : key.destination.address)) {
    const moved = { ...reply, [end]: { ...reply[end], address } };
    if (!hasPorts(key)) {
      yield moved;
      continue;
    }
    if (low !== undefined) {
      for (const port of portsFrom(low, low, high as number))
        yield { ...moved, [end]: { ...moved[end], port } };
      if (source) continue;
    }
    // Translation of the destination falls back to another source port when the address is taken.
    const destination =
      source || low === undefined ? moved : { ...moved, source: { ...moved.source, port: low } };
    for (const port of sourcePorts(key.source.port)) {
      yield { ...destination, destination: { ...destination.destination, port } };
    }
  }
}

/**
 * The key of the replies to a connection that is translated: the first one that is free. Open vSwitch starts its search at a
 * place in the range that depends on a hash, so that a real switch may take another one.
 */
export function chooseReplyKey(
  key: ConntrackKey,
  nat: NetworkAddressTranslation,
  isFree: (reply: ConntrackKey) => boolean,
): ConntrackKey | undefined {
  for (const reply of candidates(key, nat)) if (isFree(reply)) return reply;
  return undefined;
}

function addressField(key: ConntrackKey, side: 'src' | 'dst'): FieldName {
  return key.ethertype === ethertype.ipv6 ? `ipv6_${side}` : `ipv4_${side}`;
}

function opposite(side: NatSide): NatSide {
  return side === 'source' ? 'destination' : 'source';
}

/** The quoted packet as the end that sent it knows it. */
function translateInner(inner: SimulatedPacket, key: ConntrackKey, side: NatSide): SimulatedPacket {
  const fields = new Map(inner.fields);
  const asValue = (address: bigint): FieldValue =>
    key.ethertype === ethertype.ipv6 ? address : Number(address);
  if (side === 'source') fields.set(addressField(key, 'src'), asValue(key.source.address));
  else fields.set(addressField(key, 'dst'), asValue(key.destination.address));
  if (hasPorts(key)) {
    const name = key.protocol === protocol.tcp ? 'tcp' : 'udp';
    fields.set(`${name}_src`, key.source.port);
    fields.set(`${name}_dst`, key.destination.port);
  }
  return { ...inner, fields };
}

/**
 * Translates a packet of a connection. `key` is the key of the packets in the other direction after translation, `side` what
 * the packet's direction translates.
 */
export function translatePacket(
  packet: DatapathPacket,
  key: ConntrackKey,
  side: NatSide,
  related: boolean,
): void {
  const { slots } = packet;
  const bit = side === 'source' ? connectionState.sourceNat : connectionState.destinationNat;
  slots.set('ct_state', (slots.get('ct_state') ?? 0n) | BigInt(bit));
  if (side === 'source') slots.set(addressField(key, 'src'), key.destination.address);
  else slots.set(addressField(key, 'dst'), key.source.address);
  if (related) {
    if (packet.inner) packet.inner = translateInner(packet.inner, key, opposite(side));
  } else if (hasPorts(key)) {
    slots.set('tp_src', BigInt(key.destination.port));
    slots.set('tp_dst', BigInt(key.source.port));
  }
}
