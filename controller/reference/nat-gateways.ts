import type { ResourceOf } from '../resources/index.ts';
import { connectionsOf, natTracker, remember, track } from './connections.ts';
import { crossTunnel, deliver, type Origin } from './delivery.ts';
import { flowNames, isIcmpError } from './flow-names.ts';
import { judgeByAcl } from './network-acls.ts';
import type { Answered, Delivered, Dropped } from './outcome.ts';
import { type Icmp, type Ip, isIcmp } from './packet.ts';
import { bindingOf, interfaceAt, named, natGatewayAt } from './resources.ts';
import { translateDestination, translateSource } from './translation.ts';
import type { Walk } from './walk.ts';

const stage = 'NAT gateway';
type NatGateway = ResourceOf<'nat-gateway'>;

/** A packet under the address of a NAT gateway, on the host where that is. */
export interface Translated {
  readonly type: 'translated';
  readonly packet: Ip;
  readonly hostId: string;
}

/**
 * Into a NAT gateway: the source becomes its private address.
 *
 * AWS, "NAT gateways": instances "can connect to services outside your VPC but external services can't initiate a
 * connection with those instances"; "the NAT gateway replaces the source IP address with the private IP address of the NAT
 * gateway", and the internet gateway that with the elastic IP. "Control traffic with network ACLs": that of the gateway's subnet
 * judges what comes from the instances and goes on, and what comes back and goes to them, each as it is there.
 */
export function translate(
  walk: Walk,
  origin: Origin,
  gateway: NatGateway,
  packet: Ip,
): Translated | Answered | Dropped {
  const placement = walk.resources.placement.get(gateway.id);
  if (!placement) return walk.drop(stage, 'no-gateway-host', gateway.id);
  const { hostId } = placement.spec;
  const stuck = crossTunnel(walk, origin, hostId, packet);
  if (stuck) return stuck;
  const subnet = named(walk.resources, 'subnet', gateway.spec.subnetId);
  const refused = judgeByAcl(walk, subnet, packet, 'ingress');
  if (refused) return refused;
  const tracker = natTracker(placement.spec);
  const seen = track(walk.connections, tracker, packet, 'egress');
  walk.connections = seen.connections;
  if (!seen.tracked) return walk.drop(stage, 'untracked', gateway.id);
  const { privateAddress } = gateway.spec;
  const translated = translateSource(packet, privateAddress);
  if (seen.tracked.relation === 'new' && isTaken(walk, tracker, privateAddress, translated)) {
    walk.leftOpen = 'two connections through a NAT gateway have one source port, and one gets another';
  }
  walk.connections = remember(walk.connections, seen.tracked.key, seen.tracked.connection);
  const { connectivity } = gateway.spec;
  walk.note(stage, `${packet.source} becomes ${privateAddress}, ${connectivity}`, gateway.id);
  const denied = judgeByAcl(walk, subnet, translated, 'egress');
  if (denied) return denied;
  return { type: 'translated', packet: translated, hostId };
}

/** True when another connection through the gateway looks the same from outside. */
function isTaken(walk: Walk, tracker: string, privateAddress: string, translated: Ip): boolean {
  const wanted = flowNames(translated)?.own;
  for (const { opening } of connectionsOf(walk.connections, tracker)) {
    if (flowNames(translateSource(opening, privateAddress))?.own === wanted) return true;
  }
  return false;
}

/** To whoever has the destination address in the VPC: an interface, or a NAT gateway, which only takes replies. */
export function sendInside(walk: Walk, origin: Origin, packet: Ip): Delivered | Answered | Dropped {
  const gateway = natGatewayAt(walk.resources, origin.vpcId, packet.destination);
  return gateway ? comeBack(walk, origin, gateway, packet) : deliver(walk, origin, packet);
}

/** Back through a NAT gateway, for a packet to its private address: to the interface that opened the connection. */
export function comeBack(
  walk: Walk,
  origin: Origin,
  gateway: NatGateway,
  packet: Ip,
): Delivered | Answered | Dropped {
  const placement = walk.resources.placement.get(gateway.id);
  if (!placement) return walk.drop(stage, 'no-gateway-host', gateway.id);
  const { hostId } = placement.spec;
  const stuck = crossTunnel(walk, origin, hostId, packet);
  if (stuck) return stuck;
  const subnet = named(walk.resources, 'subnet', gateway.spec.subnetId);
  const refused = judgeByAcl(walk, subnet, packet, 'ingress');
  if (refused) return refused;
  const tracker = natTracker(placement.spec);
  const owner = openedBy(walk, tracker, gateway.spec.privateAddress, packet);
  if (owner === undefined) return walk.drop(stage, 'unsolicited', gateway.id);
  const sentItself = walk.steps.some((step) => step.stage === stage);
  if (sentItself && hostOf(walk, gateway.spec.vpcId, owner) === hostId) {
    walk.leftOpen =
      'a packet answers itself through a NAT gateway: that is more than a switch does for one packet';
  }
  const restored = translateDestination(packet, owner);
  const { connections, tracked } = track(walk.connections, tracker, restored, 'ingress');
  walk.connections = connections;
  if (!tracked) return walk.drop(stage, 'untracked', gateway.id);
  if (tracked.relation === 'new' || tracked.relation === 'original') {
    return walk.drop(stage, 'unsolicited', gateway.id);
  }
  walk.connections = remember(walk.connections, tracked.key, tracked.connection);
  walk.note(stage, `${packet.destination} becomes ${owner}`, gateway.id);
  const denied = judgeByAcl(walk, subnet, restored, 'egress');
  if (denied) return denied;
  return deliver(walk, { vpcId: gateway.spec.vpcId, hostId, groups: [] }, restored);
}

/** The host of the interface with an address. */
function hostOf({ resources }: Walk, vpcId: string, address: string): string | undefined {
  const owner = interfaceAt(resources, vpcId, address);
  return owner && bindingOf(resources, owner.id)?.spec.hostId;
}

/** Who opened the connection that a packet from outside answers, or is an error about. */
function openedBy(walk: Walk, tracker: string, privateAddress: string, packet: Ip): string | undefined {
  const { payload } = packet;
  const isError = isIcmp(payload) && isIcmpError(payload);
  const name = isError ? flowNames((payload as Icmp).quoted as Ip)?.own : flowNames(packet)?.own;
  if (name === undefined) return undefined;
  for (const { opening } of connectionsOf(walk.connections, tracker)) {
    const names = flowNames(translateSource(opening, privateAddress));
    if ((isError ? names?.own : names?.opposite) === name) return opening.source;
  }
  return undefined;
}
