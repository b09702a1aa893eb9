import type { ResourceOf } from '../resources/index.ts';
import { judgeByAcl } from './network-acls.ts';
import type { Answered, Delivered, Dropped } from './outcome.ts';
import type { Ip } from './packet.ts';
import { addressesOf, bindingOf, isOwnAddress, named, receiverAt, routerMac } from './resources.ts';
import { isTooLarge, type RouterVoice, tooLarge } from './router-errors.ts';
import { judge } from './security-groups.ts';
import type { Walk } from './walk.ts';

/** What sends a packet inside of a VPC, its own or a peered one: an interface, a NAT gateway, or whoever is behind an elastic IP. */
export interface Origin {
  /** VPC of the receiver. */
  readonly vpcId: string;
  /** The host that the packet comes from. */
  readonly hostId: string;
  /** The interface, if it is one. */
  readonly interfaceId?: string;
  /** Its security groups as they count in that VPC; what is no interface, or passes on for others, is in none. */
  readonly groups: readonly string[];
  /** Source of a frame that stays in its subnet; a routed one comes from the router of the receiver's subnet. */
  readonly mac?: string;
  /** The router of its subnet, which tells it what is too large for the way to another host. */
  readonly voice?: RouterVoice;
}

/**
 * To the interface of the VPC that has the destination address. Two VPCs may use the same addresses; neither
 * sees the other (AWS, "What is Amazon VPC?": "logically isolated"), unless they are peered.
 */
export function deliver(walk: Walk, origin: Origin, packet: Ip): Delivered | Answered | Dropped {
  const owner = receiverAt(walk.resources, origin.vpcId, packet.destination);
  if (!owner) return walk.drop('delivery', 'no-interface', origin.vpcId);
  const { interface: receiver, mac } = owner;
  if (receiver.id === origin.interfaceId) return walk.drop('delivery', 'to-itself', receiver.id);
  if (!addressesOf(receiver).includes(packet.destination)) {
    const isOwn = isOwnAddress(receiver, packet.destination);
    walk.note('delivery', isOwn ? 'an address of a prefix' : 'a shared address', receiver.id);
  }
  return receive(walk, origin, receiver, packet, mac);
}

/** The way to the receiver, the network ACL of its subnet, its security groups, and into it. */
export function receive(
  walk: Walk,
  origin: Origin,
  receiver: ResourceOf<'network-interface'>,
  packet: Ip,
  mac = receiver.spec.macAddress,
): Delivered | Answered | Dropped {
  const { resources } = walk;
  const binding = bindingOf(resources, receiver.id);
  if (!binding) return walk.drop('delivery', 'receiver-not-bound', receiver.id);
  const stuck = crossTunnel(walk, origin, binding.spec.hostId, packet);
  if (stuck) return stuck;
  const subnet = named(resources, 'subnet', receiver.spec.subnetId);
  const border = () => (origin.mac === undefined ? judgeByAcl(walk, subnet, packet, 'ingress') : undefined);
  const judged = judge(walk, { interface: receiver, binding }, packet, 'ingress', origin.groups, border);
  if (judged) return judged;
  walk.note('delivery', `to ${mac}`, receiver.id);
  const source = origin.mac ?? routerMac(subnet);
  const frame = { source, destination: mac, content: packet };
  return { type: 'delivered', interfaceId: receiver.id, frame };
}

/** @returns what becomes of a packet that is too large for the tunnel; undefined when it gets to the other host */
export function crossTunnel(
  walk: Walk,
  { hostId: from, voice, interfaceId, vpcId }: Origin,
  to: string,
  packet: Ip,
): Answered | Dropped | undefined {
  if (from === to || !isTooLarge(packet)) return undefined;
  const told = voice && tooLarge(walk, voice, packet);
  return told ?? walk.drop('tunnel', 'too-large', interfaceId ?? vpcId);
}
