import { namesPrefixList, type ResourceOf, routeTargetKind } from '../resources/index.ts';
import type { Answered, Dropped } from './outcome.ts';
import type { Ip } from './packet.ts';
import { peerOver } from './peering.ts';
import { blocksOf, edgeTableOf, hasIpv6, isInside, named, type Resources } from './resources.ts';
import { type RouterVoice, timeExceeded } from './router-errors.ts';
import type { Walk } from './walk.ts';

const stage = 'route table';

/**
 * RFC 1812, section 5.3.7 (this network, loopback, class E) and 5.2.4.3 (multicast), RFC 3927, section 2.7 (link-local):
 * what a router forwards nowhere, whatever its routes say.
 */
const neverForwardedIpv4 = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'];
/**
 * The same in IPv6: unspecified, loopback and link-local addresses (RFC 4291, section 2.5), IPv4 addresses in disguise (RFC
 * 5156, section 2.2) and groups; and AWS, "Configure route tables": fd00:ec2::/32 is reserved for services like DNS.
 */
const neverForwardedIpv6 = ['::/127', '::ffff:0:0/96', 'fd00:ec2::/32', 'fe80::/10', 'ff00::/8'];
const neverForwarded = [...neverForwardedIpv4, ...neverForwardedIpv6];

/** RFC 4291, section 2.5: what is from such an address is not forwarded either. */
export function isUnroutableSource({ source }: Ip): boolean {
  return neverForwardedIpv6.some((range) => isInside(range, source));
}

/** Where a route leads. */
export type Way =
  | { readonly type: 'local'; readonly packet: Ip }
  /** Through an interface that passes on what is not its own: a router or firewall in the VPC. */
  | {
      readonly type: 'interface';
      readonly target: ResourceOf<'network-interface'>;
      readonly packet: Ip;
    }
  | {
      readonly type: 'peering';
      readonly connection: ResourceOf<'vpc-peering-connection'>;
      readonly vpc: ResourceOf<'vpc'>;
      readonly packet: Ip;
    }
  | {
      readonly type: 'internet-gateway';
      readonly gateway: ResourceOf<'internet-gateway'> | ResourceOf<'egress-only-internet-gateway'>;
      readonly packet: Ip;
    }
  | {
      readonly type: 'nat-gateway';
      readonly gateway: ResourceOf<'nat-gateway'>;
      readonly packet: Ip;
    };

interface Destination {
  readonly network: string;
  readonly target: string;
  /** The prefix list that the network is of, if the route names one. */
  readonly list?: string;
}

/**
 * The route for an address by the table of a subnet.
 *
 * AWS, "Route tables": a subnet without a table of its own uses the main one; every table has a local route for each block of the VPC; the
 * most specific route wins. "Route priority and prefix lists": a route to a network itself stands before one by a prefix
 * list; of two lists with one network, AWS chooses one for good, and here it is the one that stands first.
 */
export function routeFor(
  resources: Resources,
  subnet: ResourceOf<'subnet'>,
  address: string,
): { readonly table: ResourceOf<'route-table'>; readonly best: Destination | undefined } {
  const vpc = named(resources, 'vpc', subnet.spec.vpcId);
  const table = named(resources, 'route-table', subnet.spec.routeTableId ?? vpc.spec.mainRouteTableId);
  return { table, best: longestPrefix(resources, table, vpc, address) };
}

/**
 * The most specific route of a table. AWS, "Replace or restore the target for a local route": a route to a whole block of the
 * VPC takes the place of the local one.
 */
function longestPrefix(
  resources: Resources,
  table: ResourceOf<'route-table'>,
  vpc: ResourceOf<'vpc'>,
  address: string,
): Destination | undefined {
  const { routes } = table.spec;
  const all = routes.map(({ destination, destinationIpv6, target }) => ({
    destination: (destination ?? destinationIpv6) as string,
    target,
  }));
  const direct = all.filter(({ destination }) => !namesPrefixList(destination));
  const byList = all.filter(({ destination }) => namesPrefixList(destination));
  const [best] = [
    ...direct.map(({ destination, target }) => ({ network: destination, target })),
    ...blocksOf(vpc).map((network) => ({ network, target: 'local' })),
    ...byList.flatMap(({ destination, target }) =>
      named(resources, 'prefix-list', destination).spec.entries.map(({ cidr }) => ({
        network: cidr,
        target,
        list: destination,
      })),
    ),
  ]
    .filter(({ network }) => isInside(network, address))
    .sort((a, b) => prefixLength(b.network) - prefixLength(a.network));
  return best;
}

/**
 * Where a packet goes that has come in from a network outside, under the private address in IPv4.
 *
 * AWS, "Gateway route tables": routes of the table that is associated with the internet gateway lead to network interfaces of
 * middleboxes, and all other packets to who has their destination.
 *
 * @returns undefined when it goes to the destination
 */
export function routeInward(
  walk: Walk,
  vpcId: string,
  externalNetworkId: string,
  packet: Ip,
): Extract<Way, { type: 'interface' }> | Dropped | undefined {
  const { resources } = walk;
  const table = edgeTableOf(resources, vpcId, externalNetworkId);
  if (!table) return undefined;
  const best = longestPrefix(resources, table, named(resources, 'vpc', vpcId), packet.destination);
  if (!best || best.target === 'local') return undefined;
  const target = resources['network-interface'].get(best.target);
  if (!target) return walk.drop('internet gateway', 'blackhole', table.id, best.target);
  return throughInterface(walk, table.id, target, packet, 'internet gateway');
}

/**
 * Sends a packet on by the route table of the sender's subnet.
 *
 * AWS, "Route tables": a route whose target is gone has the state blackhole and drops. "VPC peering limitations": peering is
 * not transitive; a packet that has crossed ends in the VPC beyond, or nowhere.
 * What has no time to live left is not looked up (RFC 1812, section 5.3.1).
 *
 * @param voice of the router, where it can tell the sender
 * @param translated whether a NAT gateway sends the packet: from one to another would be a circle
 */
export function route(
  walk: Walk,
  subnet: ResourceOf<'subnet'>,
  packet: Ip,
  voice: RouterVoice | undefined,
  translated = false,
): Way | Answered | Dropped {
  const { resources } = walk;
  const { vpcId } = subnet.spec;
  const { table, best } = routeFor(resources, subnet, packet.destination);
  if (neverForwarded.some((range) => isInside(range, packet.destination))) {
    return walk.drop(stage, 'no-route', table.id);
  }
  if (isUnroutableSource(packet)) return walk.drop(stage, 'unroutable-source', table.id);
  const forwarded = takeHop(packet);
  if (!forwarded) {
    const told = voice && timeExceeded(walk, voice, packet);
    return told ?? walk.drop(stage, 'ttl-exceeded', table.id);
  }
  if (!best) return walk.drop(stage, 'no-route', table.id);
  const { network, target, list } = best;
  if (isGone(resources, target)) return walk.drop(stage, 'blackhole', table.id, target);
  const router = resources['network-interface'].get(target);
  if (router) return throughInterface(walk, table.id, router, forwarded);
  const natGateway = resources['nat-gateway'].get(target);
  if (natGateway && translated) return walk.drop(stage, 'translated-twice', table.id, natGateway.id);
  const way = target === 'local' ? ({ type: 'local' } as const) : throughGateway(resources, target, vpcId);
  if (!way) {
    const isPeering = routeTargetKind(target) === 'vpc-peering-connection';
    return walk.drop(stage, isPeering ? 'inactive-peering' : 'detached-gateway', table.id, target);
  }
  walk.note(stage, `${network}${list ? ` of ${list}` : ''} leads to ${target}`, table.id);
  return { ...way, packet: forwarded };
}

/** Whether nothing is left of what a route leads to. Of peering connections, which say more by their states, see `peerOver`. */
function isGone(resources: Resources, target: string): boolean {
  if (target === 'blackhole') return true;
  const kind = routeTargetKind(target);
  return kind !== undefined && kind !== 'vpc-peering-connection' && !resources[kind].has(target);
}

/** @returns undefined when the target serves the VPC no longer, or not yet */
function throughGateway(resources: Resources, target: string, vpcId: string) {
  const natGateway = resources['nat-gateway'].get(target);
  if (natGateway) return { type: 'nat-gateway', gateway: natGateway } as const;
  const vpc = peerOver(resources, target, vpcId);
  if (vpc) {
    const connection = named(resources, 'vpc-peering-connection', target);
    return { type: 'peering', connection, vpc } as const;
  }
  const gateway =
    resources['internet-gateway'].get(target) ?? resources['egress-only-internet-gateway'].get(target);
  return gateway?.spec.vpcId === vpcId ? ({ type: 'internet-gateway', gateway } as const) : undefined;
}

/**
 * AWS, "Source/destination checking" of network interfaces: an interface that routes, translates or filters for others must
 * have it off; otherwise it gets only what is for itself.
 */
function throughInterface(
  walk: Walk,
  tableId: string,
  target: ResourceOf<'network-interface'>,
  packet: Ip,
  at = stage,
): Extract<Way, { type: 'interface' }> | Dropped {
  if (target.spec.sourceDestinationCheck !== false) {
    return walk.drop(at, 'checked-target', tableId, target.id);
  }
  if (packet.protocol === 'ipv6' && !hasIpv6(target)) return walk.drop(at, 'no-ipv6', tableId, target.id);
  walk.note(at, `leads through ${target.id}`, tableId);
  return { type: 'interface', target, packet };
}

/**
 * RFC 1812, section 5.3.1, and RFC 8200, section 3: a router takes one from the time to live.
 * @returns undefined when nothing is left
 */
export function takeHop(packet: Ip): Ip | undefined {
  return packet.timeToLive > 1 ? { ...packet, timeToLive: packet.timeToLive - 1 } : undefined;
}

function prefixLength(cidr: string): number {
  return Number(cidr.split('/')[1]);
}
