import type { FieldMatch, FieldName } from 'node-openflow';
import {
  conntrackState,
  type Feature,
  type Flow,
  type FragmentDefinition,
  flags,
  isIpv4,
  isIpv6,
  load,
  move,
  on,
  onRegister,
  registers,
} from '../../pipeline/index.ts';
import {
  ipv6Netmask,
  netmask,
  parseAddress,
  parseCidr,
  parseIpv6Cidr,
  type ResourceOf,
  type Route,
  routeTargetKind,
} from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { changesIpv6Block } from '../vpc/ipv6-change.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';

/** Longest prefix first; ten apart, so that the local route can stand between. */
const priorityOf = ({ prefixLength }: { prefixLength: number }) => 1000 + 10 * prefixLength;

type Decision = Pick<Flow, 'actions' | 'goto'>;
const drop: Decision = { actions: [] };
const isTranslated = on(registers.flags, 1 << flags.translated, 1 << flags.translated);

/** Where a route leads: a NAT gateway is sought like an interface, by its private address. */
function decisionOf(route: Route, vpcId: string, view: TopologyView): Decision {
  const natGateway = view.get('nat-gateway', route.target);
  if (natGateway) {
    const address = parseAddress(natGateway.spec.privateAddress, 'privateAddress');
    return { actions: [{ type: 'decrement-ttl' }, load('nextHop', address)], goto: 'resolve' };
  }
  const found = gatewayOf(route, vpcId, view);
  if (!found) return drop;
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

/** Matches packets by their destination, or by their source, in a network; both fields of one kind of IP. */
function ipMatch(text: string, side: 'dst' | 'src'): { prefixLength: number; match: FieldMatch[] } {
  if (!text.includes(':')) {
    const { address, prefixLength } = parseCidr(text, 'destination');
    const field = on(`ipv4_${side}`, address, netmask(prefixLength));
    return { prefixLength, match: prefixLength > 0 ? [isIpv4, field] : [isIpv4] };
  }
  const { address, prefixLength } = parseIpv6Cidr(text, 'destinationIpv6');
  const field = on(`ipv6_${side}`, address, ipv6Netmask(prefixLength));
  return { prefixLength, match: prefixLength > 0 ? [isIpv6, field] : [isIpv6] };
}

/** A packet from outside may answer what left by either gateway, and open a connection by an internet gateway. */
function fromOutside(route: Route, here: FieldMatch[], vpcId: string, view: TopologyView): Flow[] {
  if (route.destinationIpv6 === undefined) return [];
  const { prefixLength, match } = ipMatch(route.destinationIpv6, 'src');
  const stage = 'public-check';
  const priority = priorityOf({ prefixLength });
  const drop: Flow = { stage, priority, match: [...here, ...match], actions: [] };
  const found = gatewayOf(route, vpcId, view);
  if (!found) return [drop];
  const { gateway, network } = found;
  const from = onRegister('externalNetwork', network.number as number);
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
  return [{ stage, priority: priority + 1, match: [isTranslated, ...match], ...drop }];
}

const routes: FragmentDefinition = {
  name: 'route-table.routes',
  code: 30,
  compile(view, id) {
    const table = view.get('route-table', id);
    const vpc = table && view.get('vpc', table.spec.vpcId);
    if (!table || !vpc) return undefined;
    const here = [vpcMatch(vpc), onRegister('routeTable', table.number as number)];
    const flow = (text: string, then: Decision): Flow => {
      const { prefixLength, match } = ipMatch(text, 'dst');
      return { stage: 'route', priority: priorityOf({ prefixLength }), match: [...here, ...match], ...then };
    };
    const local = (text: string, destination: FieldName, nextHop: 'nextHop' | 'nextHop6', bits: number) =>
      flow(text, {
        actions: [{ type: 'decrement-ttl' }, move(destination, registers[nextHop], bits)],
        goto: 'route-local',
      });
    const { cidrBlock, ipv6CidrBlock } = vpc.spec;
    const others = table.spec.routes.flatMap((route) => {
      const destination = (route.destination ?? route.destinationIpv6) as string;
      const decision = flow(destination, decisionOf(route, vpc.id, view));
      return [decision, ...notTwice(route, decision), ...fromOutside(route, here, vpc.id, view)];
    });
    return {
      scope: vpcScope(vpc),
      number: table.number as number,
      flows: [
        local(cidrBlock, 'ipv4_dst', 'nextHop', 32),
        ...(ipv6CidrBlock === undefined ? [] : [local(ipv6CidrBlock, 'ipv6_dst', 'nextHop6', 128)]),
        ...others,
      ],
    };
  },
};

/** Route tables: longest prefix by priority. A route whose target is gone drops, as AWS's blackhole state does. */
export const routeTableFeature: Feature = {
  name: 'route-table',
  fragments: [routes],
  *affected(change, view) {
    const { kind, id, before, after } = change;
    if (kind === 'route-table') yield { definition: routes, id };
    // A NAT gateway never changes, and its routes change when it goes.
    if (kind === 'internet-gateway' || kind === 'egress-only-internet-gateway') {
      for (const table of view.referrers(change, 'route-target', 'route-table')) {
        yield { definition: routes, id: table.id };
      }
    }
    if (kind === 'vpc' && changesIpv6Block(before, after)) {
      for (const table of view.referrers(change, 'in-vpc', 'route-table')) {
        yield { definition: routes, id: table.id };
      }
    }
  },
};
