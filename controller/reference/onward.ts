import type { ResourceOf } from '../resources/index.ts';
import { type Origin, receive } from './delivery.ts';
import { sendInside, translate } from './nat-gateways.ts';
import type { Answered, Delivered, Dropped, SentOutside } from './outcome.ts';
import type { Ip } from './packet.ts';
import { groupsAcross } from './peering.ts';
import { sendOutside } from './public-addresses.ts';
import { sendPublic } from './public-ipv6.ts';
import { named } from './resources.ts';
import { route } from './routing.ts';
import type { Walk } from './walk.ts';

/** Somebody who sends by a route table, and what a public address may belong to. */
export type Sender = ResourceOf<'network-interface'> | ResourceOf<'nat-gateway'>;

/**
 * By the route table of the sender's subnet. Through a NAT gateway, the table of the gateway's subnet decides once more
 * (AWS, "NAT gateways": a public one is in a public subnet, whose route leads to the internet gateway).
 */
export function sendOnward(
  walk: Walk,
  origin: Origin,
  sender: Sender,
  packet: Ip,
): Delivered | SentOutside | Answered | Dropped {
  const subnet = named(walk.resources, 'subnet', sender.spec.subnetId);
  const way = route(walk, subnet, packet, origin.voice, sender.kind === 'nat-gateway');
  switch (way.type) {
    case 'dropped':
    case 'answered':
      return way;
    case 'local':
      return sendInside(walk, origin, way.packet);
    case 'peering': {
      const groups = groupsAcross(walk.resources, way.connection, origin.groups);
      return sendInside(walk, { ...origin, vpcId: way.vpc.id, groups }, way.packet);
    }
    case 'interface':
      return passThrough(walk, origin, way.target, way.packet);
    case 'internet-gateway':
      return way.packet.protocol === 'ipv6'
        ? sendPublic(walk, sender as ResourceOf<'network-interface'>, way.gateway, way.packet)
        : sendOutside(walk, origin, sender, way.gateway, way.packet);
    case 'nat-gateway': {
      const translated = translate(walk, origin, way.gateway, way.packet);
      if (translated.type !== 'translated') return translated;
      const { hostId } = translated;
      return sendOnward(walk, { vpcId: origin.vpcId, hostId, groups: [] }, way.gateway, translated.packet);
    }
  }
}

/** To an interface that routes for others: it gets what is for somebody else. */
function passThrough(
  walk: Walk,
  origin: Origin,
  target: ResourceOf<'network-interface'>,
  packet: Ip,
): Delivered | Answered | Dropped {
  if (target.id === origin.interfaceId) return walk.drop('delivery', 'to-itself', target.id);
  return receive(walk, origin, target, packet);
}
