import type { FieldMatch } from 'node-openflow';
import {
  conntrackState,
  inNetwork,
  isIpv4,
  isIpv6,
  on,
  parseNetwork,
  protocol,
} from '../../pipeline/index.ts';
import type { SecurityGroupRuleSpec } from '../../resources/index.ts';

/** A match that rules share as one dimension of their conjunctions. */
export interface SharedMatch {
  readonly dimension: 'peer' | 'service';
  /** Canonical text; equal text, equal match. */
  readonly key: string;
}

/** Id of the resource for a shared match. */
export function matchId(vpcId: string, direction: string, { dimension, key }: SharedMatch): string {
  return `${vpcId}/${direction}/${dimension}/${key}`;
}
/** Id of the VPC in which a shared match with this id is. */
export function vpcOfMatch(id: string): string {
  return id.slice(0, id.indexOf('/'));
}

const protocolNumbers: Record<string, number> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };
/** AWS, "IpPermission": every other protocol is allowed "on all ports", also SCTP, which has some (RFC 9260). */
const protocolsWithPorts = new Set<number>([protocol.tcp, protocol.udp]);

/** IANA number of a rule's protocol; undefined for `all`. */
export function protocolNumber(value: SecurityGroupRuleSpec['protocol']): number | undefined {
  if (value === 'all') return undefined;
  return typeof value === 'number' ? value : protocolNumbers[value];
}
export function hasPorts(value: SecurityGroupRuleSpec['protocol']): boolean {
  return protocolsWithPorts.has(protocolNumber(value) ?? -1);
}
/** ICMP of IPv4 or of IPv6: protocols with a type and a code. */
export function isIcmp(value: SecurityGroupRuleSpec['protocol']): boolean {
  const number = protocolNumber(value);
  return number === protocol.icmp || number === protocol.icmpv6;
}

/** A rule that names a network other than all addresses, a prefix list or a group has a third dimension: the peer. */
export function hasPeer({ cidrIpv4, cidrIpv6 }: SecurityGroupRuleSpec): boolean {
  return !(cidrIpv4 ?? cidrIpv6)?.endsWith('/0');
}

/** A rule that allows everything: no conjunction, but a flow for each set with its group. */
export function isUnconditional(rule: SecurityGroupRuleSpec): boolean {
  return rule.protocol === 'all' && !hasPeer(rule);
}

/** Keys of matches on IPv6 start so; a rule that names a group has matches of both kinds. */
const ipv6Prefix = 'ipv6/';
/** True for the key of a match on IPv6, which is of no use in a VPC without an IPv6 block. */
export function isIpv6Key(key: string): boolean {
  return key.startsWith(ipv6Prefix);
}

/**
 * A range of ports as values under masks, the fewest there are: 80–90 becomes 80/0xfff8 (80–87), 88/0xfffe, 90/0xffff.
 */
export function portMasks(from: number, to: number): { value: number; mask: number }[] {
  const result: { value: number; mask: number }[] = [];
  for (let value = from; value <= to; ) {
    let size = 1;
    while (value % (size * 2) === 0 && value + size * 2 - 1 <= to) size *= 2;
    result.push({ value, mask: 0x10000 - size });
    value += size;
  }
  return result;
}

/** Kinds of IP that a rule is about: that of its networks, which are all of one; for a group both, as far as its protocol has both. */
function families(rule: SecurityGroupRuleSpec, networks: readonly string[]): readonly ('ipv4' | 'ipv6')[] {
  if (rule.referencedGroupId === undefined) {
    return networks.some((network) => network.includes(':')) ? ['ipv6'] : ['ipv4'];
  }
  const number = protocolNumber(rule.protocol);
  if (number === protocol.icmp) return ['ipv4'];
  return number === protocol.icmpv6 ? ['ipv6'] : ['ipv4', 'ipv6'];
}

function serviceKeys(rule: SecurityGroupRuleSpec): string[] {
  const number = protocolNumber(rule.protocol);
  if (number === undefined) return ['all'];
  if (isIcmp(rule.protocol) && (rule.icmpType ?? -1) >= 0) {
    // Replies and errors carry other types than the packet that the rule names.
    const request = `icmp:${rule.icmpType}:${(rule.icmpCode ?? -1) >= 0 ? rule.icmpCode : 'any'}`;
    return [request, 'icmp:reply', 'icmp:error'];
  }
  if (!hasPorts(rule.protocol) || rule.fromPort === undefined || rule.toPort === undefined)
    return [`${number}`];
  if (rule.fromPort === 0 && rule.toPort === 65535) return [`${number}`];
  return portMasks(rule.fromPort, rule.toPort).map(({ value, mask }) => `${number}:${value}/${mask}`);
}

/**
 * The shared matches of a rule; its own groups and a referenced group match by identity and are not among them.
 * @param networks those that the rule names, by itself or by a prefix list
 */
export function sharedMatches(rule: SecurityGroupRuleSpec, networks: readonly string[]): SharedMatch[] {
  if (isUnconditional(rule)) return [];
  const keyOf = (key: string, six: boolean) => (six ? `${ipv6Prefix}${key}` : key);
  const services = families(rule, networks).flatMap((family) =>
    serviceKeys(rule).map((key) => ({ dimension: 'service', key: keyOf(key, family === 'ipv6') }) as const),
  );
  if (!hasPeer(rule)) return services;
  const peers = networks.map((key) => ({ dimension: 'peer', key: keyOf(key, key.includes(':')) }) as const);
  return [...peers, ...services];
}

function peerMatch(direction: 'ingress' | 'egress', key: string, six: boolean): FieldMatch[] {
  const side = direction === 'ingress' ? 'src' : 'dst';
  const field = six ? (`ct_ipv6_${side}` as const) : (`ct_nw_${side}` as const);
  return [six ? isIpv6 : isIpv4, conntrackState([], ['inv']), ...inNetwork(field, parseNetwork(key))];
}

/** Types of ICMP are matched on the packet, because conntrack keeps them only for the request. */
function icmpMatch(key: string, six: boolean): FieldMatch[] {
  const number = six ? protocol.icmpv6 : protocol.icmp;
  const ip = six ? isIpv6 : isIpv4;
  if (key === 'icmp:reply') return [ip, conntrackState(['rpl'], ['inv']), on('ct_nw_proto', number)];
  if (key === 'icmp:error') return [ip, conntrackState(['rel'], ['rpl', 'inv']), on('ct_nw_proto', number)];
  const [, type, code] = key.split(':');
  return [
    ip,
    on('ip_proto', number),
    on(six ? 'icmpv6_type' : 'icmpv4_type', Number(type)),
    ...(code === 'any' ? [] : [on(six ? 'icmpv6_code' : 'icmpv4_code', Number(code))]),
    conntrackState([], ['rel', 'rpl', 'inv']),
  ];
}

/**
 * The match of a key. Conntrack's original tuple is what is matched, so that one flow serves both directions of a
 * connection.
 */
export function matchOfKey(direction: 'ingress' | 'egress', { dimension, key }: SharedMatch): FieldMatch[] {
  const six = isIpv6Key(key);
  const rest = six ? key.slice(ipv6Prefix.length) : key;
  if (dimension === 'peer') return peerMatch(direction, rest, six);
  const ip = six ? isIpv6 : isIpv4;
  if (rest === 'all') return [ip];
  if (rest.startsWith('icmp:')) return icmpMatch(rest, six);
  const [number, ports] = rest.split(':') as [string, string | undefined];
  const tracked = [ip, conntrackState([], ['inv']), on('ct_nw_proto', Number(number))];
  if (ports === undefined) return tracked;
  const [value, mask] = ports.split('/').map(Number) as [number, number];
  return [...tracked, mask === 0xffff ? on('ct_tp_dst', value) : on('ct_tp_dst', value, mask)];
}
