import type { Action, FieldMatch } from 'node-openflow';
import {
  call,
  conntrackState,
  type Feature,
  type Flow,
  type FragmentDefinition,
  ipMatch,
  load,
  onFlag,
  onRegister,
  parseNetwork,
  set,
  toNextHop,
} from '../../pipeline/index.ts';
import {
  blocksOf,
  namesPrefixList,
  parseAddress,
  type ResourceOf,
  type Route,
  routeTargetKind,
} from '../../resources/index.ts';
import type { Change } from '../../store/store.ts';
import { peerOver } from '../../topology/peers.ts';
import type { TopologyView } from '../../topology/view.ts';
import { changesIpv4Blocks, changesIpv6Block } from '../vpc/block-change.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';
import { carriesIdentities, changesCrossing } from '../vpc-peering-connection/crossing.ts';
import { edgeFlows } from './edge.ts';
import { isIpv6Network, throughInterface } from './through-interface.ts';

/** Longest prefix first; ten apart, so that the local route can stand between. */
const priorityOf = ({ prefixLength }: { prefixLength: number }) => 1000 + 10 * prefixLength;

type Decision = Pick<Flow, 'actions' | 'goto'>;
const drop: Decision = { actions: [] };

/** Where a route leads: a NAT gateway is sought like an interface, by its private address. */
function decisionOf(network: string, route: Route, vpcId: string, view: TopologyView): Decision {
  const natGateway = view.get('nat-gateway', route.target);
  if (natGateway) {
    const address = parseAddress(natGateway.spec.privateAddress, 'privateAddress');
    return { actions: [{ type: 'decrement-ttl' }, load('nextHop', address)], goto: 'resolve' };
  }
  const peering = peeringOf(route, vpcId, view);
  if (peering) return intoPeer(network, peering);
  const found = gatewayOf(route, vpcId, view);
  if (!found) {
    const through = throughInterface(network, route, view);
    return through ? { actions: [{ type: 'decrement-ttl' }, ...through], goto: 'resolve' } : drop;
  }
  return {
    actions: [{ type: 'decrement-ttl' }, load('externalNetwork', found.network.number as number)],
    goto: 'translate',
  };
}

type Gateway = ResourceOf<'internet-gateway'> | ResourceOf<'egress-only-internet-gateway'>;

/** The gateway that a route leads to, and the network behind it; undefined for a route that drops. */
function gatewayOf(route: Route, vpcId: string, view: TopologyView) {
  const kind = routeTargetKind(route.target);
  if (kind !== 'internet-gateway' && kind !== 'egress-only-internet-gateway') return undefined;
  const gateway: Gateway | undefined = view.get(kind, route.target);
  // A gateway that was detached may serve another VPC now.
  const network =
    gateway?.spec.vpcId === vpcId && view.get('external-network', gateway.spec.externalNetworkId);
  return gateway && network ? { gateway, network } : undefined;
}

/** A packet from outside may answer what left by either gateway, and open a connection by an internet gateway. */
function fromOutside(
  text: string,
  route: Route,
  here: FieldMatch[],
  vpcId: string,
  view: TopologyView,
): Flow[] {
  if (!isIpv6Network(text)) return [];
  const network = parseNetwork(text);
  const match = ipMatch('src', network);
  const stage = 'public-check';
  const priority = priorityOf(network);
  const drop: Flow = { stage, priority, match: [...here, ...match], actions: [] };
  const found = gatewayOf(route, vpcId, view);
  if (!found) return [drop];
  const { gateway, network: outside } = found;
  const from = onRegister('externalNetwork', outside.number as number);
  const replies = gateway.kind === 'internet-gateway' ? [] : [conntrackState(['rpl'], ['inv'])];
  const pass: Flow = {
    stage,
    priority: priority + 1,
    match: [...here, from, ...match, ...replies],
    actions: [],
    goto: 'locate',
  };
  return [drop, pass];
}

/** From one NAT gateway to another, or back to itself, would be a circle. */
function notTwice(route: Route, { stage, priority, match }: Flow): Flow[] {
  if (routeTargetKind(route.target) !== 'nat-gateway') return [];
  return [{ stage, priority: priority + 1, match: [onFlag('translated'), ...match], ...drop }];
}

/** The peering connection that a route leads to, with the VPC beyond; undefined when it is not active. */
function peeringOf({ target }: Route, vpcId: string, view: TopologyView) {
  if (routeTargetKind(target) !== 'vpc-peering-connection') return undefined;
  const connection = view.get('vpc-peering-connection', target);
  const peer = connection && peerOver(view, connection, vpcId);
  return peer && { peer, isCrossed: carriesIdentities(view, connection) };
}

/** Into the peer: its subnets and interfaces, and never its routes, so that nothing goes on to a third VPC. */
function intoPeer(network: string, { peer, isCrossed }: NonNullable<ReturnType<typeof peeringOf>>): Decision {
  return {
    actions: [
      { type: 'decrement-ttl' },
      ...(isCrossed ? [] : [load('ownIdentity', 0)]),
      set('metadata', BigInt(peer.number as number)),
      toNextHop(parseNetwork(network)),
    ],
    goto: 'route-local',
  };
}

/**
 * Where the identity of a destination is looked up: there where its route leads, in the peer's flows, which are not
 * copied. Needed in tables with routes to peers whose groups rules name.
 */
function lookUps(
  vpc: ResourceOf<'vpc'>,
  destinations: Destinations,
  view: TopologyView,
): [string, Action[]][] {
  const lookUp = call('destination-identity');
  const inPeer = (peer: ResourceOf<'vpc'>) => [
    set('metadata', BigInt(peer.number as number)),
    lookUp,
    set('metadata', BigInt(vpc.number as number)),
  ];
  const peers = destinations.map(([network, route]) => {
    const peering = peeringOf(route, vpc.id, view);
    return [network, peering?.isCrossed ? peering.peer : undefined] as const;
  });
  if (!peers.some(([, peer]) => peer)) return [];
  return [
    ...localBlocks(vpc, destinations).map((block): [string, Action[]] => [block, [lookUp]]),
    ...peers.map(([network, peer]): [string, Action[]] => [network, peer ? inPeer(peer) : [lookUp]]),
  ];
}

/** Each network with its route. */
type Destinations = readonly (readonly [network: string, route: Route])[];

/** The blocks of the VPC that lead to no interface instead of being local. */
function localBlocks(vpc: ResourceOf<'vpc'>, destinations: Destinations): string[] {
  const routed = new Set(destinations.map(([network]) => network));
  return blocksOf(vpc).filter((block) => !routed.has(block));
}

/**
 * AWS, "Route priority and prefix lists": a route to a network itself stands before one by a prefix list, and of two
 * lists one is chosen for good: here the one that stands first in the table.
 */
function destinationsOf(
  { spec: { routes } }: ResourceOf<'route-table'>,
  vpc: ResourceOf<'vpc'>,
  view: TopologyView,
): Destinations {
  const result = new Map<string, Route>();
  const lists: (readonly [ResourceOf<'prefix-list'>, Route])[] = [];
  for (const route of routes) {
    const destination = (route.destination ?? route.destinationIpv6) as string;
    if (!namesPrefixList(destination)) result.set(destination, route);
    const list = view.get('prefix-list', destination);
    if (list) lists.push([list, route]);
  }
  const local = new Set(blocksOf(vpc));
  for (const [list, route] of lists) {
    for (const { cidr } of list.spec.entries) {
      if (!result.has(cidr) && !local.has(cidr)) result.set(cidr, route);
    }
  }
  return [...result];
}

const routes: FragmentDefinition = {
  name: 'route-table.routes',
  code: 30,
  compile(view, id) {
    const table = view.get('route-table', id);
    const vpc = table && view.get('vpc', table.spec.vpcId);
    if (!table || !vpc) return undefined;
    const here = [vpcMatch(vpc), onRegister('routeTable', table.number as number)];
    const flow = (stage: 'route' | 'egress-destination', text: string, then: Decision): Flow => {
      const network = parseNetwork(text);
      return { stage, priority: priorityOf(network), match: [...here, ...ipMatch('dst', network)], ...then };
    };
    const destinations = destinationsOf(table, vpc, view);
    const local = localBlocks(vpc, destinations).map((block) =>
      flow('route', block, {
        actions: [{ type: 'decrement-ttl' }, toNextHop(parseNetwork(block))],
        goto: 'route-local',
      }),
    );
    const others = destinations.flatMap(([network, route]) => {
      const decision = flow('route', network, decisionOf(network, route, vpc.id, view));
      return [decision, ...notTwice(route, decision), ...fromOutside(network, route, here, vpc.id, view)];
    });
    const identities = lookUps(vpc, destinations, view).map(([network, actions]) =>
      flow('egress-destination', network, { actions, goto: 'egress-track' }),
    );
    return {
      scope: vpcScope(vpc),
      number: table.number as number,
      flows: [...local, ...others, ...identities, ...edgeFlows(table, vpc, destinations, view)],
    };
  },
};

/** Tables with routes over a connection that begins or ceases to carry identities. */
function* tablesOfCrossing({ before, after }: Change, view: TopologyView) {
  const { status } = (after ?? before) as ResourceOf<'security-group-rule'>;
  const id = status.vpcPeeringConnectionId;
  const connection = id && view.get('vpc-peering-connection', id);
  if (!connection || !changesCrossing(connection, after !== undefined, view)) return;
  for (const table of view.referrers(connection, 'route-target', 'route-table')) {
    yield { definition: routes, id: table.id };
  }
}

/** Kinds that routes name, and by what edge. */
const named = {
  'internet-gateway': 'route-target',
  'egress-only-internet-gateway': 'route-target',
  'vpc-peering-connection': 'route-target',
  'nat-gateway': 'route-target',
  'network-interface': 'route-target',
  'prefix-list': 'uses-prefix-list',
} as const;

/** Route tables: longest prefix by priority. A route whose target is gone drops, as AWS's blackhole state does. */
export const routeTableFeature: Feature = {
  name: 'route-table',
  fragments: [routes],
  *affected(change, view) {
    const { kind, id, before, after } = change;
    if (kind === 'route-table') yield { definition: routes, id };
    const edge = named[kind as keyof typeof named];
    for (const table of edge ? view.referrers(change, edge, 'route-table') : []) {
      yield { definition: routes, id: table.id };
    }
    if (kind === 'security-group-rule') yield* tablesOfCrossing(change, view);
    if (kind === 'vpc' && (changesIpv6Block(before, after) || changesIpv4Blocks(before, after))) {
      for (const table of view.referrers(change, 'in-vpc', 'route-table')) {
        yield { definition: routes, id: table.id };
      }
    }
  },
};
