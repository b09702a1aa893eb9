import type { ResourceOf } from '../resources/index.ts';
import { reachableAddress } from './arp.ts';
import { addressTracker, noConnections, remember, type Tracked, track } from './connections.ts';
import { crossTunnel, type Origin, receive } from './delivery.ts';
import { comeBack } from './nat-gateways.ts';
import type { Answered, Delivered, Dropped, SentOutside } from './outcome.ts';
import type { Frame, Ip } from './packet.ts';
import { peersOf } from './peering.ts';
import {
  edgeTableOf,
  interfaceAt,
  isInside,
  isInVpc,
  named,
  natGatewayAt,
  natGatewayOf,
  publicMac,
  type Translator,
  translatorOf,
} from './resources.ts';
import { isTooLarge, tooLarge } from './router-errors.ts';
import { routeInward, takeHop } from './routing.ts';
import { translateDestination, translateSource } from './translation.ts';
import type { Walk } from './walk.ts';

const stage = 'elastic IP';

/** Who may have an elastic IP. */
type Owner = ResourceOf<'network-interface'> | ResourceOf<'nat-gateway'>;

/**
 * Through the internet gateway: the private source becomes the elastic IP.
 *
 * AWS, "Internet gateways": the gateway "logically provides the one-to-one NAT" between private and public address, also for
 * traffic between two public addresses of the same cloud. RFC 1812, section 5.2.4.2: the next hop is the
 * destination itself when it is on the network, else the gateway there.
 */
export function sendOutside(
  walk: Walk,
  origin: Origin,
  sender: Owner,
  gateway: { readonly spec: { readonly externalNetworkId: string } },
  packet: Ip,
): Delivered | SentOutside | Answered | Dropped {
  const { resources } = walk;
  const network = named(resources, 'external-network', gateway.spec.externalNetworkId);
  const elasticIp = elasticIpOf(walk, sender, packet.source, network.id);
  if (!elasticIp) return walk.drop(stage, 'no-elastic-ip', sender.id);
  const translator = translatorOf(resources, elasticIp);
  if (translator === undefined) return walk.drop(stage, 'no-external-port', elasticIp.id, network.id);
  const stuck = crossTunnel(walk, origin, translator.hostId, packet);
  if (stuck) return stuck;
  if (!belongs(walk, translator.name, elasticIp, packet, 'egress')) {
    return walk.drop(stage, 'untracked', elasticIp.id);
  }
  const { address } = elasticIp.spec;
  walk.note(stage, `${packet.source} becomes ${address}${ofSecondary(elasticIp)}`, elasticIp.id);
  const translated = translateSource(packet, address);
  const nextHop = isInside(network.spec.cidrBlock, packet.destination)
    ? packet.destination
    : network.spec.gateway;
  if (nextHop === undefined) return walk.drop('external network', 'no-next-hop', network.id);
  const source = publicMac(elasticIp);
  const target = reachableAddress(walk, network, nextHop);
  if (target && isTooLarge(translated)) {
    walk.leftOpen = 'a packet between elastic IPs is larger than the MTU inside a VPC';
  }
  if (target) {
    const frame = { source, destination: publicMac(target), content: translated };
    return receiveOutside(walk, network, frame, translated);
  }
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
 * address of the VPC or of one that it is peered with (RFC 2827).
 */
export function receiveOutside(
  walk: Walk,
  network: ResourceOf<'external-network'>,
  frame: Frame,
  packet: Ip,
): Delivered | Answered | Dropped {
  const { resources } = walk;
  const elasticIp = reachableAddress(walk, network, packet.destination);
  if (!elasticIp) return walk.drop(stage, 'unknown-public-address', network.id);
  if (frame.destination !== publicMac(elasticIp)) return walk.drop(stage, 'wrong-mac', elasticIp.id);
  const gateway = natGatewayOf(resources, elasticIp);
  const owner = gateway ?? named(resources, 'network-interface', elasticIp.spec.networkInterfaceId as string);
  const vpc = named(resources, 'vpc', owner.spec.vpcId);
  if (isInVpc(vpc, packet.source)) return walk.drop(stage, 'private-source', vpc.id);
  if (isTooLarge(packet)) {
    const voice = { address: packet.destination, mac: frame.destination, receiver: frame.source };
    return tooLarge(walk, voice, packet) ?? walk.drop(stage, 'too-large', elasticIp.id);
  }
  const forwarded = takeHop(packet);
  if (!forwarded) return walk.drop(stage, 'ttl-exceeded', elasticIp.id);
  const privateAddress = elasticIp.spec.privateAddress ?? owner.spec.privateAddress;
  const translated = translateDestination(forwarded, privateAddress);
  const translator = translatorOf(resources, elasticIp) as Translator;
  const mayOpen = gateway === undefined;
  const relation = belongs(walk, translator.name, elasticIp, translated, 'ingress', mayOpen);
  if (!relation) return walk.drop(stage, 'untracked', elasticIp.id);
  if (gateway && relation === 'new') return walk.drop(stage, 'unsolicited', gateway.id);
  if (peersOf(resources, vpc.id).some((peer) => isInVpc(peer, packet.source))) {
    return walk.drop(stage, 'private-source', vpc.id);
  }
  walk.note(stage, `${packet.destination} becomes ${privateAddress}${ofSecondary(elasticIp)}`, elasticIp.id);
  const origin = { vpcId: vpc.id, hostId: translator.hostId, groups: [] };
  const way = routeInward(walk, vpc.id, network.id, translated);
  if (way) return way.type === 'dropped' ? way : receive(walk, origin, way.target, way.packet);
  if (gateway) return comeBack(walk, origin, gateway, translated);
  return receive(walk, origin, owner as ResourceOf<'network-interface'>, translated);
}

/**
 * The elastic IP under which a packet leaves. AWS, "Elastic IP addresses": it is associated with one private address of an
 * interface, the primary one unless another is named; a gateway translates by the address, whoever has passed the packet on. Where
 * translations are remembered is promised of a middlebox to which the gateway's own route table leads.
 */
function elasticIpOf(
  walk: Walk,
  sender: Owner,
  source: string,
  externalNetworkId: string,
): ResourceOf<'elastic-ip'> | undefined {
  const { resources } = walk;
  const { vpcId } = sender.spec;
  const owner =
    sender.kind === 'nat-gateway'
      ? sender
      : (interfaceAt(resources, vpcId, source) ?? natGatewayAt(resources, vpcId, source));
  if (!owner) return undefined;
  const isPromised = owner.id === sender.id || edgeTableOf(resources, vpcId, externalNetworkId) !== undefined;
  for (const one of resources['elastic-ip'].values()) {
    const { networkInterfaceId, privateAddress = owner.spec.privateAddress } = one.spec;
    const isOwn =
      owner.kind === 'nat-gateway'
        ? owner.spec.elasticIpId === one.id
        : networkInterfaceId === owner.id && privateAddress === source;
    if (!isOwn || one.spec.externalNetworkId !== externalNetworkId) continue;
    if (!isPromised) walk.leftOpen = 'a router sends under the elastic IP of another interface';
    return one;
  }
  return undefined;
}

const ofSecondary = ({ spec }: ResourceOf<'elastic-ip'>) =>
  spec.privateAddress === undefined ? '' : ', a secondary address';

/** True when the interface of an elastic IP has more of them. */
function hasOthers({ resources }: Walk, { id, spec }: ResourceOf<'elastic-ip'>): boolean {
  if (spec.networkInterfaceId === undefined) return false;
  return [...resources['elastic-ip'].values()].some(
    (one) => one.id !== id && one.spec.networkInterfaceId === spec.networkInterfaceId,
  );
}

/**
 * A translated connection is remembered by the address, too, so that one from before the address came does not go on under
 * it half-way.
 *
 * @param mayOpen whether a packet of no connection starts to be remembered
 * @returns what the packet is to its connection; undefined when it can have none
 */
function belongs(
  walk: Walk,
  translator: string,
  elasticIp: ResourceOf<'elastic-ip'>,
  packet: Ip,
  direction: 'egress' | 'ingress',
  mayOpen = true,
): Tracked['relation'] | undefined {
  const { connections, tracked } = track(
    walk.connections,
    addressTracker(translator, elasticIp.id),
    packet,
    direction,
  );
  if (hasOthers(walk, elasticIp)) {
    const anew = track(noConnections, addressTracker(translator, elasticIp.id), packet, direction);
    if ((anew.tracked === undefined) !== (tracked === undefined)) {
      walk.leftOpen = 'translations may be forgotten when the interface gets another elastic IP';
    }
  }
  walk.connections = connections;
  if (tracked && (mayOpen || tracked.relation !== 'new')) {
    walk.connections = remember(walk.connections, tracked.key, tracked.connection);
  }
  return tracked?.relation;
}
