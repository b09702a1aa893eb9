import type { ResourceOf } from '../resources/index.ts';
import { answerArp, answerArpOutside } from './arp.ts';
import type { Connections } from './connections.ts';
import type { Origin } from './delivery.ts';
import { answerService } from './host-services.ts';
import { sendInside } from './nat-gateways.ts';
import { answerDiscovery, answerDiscoveryOutside } from './neighbour-discovery.ts';
import { judgeByAcl } from './network-acls.ts';
import { sendOnward } from './onward.ts';
import type { Outcome, Step } from './outcome.ts';
import { discoveryType, type Frame, type Ip, isGroupMac, type ReferencePacket } from './packet.ts';
import { groupsAcross, peerOver } from './peering.ts';
import { receiveOutside } from './public-addresses.ts';
import { receivePublic } from './public-ipv6.ts';
import {
  bindingOf,
  hasIpv6,
  isInside,
  named,
  type Resources,
  receiverAt,
  routerAddress,
  routerMac,
} from './resources.ts';
import { answerDhcp, answerDhcpV6, answerEcho } from './router-services.ts';
import { routeFor } from './routing.ts';
import { type End, judge } from './security-groups.ts';
import { announced } from './shared-addresses.ts';
import { checkSource } from './source-check.ts';
import { Walk } from './walk.ts';

/** What became of a packet, why, and the connections after it. */
export interface Evaluation {
  readonly outcome: Outcome;
  readonly steps: readonly Step[];
  readonly connections: Connections;
  /** Why the outcome may be another one, in the few cases that this specification leaves open. */
  readonly leftOpen?: string;
}

/**
 * What the cloud does with one packet. Pure: the same resources, packet and connections always give the same answer.
 *
 * @param connections those that the evaluation of the packet before has returned; `noConnections` at the start
 * @throws Error when the packet enters at an interface or a network that is not there
 */
export function evaluate(
  resources: Resources,
  packet: ReferencePacket,
  connections: Connections,
): Evaluation {
  const walk = new Walk(resources, connections);
  const outcome =
    'interfaceId' in packet.from
      ? fromInterface(walk, named(resources, 'network-interface', packet.from.interfaceId), packet)
      : fromOutside(walk, named(resources, 'external-network', packet.from.externalNetworkId), packet);
  const outside =
    outcome.type === 'sent-outside'
      ? outcome.externalNetworkId
      : 'externalNetworkId' in packet.from && packet.from.externalNetworkId;
  const { steps, leftOpen } = walk;
  return {
    outcome: outside ? tagged(outcome, named(resources, 'external-network', outside)) : outcome,
    steps,
    connections: walk.connections,
    ...(leftOpen ? { leftOpen } : {}),
  };
}

/** What goes to a network outside has the tag of its VLAN. */
function tagged(outcome: Outcome, { spec: { vlan } }: ResourceOf<'external-network'>): Outcome {
  if (vlan === undefined) return outcome;
  if (outcome.type === 'sent-outside') return { ...outcome, frame: { ...outcome.frame, vlan } };
  if (outcome.type !== 'answered' || !('frame' in outcome)) return outcome;
  return { ...outcome, frame: { ...outcome.frame, vlan } };
}

function fromOutside(walk: Walk, network: ResourceOf<'external-network'>, frame: Frame): Outcome {
  const { content } = frame;
  if (frame.vlan !== network.spec.vlan) return walk.drop('external network', 'vlan-tag', network.id);
  if (content.protocol === 'arp') return answerArpOutside(walk, network, content);
  if (content.protocol === 'ipv4') return receiveOutside(walk, network, frame, content);
  if (content.protocol !== 'ipv6') return walk.drop('external network', 'unsupported-protocol', network.id);
  return discoveryType(content)
    ? answerDiscoveryOutside(walk, network, frame, content)
    : receivePublic(walk, network, frame, content);
}

function fromInterface(walk: Walk, sender: ResourceOf<'network-interface'>, frame: Frame): Outcome {
  const { resources } = walk;
  const binding = bindingOf(resources, sender.id);
  if (!binding) return walk.drop('binding', 'sender-not-bound', sender.id);
  if (frame.vlan !== undefined) return walk.drop('binding', 'vlan-tag', sender.id);
  const subnet = named(resources, 'subnet', sender.spec.subnetId);
  const told = announced(walk, sender, frame);
  if (told) return told;
  const spoofed = checkSource(walk, sender, subnet, frame);
  if (spoofed) return spoofed;
  const { content } = frame;
  if (content.protocol === 'arp') return answerArp(walk, sender, subnet, content);
  const packet = content as Ip;
  const found = answerDiscovery(walk, sender, subnet, frame, packet);
  if (found) return found;
  const offered = answerDhcp(walk, sender, subnet, packet) ?? answerDhcpV6(walk, sender, subnet, packet);
  if (offered) return offered;
  const served = answerService(walk, { interface: sender, binding }, subnet, frame, packet);
  if (served) return served;
  return sendPacket(walk, { interface: sender, binding }, subnet, frame, packet);
}

/**
 * AWS, "VPC and subnets": broadcast and multicast are not supported. A frame for the router is routed; one for somebody
 * else stays in the subnet, where the IP address decides who gets it. A subnet without an IPv6 block has no IPv6.
 */
function sendPacket(
  walk: Walk,
  sender: End,
  subnet: ResourceOf<'subnet'>,
  frame: Frame,
  packet: Ip,
): Outcome {
  const stage = 'subnet';
  if (isGroupMac(frame.destination)) return walk.drop(stage, 'broadcast', subnet.id);
  const routed = frame.destination === routerMac(subnet);
  const { protocol } = packet;
  const block = protocol === 'ipv4' ? subnet.spec.cidrBlock : subnet.spec.ipv6CidrBlock;
  if (block === undefined) return walk.drop(stage, 'no-ipv6', subnet.id);
  if (!routed && !isInside(block, packet.destination)) {
    return walk.drop(stage, 'wrong-mac', subnet.id);
  }
  const echo = routed ? answerEcho(walk, subnet, frame, packet) : undefined;
  if (echo) return echo;
  walk.note(stage, routed ? 'for the router' : 'inside of the subnet', subnet.id);

  const peerGroups = groupsBehind(walk.resources, subnet, packet.destination, routed);
  const judged = judge(walk, sender, packet, 'egress', peerGroups);
  if (judged) return judged;
  const { macAddress } = sender.interface.spec;
  const origin: Origin = {
    vpcId: subnet.spec.vpcId,
    hostId: sender.binding.spec.hostId,
    interfaceId: sender.interface.id,
    groups: groupsOfSource(walk, sender, packet),
    ...(protocol === 'ipv4' || hasIpv6(sender.interface)
      ? { voice: { address: routerAddress(subnet, protocol), mac: routerMac(subnet), receiver: macAddress } }
      : {}),
  };
  if (!routed) return sendInside(walk, { ...origin, mac: frame.source }, packet);
  const denied = judgeByAcl(walk, subnet, packet, 'egress');
  return denied ?? sendOnward(walk, origin, sender.interface, packet);
}

/**
 * AWS, "Security group rules": a rule that names a group "allows traffic based on the private IP addresses of the resources
 * associated with" it, and of traffic that an appliance passes on between two instances: "if you reference the security group of
 * the other instance as the source, this does not allow traffic to flow". So what an interface sends from an address that it
 * does not have is in nobody's groups.
 */
function groupsOfSource(walk: Walk, { interface: sender }: End, { source }: Ip): readonly string[] {
  const { vpcId, securityGroupIds } = sender.spec;
  if (receiverAt(walk.resources, vpcId, source)?.interface.id === sender.id) return securityGroupIds;
  walk.note('source check', 'for rules that name groups, from nobody', sender.id);
  return [];
}

/** The groups of who has the destination: in the VPC, or in the one to which the route leads. */
function groupsBehind(
  resources: Resources,
  subnet: ResourceOf<'subnet'>,
  address: string,
  routed: boolean,
): readonly string[] {
  const { vpcId } = subnet.spec;
  const target = routed ? routeFor(resources, subnet, address).best?.target : undefined;
  const peer = target === undefined ? undefined : peerOver(resources, target, vpcId);
  if (target === undefined || !peer) {
    return receiverAt(resources, vpcId, address)?.interface.spec.securityGroupIds ?? [];
  }
  const connection = named(resources, 'vpc-peering-connection', target);
  return groupsAcross(
    resources,
    connection,
    receiverAt(resources, peer.id, address)?.interface.spec.securityGroupIds ?? [],
  );
}
