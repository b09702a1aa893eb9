import { parseCidr, type ResourceOf } from '../resources/index.ts';
import type { Answered, Dropped } from './outcome.ts';
import type { Ipv4 } from './packet.ts';
import { isInside, named } from './resources.ts';
import { type RouterVoice, timeExceeded } from './router-errors.ts';
import type { Walk } from './walk.ts';

const stage = 'route table';

/**
 * RFC 1812, section 5.3.7 (this network, loopback, class E) and 5.2.4.3 (multicast), RFC 3927, section 2.7 (link-local):
 * what a router forwards nowhere, whatever its routes say.
 */
const neverForwarded = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'];

/** Where a route leads. */
export type Way =
  | { readonly type: 'local'; readonly packet: Ipv4 }
  /** Through an interface that passes on what is not its own: a router or firewall in the VPC. */
  | {
      readonly type: 'interface';
      readonly target: ResourceOf<'network-interface'>;
      readonly packet: Ipv4;
    }
  | {
      readonly type: 'internet-gateway';
      readonly gateway: ResourceOf<'internet-gateway'>;
      readonly packet: Ipv4;
    }
  | {
      readonly type: 'nat-gateway';
      readonly gateway: ResourceOf<'nat-gateway'>;
      readonly packet: Ipv4;
    };

/**
 * Sends a packet on by the route table of the sender's subnet.
 *
 * AWS, "Route tables": a subnet without a table of its own uses the main one; every table has a local route for the VPC; the
 * most specific route wins; a route whose target is gone has the state blackhole and drops. What has no time to live left is
 * not looked up (RFC 1812, section 5.3.1).
 *
 * @param voice of the router, where it can tell the sender
 * @param translated whether a NAT gateway sends the packet: from one to another would be a circle
 */
export function route(
  walk: Walk,
  subnet: ResourceOf<'subnet'>,
  packet: Ipv4,
  voice: RouterVoice | undefined,
  translated = false,
): Way | Answered | Dropped {
  const { resources } = walk;
  const vpc = named(resources, 'vpc', subnet.spec.vpcId);
  const table = named(resources, 'route-table', subnet.spec.routeTableId ?? vpc.spec.mainRouteTableId);
  if (neverForwarded.some((range) => isInside(range, packet.destination))) {
    return walk.drop(stage, 'no-route', table.id);
  }
  const forwarded = takeHop(packet);
  if (!forwarded) {
    const told = voice && timeExceeded(walk, voice, packet);
    return told ?? walk.drop(stage, 'ttl-exceeded', table.id);
  }
  const local = { destination: vpc.spec.cidrBlock, target: 'local' };
  const routes = table.spec.routes.flatMap(({ destination, target }) =>
    destination === undefined ? [] : [{ destination, target }],
  );
  const [best] = [local, ...routes]
    .filter(({ destination }) => isInside(destination, packet.destination))
    .sort((a, b) => prefixLength(b.destination) - prefixLength(a.destination));
  if (!best) return walk.drop(stage, 'no-route', table.id);
  if (best.target === 'blackhole') return walk.drop(stage, 'blackhole', table.id);
  const target = resources['network-interface'].get(best.target);
  if (target) return throughInterface(walk, table.id, target, forwarded);
  const natGateway = resources['nat-gateway'].get(best.target);
  const gateway = resources['internet-gateway'].get(best.target);
  if (natGateway && translated) return walk.drop(stage, 'translated-twice', table.id, natGateway.id);
  if (best.target !== 'local' && !natGateway && gateway?.spec.vpcId !== vpc.id) {
    return walk.drop(stage, 'detached-gateway', table.id, best.target);
  }
  walk.note(stage, `${best.destination} leads to ${best.target}`, table.id);
  if (natGateway) return { type: 'nat-gateway', gateway: natGateway, packet: forwarded };
  return gateway
    ? { type: 'internet-gateway', gateway, packet: forwarded }
    : { type: 'local', packet: forwarded };
}

/**
 * AWS, "Source/destination checking" of network interfaces: an interface that routes, translates or filters for others must
 * have it off; otherwise it gets only what is for itself.
 */
function throughInterface(
  walk: Walk,
  tableId: string,
  target: ResourceOf<'network-interface'>,
  packet: Ipv4,
): Way | Dropped {
  if (target.spec.sourceDestinationCheck !== false) {
    return walk.drop(stage, 'checked-target', tableId, target.id);
  }
  walk.note(stage, `leads through ${target.id}`, tableId);
  return { type: 'interface', target, packet };
}

/**
 * RFC 1812, section 5.3.1: a router takes one from the time to live.
 * @returns undefined when nothing is left
 */
export function takeHop(packet: Ipv4): Ipv4 | undefined {
  return packet.timeToLive > 1 ? { ...packet, timeToLive: packet.timeToLive - 1 } : undefined;
}

function prefixLength(cidr: string): number {
  return parseCidr(cidr, 'destination').prefixLength;
}
