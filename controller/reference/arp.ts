import type { ResourceOf } from '../resources/index.ts';
import { serviceAddresses, servicesMac } from './host-services.ts';
import type { Answered, Dropped } from './outcome.ts';
import type { Arp, Frame } from './packet.ts';
import {
  bindingOf,
  isInside,
  natGatewayAt,
  natGatewayMac,
  publicMac,
  receiverAt,
  routerAddress,
  routerMac,
  translatorOf,
} from './resources.ts';
import type { Walk } from './walk.ts';

const stage = 'ARP';

/**
 * ARP inside a VPC is answered by the cloud and reaches nobody.
 *
 * AWS, "VPC and subnets": there is no broadcast in a VPC; a mapping service knows who has which address. A VM may ask for
 * the router and for the interfaces of its subnet. A probe for its own address must stay unanswered, or it would take the
 * address for a duplicate (RFC 5227, section 2.1.1).
 */
export function answerArp(
  walk: Walk,
  sender: ResourceOf<'network-interface'>,
  subnet: ResourceOf<'subnet'>,
  arp: Arp,
): Answered | Dropped {
  const { resources } = walk;
  const { targetAddress } = arp;
  if (arp.operation !== 'request') return walk.drop(stage, 'arp-unanswered', sender.id);
  if (targetAddress === routerAddress(subnet)) return answer(walk, arp, routerMac(subnet), subnet.id);
  if (serviceAddresses(walk, subnet.spec.vpcId).includes(targetAddress)) {
    return answer(walk, arp, servicesMac, subnet.spec.vpcId);
  }
  if (!isInside(subnet.spec.cidrBlock, targetAddress)) return walk.drop(stage, 'arp-unanswered', subnet.id);
  const gateway = natGatewayAt(resources, subnet.spec.vpcId, targetAddress);
  if (gateway && resources.placement.has(gateway.id)) {
    return answer(walk, arp, natGatewayMac(gateway), gateway.id);
  }
  const target = receiverAt(resources, subnet.spec.vpcId, targetAddress);
  if (!target || target.interface.id === sender.id || !bindingOf(resources, target.interface.id)) {
    return walk.drop(stage, 'arp-unanswered', target?.interface.id ?? subnet.id);
  }
  return answer(walk, arp, target.mac, target.interface.id);
}

/** ARP from outside: an elastic IP that can be reached is answered for, with the MAC that belongs to it. */
export function answerArpOutside(
  walk: Walk,
  network: ResourceOf<'external-network'>,
  arp: Arp,
): Answered | Dropped {
  const elasticIp = reachableAddress(walk, network, arp.targetAddress);
  if (arp.operation !== 'request' || !elasticIp) return walk.drop(stage, 'arp-unanswered', network.id);
  return answer(walk, arp, publicMac(elasticIp), elasticIp.id);
}

/** The elastic IP with this address, when somebody has it and a host translates it. */
export function reachableAddress(
  { resources }: Walk,
  network: ResourceOf<'external-network'>,
  address: string,
): ResourceOf<'elastic-ip'> | undefined {
  for (const elasticIp of resources['elastic-ip'].values()) {
    if (elasticIp.spec.externalNetworkId !== network.id || elasticIp.spec.address !== address) continue;
    return translatorOf(resources, elasticIp) === undefined ? undefined : elasticIp;
  }
  return undefined;
}

/** RFC 826: the answer swaps the two sides and fills in the MAC that was asked for. */
function answer(walk: Walk, request: Arp, mac: string, resource: string): Answered {
  walk.note(stage, `answered: ${request.targetAddress} is at ${mac}`, resource);
  const frame: Frame = {
    source: mac,
    destination: request.senderMac,
    content: {
      protocol: 'arp',
      operation: 'reply',
      senderMac: mac,
      senderAddress: request.targetAddress,
      targetMac: request.senderMac,
      targetAddress: request.senderAddress,
    },
  };
  return { type: 'answered', by: 'arp', frame };
}
