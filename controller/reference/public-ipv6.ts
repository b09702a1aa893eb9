import { containsIpv6Network, parseIpv6Cidr, type ResourceOf } from '../resources/index.ts';
import { groupTracker, type Seen, track } from './connections.ts';
import { receive } from './delivery.ts';
import type { Answered, Delivered, Dropped, SentOutside } from './outcome.ts';
import type { Frame, Ip } from './packet.ts';
import { peersOf } from './peering.ts';
import {
  addressesOf,
  bindingOf,
  hasIpv6,
  isInside,
  isInVpc,
  isOwnAddress,
  named,
  publicInterfaceMac,
  type Resources,
} from './resources.ts';
import { isTooLarge, tooLarge } from './router-errors.ts';
import { isUnroutableSource, routeFor, routeInward, takeHop } from './routing.ts';
import type { Walk } from './walk.ts';

const stage = 'public IPv6';
type Gateway = ResourceOf<'internet-gateway'> | ResourceOf<'egress-only-internet-gateway'>;

/**
 * Through an internet gateway or an egress-only one, in IPv6: there is no translation. AWS, "IPv6 addressing": "IPv6 addresses are
 * globally unique and … public by default". A gateway lets out nothing that is not from the VPC (RFC 2827).
 */
export function sendPublic(
  walk: Walk,
  sender: ResourceOf<'network-interface'>,
  gateway: Gateway,
  packet: Ip,
): Delivered | SentOutside | Answered | Dropped {
  const { resources } = walk;
  const network = named(resources, 'external-network', gateway.spec.externalNetworkId);
  const vpc = named(resources, 'vpc', sender.spec.vpcId);
  if (!hasIpv6(sender) || !isPublicOn(network, vpc)) {
    return walk.drop(stage, 'not-public', sender.id, network.id);
  }
  if (!isInside(vpc.spec.ipv6CidrBlock as string, packet.source)) {
    return walk.drop(stage, 'foreign-source', sender.id);
  }
  if (hostOn(resources, network, sender) === undefined) {
    return walk.drop(stage, 'no-external-port', sender.id, network.id);
  }
  const { ipv6CidrBlock, ipv6Gateway } = network.spec;
  const nextHop = isInside(ipv6CidrBlock as string, packet.destination) ? packet.destination : ipv6Gateway;
  if (nextHop === undefined) return walk.drop('external network', 'no-next-hop', network.id);
  const source = publicInterfaceMac(sender);
  const target = publicInterfaceAt(walk, network, nextHop);
  if (target) {
    if (isTooLarge(packet)) {
      walk.leftOpen = 'a packet between public addresses is larger than the MTU inside a VPC';
    }
    const frame = { source, destination: publicInterfaceMac(target), content: packet };
    return receivePublic(walk, network, frame, packet);
  }
  walk.note(stage, `sent to ${nextHop}`, network.id);
  return { type: 'sent-outside', externalNetworkId: network.id, nextHop, frame: { source, content: packet } };
}

/**
 * From outside, to the IPv6 address of an interface.
 *
 * AWS, "Internet gateways": a subnet is public when its route table leads to one. Here, a packet comes in when a reply would leave
 * by a gateway to the same network. "Egress-only internet gateways" allow "outbound communication over IPv6", and prevent "the
 * internet from initiating an IPv6 connection". What the internet gateway's own route table leads to a middlebox goes there without
 * such a question: replies leave by the middlebox, too.
 */
export function receivePublic(
  walk: Walk,
  network: ResourceOf<'external-network'>,
  frame: Frame,
  packet: Ip,
): Delivered | Answered | Dropped {
  const { resources } = walk;
  const receiver = publicInterfaceAt(walk, network, packet.destination);
  if (!receiver) return walk.drop(stage, 'unknown-public-address', network.id);
  const mac = publicInterfaceMac(receiver);
  if (frame.destination !== mac) return walk.drop(stage, 'wrong-mac', receiver.id);
  if (isTooLarge(packet)) {
    const voice = { address: packet.destination, mac, receiver: frame.source };
    return tooLarge(walk, voice, packet) ?? walk.drop(stage, 'too-large', receiver.id);
  }
  const forwarded = takeHop(packet);
  if (!forwarded) return walk.drop(stage, 'ttl-exceeded', receiver.id);
  const vpc = named(resources, 'vpc', receiver.spec.vpcId);
  if ([vpc, ...peersOf(resources, vpc.id)].some((one) => isInVpc(one, packet.source))) {
    return walk.drop(stage, 'private-source', vpc.id);
  }
  if (isUnroutableSource(packet)) return walk.drop(stage, 'unroutable-source', network.id);
  const binding = bindingOf(resources, receiver.id) as ResourceOf<'binding'>;
  const seen = track(walk.connections, groupTracker(binding.id), forwarded, 'ingress');
  walk.connections = seen.connections;
  const { hostId } = binding.spec;
  const way = routeInward(walk, vpc.id, network.id, forwarded);
  if (way?.type === 'dropped') return way;
  if (way) return receive(walk, { vpcId: vpc.id, hostId, groups: [] }, way.target, way.packet);
  const subnet = named(resources, 'subnet', receiver.spec.subnetId);
  const { table, best } = routeFor(resources, subnet, packet.source);
  const gateway = best && gatewayTo(resources, best.target, vpc.id, network.id);
  if (!gateway) return walk.drop(stage, 'no-return-route', table.id);
  if (gateway.kind === 'egress-only-internet-gateway' && !isAsked(seen)) {
    return walk.drop(stage, 'unsolicited', gateway.id);
  }
  walk.note(stage, `in by ${gateway.id}`, gateway.id);
  if (!addressesOf(receiver).includes(packet.destination)) {
    walk.note(stage, 'an address of a prefix', receiver.id);
  }
  return receive(walk, { vpcId: vpc.id, hostId, groups: [] }, receiver, forwarded);
}

/** True for what answers a connection that the interface has opened, or is an error about it. */
function isAsked({ tracked }: Seen): boolean {
  return (
    tracked?.connection.direction === 'egress' &&
    (tracked.relation === 'reply' || tracked.relation === 'error')
  );
}

/** The interface whose IPv6 address this is, when it is public on the network and its host is there. */
export function publicInterfaceAt(
  { resources }: Walk,
  network: ResourceOf<'external-network'>,
  address: string,
): ResourceOf<'network-interface'> | undefined {
  for (const one of resources['network-interface'].values()) {
    if (!address.includes(':') || !isOwnAddress(one, address)) continue;
    const vpc = named(resources, 'vpc', one.spec.vpcId);
    const isJoined = isPublicOn(network, vpc) && gatewaysOf(resources, vpc.id, network.id).length > 0;
    if (isJoined && hostOn(resources, network, one) !== undefined) return one;
  }
  return undefined;
}

/** True when the VPC's block is on the link of the network, so that its hosts may answer for it there. */
function isPublicOn({ spec: outer }: ResourceOf<'external-network'>, { spec: inner }: ResourceOf<'vpc'>) {
  if (outer.ipv6CidrBlock === undefined || inner.ipv6CidrBlock === undefined) return false;
  const [link, block] = [outer.ipv6CidrBlock, inner.ipv6CidrBlock];
  return containsIpv6Network(parseIpv6Cidr(link, 'link'), parseIpv6Cidr(block, 'block'));
}

function hostOn(
  resources: Resources,
  network: ResourceOf<'external-network'>,
  { id }: ResourceOf<'network-interface'>,
): string | undefined {
  const hostId = bindingOf(resources, id)?.spec.hostId;
  if (hostId === undefined) return undefined;
  return network.spec.name in named(resources, 'host', hostId).spec.externalPorts ? hostId : undefined;
}

function gatewaysOf(resources: Resources, vpcId: string, networkId: string): Gateway[] {
  return [
    ...resources['internet-gateway'].values(),
    ...resources['egress-only-internet-gateway'].values(),
  ].filter(({ spec }) => spec.vpcId === vpcId && spec.externalNetworkId === networkId);
}

function gatewayTo(
  resources: Resources,
  target: string,
  vpcId: string,
  networkId: string,
): Gateway | undefined {
  return gatewaysOf(resources, vpcId, networkId).find(({ id }) => id === target);
}
