import { interfaceMtu, type ResourceOf } from '../resources/index.ts';
import type { Advertised, Answered, Dropped } from './outcome.ts';
import { discovery, discoveryType, type Frame, type Icmp, type Ip, type Neighbour } from './packet.ts';
import { publicInterfaceAt } from './public-ipv6.ts';
import {
  bindingOf,
  isInside,
  publicInterfaceMac,
  receiverAt,
  routerAddress,
  routerMac,
} from './resources.ts';
import { ipv6SettingsOf } from './router-services.ts';
import type { Walk } from './walk.ts';

const stage = 'neighbour discovery';
/** RFC 4291, section 2.7.1. */
const allRouters = 'ff02::2';

/**
 * Neighbour discovery (RFC 4861) inside a VPC is answered by the cloud and reaches nobody, as ARP: for the router and for the
 * interfaces of the subnet. Who asks for its own address, or has none yet, is probing for a duplicate (RFC 4862, section 5.4.3),
 * and there is none: everybody uses only what it was given. A router solicitation is answered by what the router tells.
 *
 * @returns undefined for any other packet
 */
export function answerDiscovery(
  walk: Walk,
  sender: ResourceOf<'network-interface'>,
  subnet: ResourceOf<'subnet'>,
  frame: Frame,
  packet: Ip,
): Answered | Advertised | Dropped | undefined {
  const type = discoveryType(packet);
  if (type === undefined) return undefined;
  const { ipv6CidrBlock: prefix } = subnet.spec;
  const { neighbour } = packet.payload as Icmp;
  if (prefix !== undefined && type === 'routerSolicitation' && packet.destination === allRouters) {
    walk.note(stage, 'answered: the router', subnet.id);
    const { domainName, nameServers } = ipv6SettingsOf(walk, subnet);
    const router = { mac: routerMac(subnet), prefix, mtu: interfaceMtu, domainName, nameServers };
    return { type: 'answered', by: 'router-advertisement', router };
  }
  if (prefix !== undefined && type === 'neighbourSolicitation' && neighbour && packet.source !== '::') {
    const { target } = neighbour;
    if (target === routerAddress(subnet, 'ipv6')) return answer(walk, frame, packet, routerMac(subnet), true);
    const owner = isInside(prefix, target)
      ? receiverAt(walk.resources, subnet.spec.vpcId, target)
      : undefined;
    if (owner && owner.interface.id !== sender.id && bindingOf(walk.resources, owner.interface.id)) {
      return answer(walk, frame, packet, owner.mac, false);
    }
  }
  return walk.drop(stage, 'nd-unanswered', sender.id);
}

/** Neighbour discovery from outside: an IPv6 address that is public there is answered for. */
export function answerDiscoveryOutside(
  walk: Walk,
  network: ResourceOf<'external-network'>,
  frame: Frame,
  packet: Ip,
): Answered | Dropped {
  const { neighbour } = packet.payload as Icmp;
  const owner = neighbour && publicInterfaceAt(walk, network, neighbour.target);
  if (!owner || discoveryType(packet) !== 'neighbourSolicitation' || packet.source === '::') {
    return walk.drop(stage, 'nd-unanswered', network.id);
  }
  return answer(walk, frame, packet, publicInterfaceMac(owner), false);
}

/** RFC 4861, section 7.2.4: the advertisement that answers a solicitation. */
function answer(walk: Walk, { source }: Frame, question: Ip, mac: string, isRouter: boolean): Answered {
  const { target } = (question.payload as Icmp).neighbour as Neighbour;
  walk.note(stage, `answered: ${target} is at ${mac}`);
  const flags = isRouter
    ? (['router', 'solicited', 'override'] as const)
    : (['solicited', 'override'] as const);
  const content: Ip = {
    protocol: 'ipv6',
    source: target,
    destination: question.source,
    timeToLive: 255,
    payload: {
      protocol: 'icmpv6',
      type: discovery.neighbourAdvertisement,
      code: 0,
      neighbour: { target, mac, flags },
    },
  };
  return {
    type: 'answered',
    by: 'neighbour-discovery',
    frame: { source: mac, destination: source, content },
  };
}
