import type { FieldMatch } from 'node-openflow';
import { conntrackState, isIpv4, on, protocol } from '../../pipeline/index.ts';
import { netmask, parseCidr, type SecurityGroupRuleSpec } from '../../resources/index.ts';

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

const protocolNumbers: Record<string, number> = { icmp: 1, tcp: 6, udp: 17 };
const protocolsWithPorts = new Set<number>([protocol.tcp, protocol.udp, protocol.sctp]);

/** IANA number of a rule's protocol; undefined for `all`. */
export function protocolNumber(value: SecurityGroupRuleSpec['protocol']): number | undefined {
  if (value === 'all') return undefined;
  return typeof value === 'number' ? value : protocolNumbers[value];
}
export function hasPorts(value: SecurityGroupRuleSpec['protocol']): boolean {
  return protocolsWithPorts.has(protocolNumber(value) ?? -1);
}

/** A rule that names a CIDR other than all addresses, a prefix list or a group has a third dimension: the peer. */
export function hasPeer({ cidrIpv4 }: SecurityGroupRuleSpec): boolean {
  return cidrIpv4 === undefined || !cidrIpv4.endsWith('/0');
}

/** A rule that allows everything: no conjunction, but a flow for each set with its group. */
export function isUnconditional(rule: SecurityGroupRuleSpec): boolean {
  return rule.protocol === 'all' && !hasPeer(rule);
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

function serviceKeys(rule: SecurityGroupRuleSpec): string[] {
  const number = protocolNumber(rule.protocol);
  if (number === undefined) return ['all'];
  if (number === protocol.icmp && (rule.icmpType ?? -1) >= 0) {
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
  const services = serviceKeys(rule).map((key) => ({ dimension: 'service', key }) as const);
  if (!hasPeer(rule)) return services;
  return [...networks.map((key) => ({ dimension: 'peer', key }) as const), ...services];
}

/**
 * The match of a key. Conntrack's original tuple is what is matched, so that one flow serves both directions of a
 * connection; types of ICMP are matched on the packet, because conntrack keeps them only for the request.
 */
export function matchOfKey(direction: 'ingress' | 'egress', { dimension, key }: SharedMatch): FieldMatch[] {
  if (dimension === 'peer') {
    const network = parseCidr(key, 'cidrIpv4');
    const field = direction === 'ingress' ? 'ct_nw_src' : 'ct_nw_dst';
    const tracked = [isIpv4, conntrackState([], ['inv'])];
    if (network.prefixLength === 0) return tracked;
    return [...tracked, on(field, network.address, netmask(network.prefixLength))];
  }
  if (key === 'all') return [isIpv4];
  if (key === 'icmp:reply') {
    return [isIpv4, conntrackState(['rpl'], ['inv']), on('ct_nw_proto', protocol.icmp)];
  }
  if (key === 'icmp:error') {
    return [isIpv4, conntrackState(['rel'], ['rpl', 'inv']), on('ct_nw_proto', protocol.icmp)];
  }
  if (key.startsWith('icmp:')) {
    const [, type, code] = key.split(':');
    return [
      isIpv4,
      on('ip_proto', protocol.icmp),
      on('icmpv4_type', Number(type)),
      ...(code === 'any' ? [] : [on('icmpv4_code', Number(code))]),
      conntrackState([], ['rel', 'rpl', 'inv']),
    ];
  }
  const [number, ports] = key.split(':') as [string, string | undefined];
  const tracked = [isIpv4, conntrackState([], ['inv']), on('ct_nw_proto', Number(number))];
  if (ports === undefined) return tracked;
  const [value, mask] = ports.split('/').map(Number) as [number, number];
  return [...tracked, mask === 0xffff ? on('ct_tp_dst', value) : on('ct_tp_dst', value, mask)];
}
