import type { ResourceOf } from '../resources/index.ts';
import { type FlowNames, flowNames, isIcmpError, isIcmpRequest } from './flow-names.ts';
import { type Ip, isIcmp } from './packet.ts';
import { type Resources, translatorOf } from './resources.ts';
import { closeTcp, hasPossibleFlags, mayOpenTcp, reopensTcp, type TcpClosing, tcpOpen } from './tcp.ts';

/**
 * A connection as one tracker knows it. Each interface has a tracker for its security groups, and one for each elastic
 * IP that it has: sender and receiver remember a connection each for itself.
 *
 * AWS, "Security group connection tracking": "Security groups use connection tracking to track information about traffic
 * to and from the instance."
 */
export interface Connection {
  /** Who opened it: the interface (`egress`) or somebody else (`ingress`). */
  readonly direction: 'egress' | 'ingress';
  /** The packet that opened it. */
  readonly opening: Ip;
  /** Security groups of the other side, as the last packet of the original direction found them. */
  readonly peerGroups: readonly string[];
  readonly closing: TcpClosing;
}

/** All connections of all trackers: an immutable value, keyed by tracker and flow name. */
export type Connections = ReadonlyMap<string, Connection>;

export const noConnections: Connections = new Map();

/** The tracker of an interface's security groups. */
export function groupTracker(bindingId: string): string {
  return `groups ${bindingId}`;
}

/** The tracker of an elastic IP. @param translator name of what translates it */
export function addressTracker(translator: string, elasticIpId: string): string {
  return `address ${translator} ${elasticIpId}`;
}

/** The tracker of a NAT gateway where it is placed. */
export function natTracker({ ownerId, hostId, zoneSlot }: ResourceOf<'placement'>['spec']): string {
  return `nat ${ownerId} ${hostId}/${zoneSlot}`;
}

/** Every connection of a tracker. */
export function* connectionsOf(connections: Connections, tracker: string): Iterable<Connection> {
  for (const [key, connection] of connections) if (key.startsWith(`${tracker}: `)) yield connection;
}

/** What a tracker says of a packet. */
export interface Tracked {
  readonly key: string;
  /**
   * `new`: it would open a connection; `original`: it goes the way of the opening packet; `reply`: the other way;
   * `error`: an ICMP error about a packet of the connection, either way.
   */
  readonly relation: 'new' | 'original' | 'reply' | 'error';
  /** As it is after this packet; for a new one, as it would be. */
  readonly connection: Connection;
}

/** The connections after a tracker has seen a packet, and what it says of it. */
export interface Seen {
  readonly connections: Connections;
  /** Absent for a packet that belongs to no connection and may not open one. */
  readonly tracked?: Tracked;
}

function keyOf(tracker: string, flow: string): string {
  return `${tracker}: ${flow}`;
}

function find(
  connections: Connections,
  tracker: string,
  { own, opposite }: FlowNames,
): { key: string; relation: 'original' | 'reply'; connection: Connection } | undefined {
  const originalKey = keyOf(tracker, own);
  const original = connections.get(originalKey);
  if (original) return { key: originalKey, relation: 'original', connection: original };
  const replyKey = keyOf(tracker, opposite);
  const reply = connections.get(replyKey);
  return reply && { key: replyKey, relation: 'reply', connection: reply };
}

/**
 * The connection that an ICMP error is about: that of the packet it quotes. It must go to the sender of that packet.
 * RFC 1122, section 3.2.2; AWS, "Security group connection tracking": ICMP errors about tracked traffic are tracked.
 */
function trackError(connections: Connections, tracker: string, error: Ip, quoted: Ip) {
  const names = flowNames(quoted);
  if (!names || quoted.source !== error.destination) return undefined;
  const found = find(connections, tracker, names);
  return found && { ...found, relation: 'error' as const };
}

function mayOpen({ payload }: Ip): boolean {
  if (payload.protocol === 'tcp') return mayOpenTcp(payload);
  return !isIcmp(payload) || isIcmpRequest(payload);
}

/**
 * Shows a packet to a tracker: it finds the connection, notes how far that is closed, or says that the packet would
 * open one. It does so before rules decide, whatever they decide.
 *
 * @param direction whether the packet leaves the interface (`egress`) or arrives at it
 */
export function track(
  connections: Connections,
  tracker: string,
  packet: Ip,
  direction: 'egress' | 'ingress',
): Seen {
  const { payload } = packet;
  if (isIcmp(payload) && isIcmpError(payload)) {
    const tracked = trackError(connections, tracker, packet, payload.quoted as Ip);
    return { connections, ...(tracked ? { tracked } : {}) };
  }
  const names = flowNames(packet);
  if (!names || (payload.protocol === 'tcp' && !hasPossibleFlags(payload))) return { connections };
  const found = find(connections, tracker, names);
  if (!found) return open(connections, tracker, packet, direction, names);
  if (payload.protocol !== 'tcp') return { connections, tracked: found };
  if (reopensTcp(found.connection.closing, payload)) {
    return open(forget(connections, found.key), tracker, packet, direction, names);
  }
  const closing = closeTcp(found.connection.closing, payload, found.relation === 'original');
  const connection = { ...found.connection, closing };
  return { connections: remember(connections, found.key, connection), tracked: { ...found, connection } };
}

function open(
  connections: Connections,
  tracker: string,
  packet: Ip,
  direction: 'egress' | 'ingress',
  names: FlowNames,
): Seen {
  if (!mayOpen(packet)) return { connections };
  const connection: Connection = { direction, opening: packet, peerGroups: [], closing: tcpOpen };
  return { connections, tracked: { key: keyOf(tracker, names.own), relation: 'new', connection } };
}

/** The connections with one of them changed or added. */
export function remember(connections: Connections, key: string, connection: Connection): Connections {
  return new Map(connections).set(key, connection);
}

/** The connections without one of them. */
function forget(connections: Connections, key: string): Connections {
  return new Map([...connections].filter(([other]) => other !== key));
}

/**
 * The connections that are left after a change of the resources: a tracker goes with the port that it is for, and with the
 * elastic IP; and what is remembered of groups goes with them. To be called after each change.
 */
export function afterChange(resources: Resources, connections: Connections): Connections {
  const trackers = new Set<string>();
  for (const { id } of resources.binding.values()) trackers.add(groupTracker(id));
  for (const elasticIp of resources['elastic-ip'].values()) {
    const translator = translatorOf(resources, elasticIp);
    if (translator !== undefined) trackers.add(addressTracker(translator.name, elasticIp.id));
  }
  for (const { spec } of resources.placement.values()) trackers.add(natTracker(spec));
  const left = [...connections].filter(([key]) => trackers.has(key.slice(0, key.indexOf(': '))));
  return new Map(left.map(([key, connection]) => [key, withoutGoneGroups(resources, connection)]));
}

/** Of a set of groups nothing is remembered when one of them is deleted, until the other side sends its next packet. */
function withoutGoneGroups(resources: Resources, connection: Connection): Connection {
  const isThere = (id: string) => resources['security-group'].has(id);
  return connection.peerGroups.every(isThere) ? connection : { ...connection, peerGroups: [] };
}
