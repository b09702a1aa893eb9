import type { NetworkAclEntry, ResourceOf, SecurityGroupRuleSpec } from '@weft/controller/resources';

/** A probe: an echo request, or a TCP connection to a port. */
export type Probe = 'ping' | { readonly tcp: number };

/** One end of a connection; somebody outside of the VPC has no groups. */
export interface End {
  readonly address: string;
  readonly groups: readonly string[];
}

/** What judges: security group rules that are in force, and the networks of prefix lists. */
export interface Judges {
  readonly rules: readonly Pick<ResourceOf<'security-group-rule'>, 'spec'>[];
  readonly listed?: (prefixListId: string) => readonly string[];
}

type Acl = readonly NetworkAclEntry[];
type Direction = 'ingress' | 'egress';
/** What rules look at, beside addresses: a port or an ICMP type. */
interface Packet {
  readonly protocol: 'tcp' | 'icmp' | 'icmpv6';
  readonly value: number;
}

const isIpv6 = (address: string) => address.includes(':');

/** The address as a number. RFC 4291, section 2.2: `::` stands for as many groups of zeros as are missing. */
function toNumber(address: string): bigint {
  if (!isIpv6(address)) return address.split('.').reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const [head = '', tail] = address.split('::').map((part) => (part === '' ? [] : part.split(':'))) as [
    string[],
    string[]?,
  ];
  const missing = tail ? 8 - head.length - tail.length : 0;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...(tail ?? [])];
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

export function isInside(address: string, cidr: string): boolean {
  const [network = '', length] = cidr.split('/');
  if (isIpv6(address) !== isIpv6(network)) return false;
  const rest = BigInt((isIpv6(address) ? 128 : 32) - Number(length));
  return toNumber(address) >> rest === toNumber(network) >> rest;
}

const icmpOf = (address: string) => (isIpv6(address) ? 'icmpv6' : 'icmp');
/** Any port that a client takes for itself. */
const clientPort = 40_000;

function requestOf(probe: Probe, to: string): Packet {
  if (probe !== 'ping') return { protocol: 'tcp', value: probe.tcp };
  return { protocol: icmpOf(to), value: isIpv6(to) ? 128 : 8 };
}

function replyOf(probe: Probe, to: string): Packet {
  if (probe !== 'ping') return { protocol: 'tcp', value: clientPort };
  return { protocol: icmpOf(to), value: isIpv6(to) ? 129 : 0 };
}

type Traffic = Pick<SecurityGroupRuleSpec, 'protocol' | 'fromPort' | 'toPort' | 'icmpType' | 'icmpCode'>;

function means(rule: Traffic, { protocol, value }: Packet): boolean {
  if (rule.protocol === 'all') return true;
  if (rule.protocol !== protocol) return false;
  if (protocol !== 'tcp') return [-1, value].includes(rule.icmpType ?? -1) && (rule.icmpCode ?? 0) <= 0;
  return rule.fromPort === undefined || (rule.fromPort <= value && value <= (rule.toPort ?? -1));
}

function allows(
  { rules, listed }: Judges,
  direction: Direction,
  own: End,
  peer: End,
  packet: Packet,
): boolean {
  const isPeer = ({ referencedGroupId, prefixListId, cidrIpv4, cidrIpv6 }: SecurityGroupRuleSpec) => {
    if (referencedGroupId !== undefined) return peer.groups.includes(referencedGroupId);
    const networks =
      prefixListId === undefined ? [cidrIpv4 ?? cidrIpv6 ?? ''] : (listed?.(prefixListId) ?? []);
    return networks.some((cidr) => isInside(peer.address, cidr));
  };
  return rules.some(
    ({ spec }) =>
      spec.direction === direction &&
      own.groups.includes(spec.groupId) &&
      means(spec, packet) &&
      isPeer(spec),
  );
}

/** What AWS's page on security groups promises of two interfaces: both must let the first packet pass. */
export function mayReach(judges: Judges, from: End, to: End, probe: Probe): boolean {
  return mayLeave(judges, from, to, probe) && mayEnter(judges, from, to, probe);
}

/** The same for somebody outside, whose packets meet the receiver's rules only. */
export function mayEnter(judges: Judges, from: End, to: End, probe: Probe): boolean {
  return allows(judges, 'ingress', to, from, requestOf(probe, to.address));
}

/** And for packets to somebody outside. */
export function mayLeave(judges: Judges, from: End, to: End, probe: Probe): boolean {
  return allows(judges, 'egress', from, to, requestOf(probe, to.address));
}

/** AWS, "Network ACLs": the entry with the lowest number that matches decides; what none matches is denied. */
function lets(acl: Acl, direction: Direction, peer: string, packet: Packet): boolean {
  const [first] = acl
    .filter(
      (entry) =>
        entry.direction === direction &&
        means(entry, packet) &&
        isInside(peer, entry.cidrIpv4 ?? entry.cidrIpv6 ?? ''),
    )
    .sort((a, b) => a.number - b.number);
  return first?.action === 'allow';
}

/** An ACL remembers nothing: the request goes in one direction, and the reply in the other. */
export const aclLetsOut = (acl: Acl, peer: string, probe: Probe) =>
  lets(acl, 'egress', peer, requestOf(probe, peer)) && lets(acl, 'ingress', peer, replyOf(probe, peer));
export const aclLetsIn = (acl: Acl, peer: string, probe: Probe) =>
  lets(acl, 'ingress', peer, requestOf(probe, peer)) && lets(acl, 'egress', peer, replyOf(probe, peer));
