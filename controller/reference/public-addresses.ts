import type { ResourceOf } from '../resources/index.ts';
import { reachableAddress } from './arp.ts';
import { addressTracker, remember, track } from './connections.ts';
import type { Answered, Delivered, Dropped, SentOutside } from './outcome.ts';
import type { Frame, Icmp, Ipv4 } from './packet.ts';
import { bindingOf, canReachOutside, isInside, named, publicMac, routerMac } from './resources.ts';
import { isTooLarge, tooLarge } from './router-errors.ts';
import { takeHop } from './routing.ts';
import { type End, judge } from './security-groups.ts';
import type { Walk } from './walk.ts';

const stage = 'elastic IP';

/**
 * Through the internet gateway: the private source becomes the elastic IP.
 *
 * AWS, "Internet gateways": the gateway "logically provides the one-to-one NAT" between private and public address, also for
 * traffic between two public addresses of the same cloud. RFC 1812, section 5.2.4.2: the next hop is the
 * destination itself when it is on the network, else the gateway there.
 */
export function sendOutside(
  walk: Walk,
  { interface: sender, binding }: End,
  gateway: ResourceOf<'internet-gateway'>,
  packet: Ipv4,
): Delivered | SentOutside | Answered | Dropped {
  const { resources } = walk;
  const network = named(resources, 'external-network', gateway.spec.externalNetworkId);
  const elasticIp = elasticIpOf(walk, sender.id, network.id);
  if (!elasticIp) return walk.drop(stage, 'no-elastic-ip', sender.id);
  if (!canReachOutside(resources, binding, network)) {
    return walk.drop(stage, 'no-external-port', binding.spec.hostId, network.id);
  }
  if (!opensOrBelongs(walk, { interface: sender, binding }, elasticIp, packet, 'egress')) {
    return walk.drop(stage, 'untracked', elasticIp.id);
  }
  const { address } = elasticIp.spec;
  walk.note(stage, `${packet.source} becomes ${address}`, elasticIp.id);
  const translated = translateSource(packet, address);
  const nextHop = isInside(network.spec.cidrBlock, packet.destination)
    ? packet.destination
    : network.spec.gateway;
  if (nextHop === undefined) return walk.drop('external network', 'no-next-hop', network.id);
  const source = publicMac(elasticIp);
  if (packet.destination === address) return walk.drop(stage, 'to-itself', elasticIp.id);
  const target = reachableAddress(walk, network, nextHop);
  if (target && isTooLarge(translated)) {
    walk.leftOpen = 'a packet between elastic IPs is larger than the MTU inside a VPC';
  }
  if (target)
    return receiveOutside(
      walk,
      network,
      { source, destination: publicMac(target), content: translated },
      translated,
    );
  walk.note('external network', `sent to ${nextHop}`, network.id);
  return {
    type: 'sent-outside',
    externalNetworkId: network.id,
    nextHop,
    frame: { source, content: translated },
  };
}

/**
 * From outside: the elastic IP becomes the private address. Who sends from outside is in no security group, and has no
 * address of the VPC (RFC 2827). The elastic IP itself says that a packet is too large, before anything else is asked.
 */
export function receiveOutside(
  walk: Walk,
  network: ResourceOf<'external-network'>,
  frame: Frame,
  packet: Ipv4,
): Delivered | Answered | Dropped {
  const { resources } = walk;
  const elasticIp = reachableAddress(walk, network, packet.destination);
  if (!elasticIp) return walk.drop(stage, 'unknown-public-address', network.id);
  if (frame.destination !== publicMac(elasticIp)) return walk.drop(stage, 'wrong-mac', elasticIp.id);
  const owner = named(resources, 'network-interface', elasticIp.spec.networkInterfaceId as string);
  const vpc = named(resources, 'vpc', owner.spec.vpcId);
  if (isInside(vpc.spec.cidrBlock, packet.source)) return walk.drop(stage, 'private-source', vpc.id);
  if (isTooLarge(packet)) {
    const voice = { address: packet.destination, mac: frame.destination, receiver: frame.source };
    return tooLarge(walk, voice, packet) ?? walk.drop(stage, 'too-large', elasticIp.id);
  }
  const receiver = { interface: owner, binding: bindingOf(resources, owner.id) as ResourceOf<'binding'> };
  const forwarded = takeHop(packet);
  if (!forwarded) return walk.drop(stage, 'ttl-exceeded', elasticIp.id);
  const translated = translateDestination(forwarded, owner.spec.privateAddress);
  if (!opensOrBelongs(walk, receiver, elasticIp, translated, 'ingress')) {
    return walk.drop(stage, 'untracked', elasticIp.id);
  }
  walk.note(stage, `${packet.destination} becomes ${owner.spec.privateAddress}`, elasticIp.id);
  const judged = judge(walk, receiver, translated, 'ingress', []);
  if (judged) return judged;
  const subnet = named(resources, 'subnet', owner.spec.subnetId);
  const arriving = { source: routerMac(subnet), destination: owner.spec.macAddress, content: translated };
  return { type: 'delivered', interfaceId: owner.id, frame: arriving };
}

function elasticIpOf(
  { resources }: Walk,
  interfaceId: string,
  externalNetworkId: string,
): ResourceOf<'elastic-ip'> | undefined {
  for (const one of resources['elastic-ip'].values()) {
    const { spec } = one;
    if (spec.networkInterfaceId === interfaceId && spec.externalNetworkId === externalNetworkId) return one;
  }
  return undefined;
}

/**
 * A translated connection is remembered by the address, too, so that one from before the address came does not go on under
 * it half-way.
 */
function opensOrBelongs(
  walk: Walk,
  { binding }: End,
  elasticIp: ResourceOf<'elastic-ip'>,
  packet: Ipv4,
  direction: 'egress' | 'ingress',
): boolean {
  const seen = track(walk.connections, addressTracker(binding.id, elasticIp.id), packet, direction);
  walk.connections = seen.connections;
  if (!seen.tracked) return false;
  walk.connections = remember(walk.connections, seen.tracked.key, seen.tracked.connection);
  return true;
}

/**
 * What an ICMP error quotes is translated the other way, so that the quoted packet looks as its sender sent it (RFC 5508,
 * section 4).
 */
function translateSource(packet: Ipv4, source: string): Ipv4 {
  return { ...packet, source, payload: translateQuoted(packet, 'destination', source) };
}

function translateDestination(packet: Ipv4, destination: string): Ipv4 {
  return { ...packet, destination, payload: translateQuoted(packet, 'source', destination) };
}

function translateQuoted(
  { payload }: Ipv4,
  side: 'source' | 'destination',
  address: string,
): Ipv4['payload'] {
  const { quoted } = payload as Icmp;
  return quoted ? { ...(payload as Icmp), quoted: { ...quoted, [side]: address } } : payload;
}
