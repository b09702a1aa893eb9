import { OpenFlowError } from '../errors.ts';
import { ipv4, ipv6 } from '../fields/addresses.ts';
import type { FieldValue } from '../fields/names.ts';
import { badText, keyValues, parseInteger } from '../text/syntax.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { finishAction, startExperimenterAction } from './codec.ts';
import type { NetworkAddressTranslation } from './types.ts';

/*
 * Nicira 36, only inside a conntrack action: 2 zeros, u16 flags, u16 which of the following are present, then
 * IPv4 first and last, IPv6 first and last, port first and last.
 */

export const natSubtype = 36;
const flag = { source: 1, destination: 2, persistent: 4, hash: 8, random: 16 } as const;
const allFlags = 31;
const present = {
  ipv4First: 1,
  ipv4Last: 2,
  ipv6First: 4,
  ipv6Last: 8,
  portFirst: 16,
  portLast: 32,
} as const;

type Draft = { -readonly [Key in keyof NetworkAddressTranslation]: NetworkAddressTranslation[Key] };

function natFlags(nat: NetworkAddressTranslation): number {
  return (
    (nat.type === 'source' ? flag.source : 0) |
    (nat.type === 'destination' ? flag.destination : 0) |
    (nat.persistent ? flag.persistent : 0) |
    (nat.hash ? flag.hash : 0) |
    (nat.random ? flag.random : 0)
  );
}

function familyOf(nat: NetworkAddressTranslation): 4 | 6 {
  return nat.family ?? (typeof nat.address?.[0] === 'bigint' ? 6 : 4);
}

/** Writes the addresses; returns which are present. */
function encodeAddresses(writer: Writer, nat: NetworkAddressTranslation): number {
  const [first, last] = nat.address ?? [];
  const six = familyOf(nat) === 6;
  const write = (address: FieldValue) =>
    six ? writer.u128(address, 'nat address') : writer.u32(Number(address), 'nat address');
  let mask = 0;
  if (first !== undefined) {
    write(first);
    mask |= six ? present.ipv6First : present.ipv4First;
  }
  if (last !== undefined) {
    write(last);
    mask |= six ? present.ipv6Last : present.ipv4Last;
  }
  return mask;
}

export function encodeNat(writer: Writer, nat: NetworkAddressTranslation): void {
  const start = startExperimenterAction(writer, natSubtype);
  writer.pad(2);
  writer.u16(natFlags(nat));
  const presentAt = writer.length;
  writer.u16(0);
  let mask = encodeAddresses(writer, nat);
  const [first, last] = nat.ports ?? [];
  if (first !== undefined) {
    writer.u16(first, 'nat port');
    mask |= present.portFirst;
  }
  if (last !== undefined) {
    writer.u16(last, 'nat port');
    mask |= present.portLast;
  }
  writer.patch16(presentAt, mask, 'nat');
  finishAction(writer, start);
}

/** Reads what follows the header of a nat action. */
export function decodeNat(reader: Reader): NetworkAddressTranslation {
  reader.skip(2);
  const flags = reader.u16();
  const mask = reader.u16();
  const both = flag.source | flag.destination;
  if ((flags & ~allFlags) !== 0 || (flags & both) === both) {
    reader.fail('OPENFLOW_BAD_VALUE', `nat has the flags ${flags}`);
  }
  const type = flags & flag.source ? 'source' : flags & flag.destination ? 'destination' : 'none';
  const nat: Draft = { type };
  if (mask & present.ipv4First) {
    const first = reader.u32();
    nat.family = 4;
    nat.address = mask & present.ipv4Last ? [first, reader.u32()] : [first];
  } else if (mask & present.ipv6First) {
    const first = reader.u128();
    nat.family = 6;
    nat.address = mask & present.ipv6Last ? [first, reader.u128()] : [first];
  } else if (mask & (present.ipv4Last | present.ipv6Last)) {
    reader.fail('OPENFLOW_BAD_VALUE', 'nat has a last address without a first one');
  }
  if (mask & present.portFirst) {
    const first = reader.u16();
    nat.ports = mask & present.portLast ? [first, reader.u16()] : [first];
  }
  if (flags & flag.persistent) nat.persistent = true;
  if (flags & flag.hash) nat.hash = true;
  if (flags & flag.random) nat.random = true;
  return nat;
}

/** Reads `10.0.0.1-10.0.0.9:80-90` or `[2001:db8::1]-[2001:db8::9]:80`; an empty text leaves the choice to the switch. */
function parseRange(text: string, nat: Draft): void {
  if (text === '') return;
  const four = /^([\d.]+)(?:-([\d.]+))?(?::(\d+)(?:-(\d+))?)?$/.exec(text);
  const six = four
    ? null
    : (/^\[([^\]]+)\](?:-\[([^\]]+)\])?(?::(\d+)(?:-(\d+))?)?$/.exec(text) ??
      /^([^-[\]]+)(?:-([^-[\]]+))?$/.exec(text));
  const parts = four ?? six;
  if (!parts)
    throw new OpenFlowError('OPENFLOW_BAD_TEXT', `nat: "${text}" is not a range of addresses and ports`);
  const parse: (address: string) => FieldValue = four ? ipv4.parse : ipv6.parse;
  const first = parse(parts[1] as string);
  nat.family = four ? 4 : 6;
  nat.address = parts[2] === undefined ? [first] : [first, parse(parts[2])];
  if (nat.address[1] !== undefined && nat.address[1] < first) badText(`nat: "${text}" ends before it begins`);
  if (parts[3] === undefined) return;
  const port = parseInteger(parts[3], 16, 'nat port');
  nat.ports = parts[4] === undefined ? [port] : [port, parseInteger(parts[4], 16, 'nat port')];
  if (nat.ports[1] !== undefined && nat.ports[1] < port) badText(`nat: "${text}" ends before it begins`);
}

/** Reads the argument of `nat(…)`. */
export function parseNat(argument: string): NetworkAddressTranslation {
  const nat: Draft = { type: 'none' };
  for (const { key, value } of keyValues(argument)) {
    if (key === 'src' || key === 'dst') {
      if (nat.type !== 'none') badText('nat: src and dst exclude each other');
      nat.type = key === 'src' ? 'source' : 'destination';
      parseRange(value, nat);
    } else if (key === 'persistent' || key === 'hash' || key === 'random') {
      nat[key] = true;
    } else {
      badText(`nat: unknown key "${key}"`);
    }
  }
  if (nat.type === 'none' && natFlags(nat) !== 0) badText('nat: flags need src or dst');
  if (nat.hash && nat.random) badText('nat: hash and random exclude each other');
  return nat;
}

function formatRange(nat: NetworkAddressTranslation): string {
  if (!nat.address) return '';
  const six = familyOf(nat) === 6;
  const [first, last] = nat.address;
  const [firstPort, lastPort] = nat.ports ?? [];
  const format = (address: FieldValue) => {
    if (!six) return ipv4.format(Number(address));
    return firstPort ? `[${ipv6.format(BigInt(address))}]` : ipv6.format(BigInt(address));
  };
  const to = last !== undefined && last !== first ? `-${format(last)}` : '';
  const toPort = lastPort !== undefined && lastPort !== firstPort ? `-${lastPort}` : '';
  return `=${format(first)}${to}${firstPort ? `:${firstPort}${toPort}` : ''}`;
}

export function formatNat(nat: NetworkAddressTranslation): string {
  if (nat.type === 'none') return 'nat';
  const parts = [`${nat.type === 'source' ? 'src' : 'dst'}${formatRange(nat)}`];
  if (nat.persistent) parts.push('persistent');
  if (nat.hash) parts.push('hash');
  if (nat.random) parts.push('random');
  return `nat(${parts.join(',')})`;
}
