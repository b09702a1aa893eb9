import type { ResourceOf, SecurityGroupRuleSpec } from '../resources/index.ts';
import { type Connection, groupTracker, remember, type Tracked, track } from './connections.ts';
import type { Dropped } from './outcome.ts';
import { type Ip, isIcmp } from './packet.ts';
import { isInside, named, type Resources } from './resources.ts';
import { isProtocol } from './services.ts';
import { opensTcp } from './tcp.ts';
import type { Walk } from './walk.ts';

/** One end of a packet's way: an interface on a host. */
export interface End {
  readonly interface: ResourceOf<'network-interface'>;
  readonly binding: ResourceOf<'binding'>;
}

/**
 * Judges a packet by the security groups of one interface, which it leaves (`egress`) or arrives at (`ingress`).
 *
 * AWS, "Control traffic to your AWS resources using security groups": what no rule allows is denied; rules of all groups of
 * an interface count together; groups are stateful, so replies need no rule.
 *
 * A difference to AWS ("Security group connection tracking"): there, a tracked connection is not interrupted by a change
 * of rules. Here, each packet of a connection, in both directions, is judged by the rules as they are now, as if it were the
 * opening one: by those of the direction in which the connection was opened.
 *
 * @param peerGroups groups of the interface at the other end; empty for what is not an interface of the VPC or a peer
 * @param border what judges between the connection and the rules: what it drops has been seen, but opens nothing
 */
export function judge(
  walk: Walk,
  { interface: own, binding }: End,
  packet: Ip,
  way: 'egress' | 'ingress',
  peerGroups: readonly string[],
  border?: () => Dropped | undefined,
): Dropped | undefined {
  const stage = way === 'egress' ? 'security groups of the sender' : 'security groups of the receiver';
  const seen = track(walk.connections, groupTracker(binding.id), packet, way);
  walk.connections = seen.connections;
  const { tracked } = seen;
  if (!tracked) return walk.drop(stage, 'untracked', own.id);
  if (tracked.relation === 'reply' && opensTcp(packet)) walk.leftOpen = 'a SYN meets a SYN of the other side';
  if (isForBothSides(tracked, way))
    walk.leftOpen = 'a router has both directions of a connection pass the same way';
  const stopped = border?.();
  if (stopped) return stopped;
  const connection = withPeer(tracked, peerGroups);
  const rule = findRule(walk, own.spec.securityGroupIds, connection, tracked.relation);
  if (!rule) {
    return walk.drop(
      stage,
      way === 'egress' ? 'egress-rules' : 'ingress-rules',
      ...own.spec.securityGroupIds,
    );
  }
  walk.connections = remember(walk.connections, tracked.key, connection);
  walk.note(
    stage,
    `${tracked.relation} packet of a connection that ${connection.direction} rules allow${kindOf(rule)}`,
    rule.id,
  );
  return undefined;
}

/** What sort of rule decided, in words. */
function kindOf({ spec, status }: ResourceOf<'security-group-rule'>): string {
  const { prefixListId, referencedGroupId, icmpType = -1, fromPort = 0, toPort = 65535, protocol } = spec;
  const peer =
    (prefixListId && ' by a prefix list') ||
    (referencedGroupId && (status.vpcPeeringConnectionId ? ' by a group of a peer' : ' by a group'));
  const isRange = fromPort < toPort && toPort - fromPort < 65535;
  const service =
    (icmpType >= 0 && ', of one type') ||
    (isRange && ', of a range of ports') ||
    (typeof protocol === 'number' && `, of protocol ${protocol}`);
  return `${peer || ''}${service || ''}`;
}

/** True when a packet goes the way on which, of a machine that speaks for itself, only the other direction goes. */
function isForBothSides({ relation, connection }: Tracked, way: 'egress' | 'ingress'): boolean {
  if (relation === 'reply') return connection.direction === way;
  return relation === 'original' && connection.direction !== way;
}

/** Packets of the original direction tell who the peer is now; others are judged by what was last seen so. */
function withPeer({ relation, connection }: Tracked, peerGroups: readonly string[]): Connection {
  return relation === 'new' || relation === 'original' ? { ...connection, peerGroups } : connection;
}

function findRule(
  { resources }: Walk,
  groupIds: readonly string[],
  connection: Connection,
  relation: Tracked['relation'],
): ResourceOf<'security-group-rule'> | undefined {
  for (const rule of resources['security-group-rule'].values()) {
    const { spec } = rule;
    if (!groupIds.includes(spec.groupId) || spec.direction !== connection.direction) continue;
    if (
      !isStale(rule, resources) &&
      matchesPeer(resources, spec, connection) &&
      matchesService(spec, connection.opening, relation)
    )
      return rule;
  }
  return undefined;
}

/**
 * AWS, "Security group rules": the source of an inbound rule or the destination of an outbound one is a range of addresses,
 * a prefix list of such ranges, or a security group, which stands for the interfaces that have it, by their private addresses and not by public ones.
 */
function matchesPeer(
  resources: Resources,
  rule: SecurityGroupRuleSpec,
  { direction, opening, peerGroups }: Connection,
): boolean {
  if (rule.referencedGroupId !== undefined) return peerGroups.includes(rule.referencedGroupId);
  const other = direction === 'egress' ? opening.destination : opening.source;
  if (rule.prefixListId === undefined) return isInside((rule.cidrIpv4 ?? rule.cidrIpv6) as string, other);
  const list = named(resources, 'prefix-list', rule.prefixListId);
  return list.spec.entries.some(({ cidr }) => isInside(cidr, other));
}

/**
 * AWS, "Work with stale security group rules": a rule that names a group of a peered VPC has no effect once the peering
 * connection is gone.
 */
function isStale({ status }: ResourceOf<'security-group-rule'>, resources: Resources): boolean {
  const id = status.vpcPeeringConnectionId;
  return id !== undefined && resources['vpc-peering-connection'].get(id)?.spec.state !== 'active';
}

/**
 * AWS, "Security group rules": protocol, and for TCP and UDP the range of destination ports, for ICMP type and code. "IpPermission":
 * of every other protocol, SCTP among them, all ports are meant.
 * Replies and errors of an ICMP connection have types of their own; any rule for ICMP lets them pass.
 */
function matchesService(
  rule: SecurityGroupRuleSpec,
  { payload }: Ip,
  relation: Tracked['relation'],
): boolean {
  if (rule.protocol === 'all') return true;
  if (!isProtocol(rule.protocol, payload.protocol)) return false;
  if (payload.protocol === 'tcp' || payload.protocol === 'udp') {
    const { fromPort = 0, toPort = 65535 } = rule;
    return fromPort <= payload.destinationPort && payload.destinationPort <= toPort;
  }
  if (!isIcmp(payload) || relation === 'reply' || relation === 'error') return true;
  const matches = (wanted: number | undefined, found: number) => (wanted ?? -1) === -1 || wanted === found;
  return matches(rule.icmpType, payload.type) && matches(rule.icmpCode, payload.code);
}
