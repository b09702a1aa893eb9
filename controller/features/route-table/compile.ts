import {
  type Feature,
  type Flow,
  type FragmentDefinition,
  isIpv4,
  load,
  move,
  on,
  onRegister,
  registers,
} from '../../pipeline/index.ts';
import { type Ipv4Network, netmask, parseCidr, type Route } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';

/** Longest prefix first; ten apart, so that the local route can stand between. */
const priorityOf = (network: Ipv4Network) => 1000 + 10 * network.prefixLength;

function targetOf(route: Route, vpcId: string, view: TopologyView): Pick<Flow, 'actions' | 'goto'> {
  const gateway = route.target.startsWith('igw-') ? view.get('internet-gateway', route.target) : undefined;
  // A gateway that was detached may serve another VPC now.
  const network =
    gateway?.spec.vpcId === vpcId && view.get('external-network', gateway.spec.externalNetworkId);
  if (!network) return { actions: [] };
  return {
    actions: [{ type: 'decrement-ttl' }, load('externalNetwork', network.number as number)],
    goto: 'translate',
  };
}

const routes: FragmentDefinition = {
  name: 'route-table.routes',
  code: 30,
  compile(view, id) {
    const table = view.get('route-table', id);
    const vpc = table && view.get('vpc', table.spec.vpcId);
    if (!table || !vpc) return undefined;
    const flow = (network: Ipv4Network, then: Pick<Flow, 'actions' | 'goto'>): Flow => ({
      stage: 'route',
      priority: priorityOf(network),
      match: [
        vpcMatch(vpc),
        onRegister('routeTable', table.number as number),
        isIpv4,
        ...(network.prefixLength > 0 ? [on('ipv4_dst', network.address, netmask(network.prefixLength))] : []),
      ],
      ...then,
    });
    const local = flow(parseCidr(vpc.spec.cidrBlock, 'cidrBlock'), {
      actions: [{ type: 'decrement-ttl' }, move('ipv4_dst', registers.nextHop, 32)],
      goto: 'route-local',
    });
    const others = table.spec.routes.map((route) =>
      flow(parseCidr(route.destination, 'destination'), targetOf(route, vpc.id, view)),
    );
    return { scope: vpcScope(vpc), number: table.number as number, flows: [local, ...others] };
  },
};

/** Route tables: longest prefix by priority. A route whose target is gone drops, as AWS's blackhole state does. */
export const routeTableFeature: Feature = {
  name: 'route-table',
  fragments: [routes],
  *affected(change, view) {
    if (change.kind === 'route-table') yield { definition: routes, id: change.id };
    if (change.kind === 'internet-gateway') {
      for (const table of view.referrers(change, 'route-target', 'route-table')) {
        yield { definition: routes, id: table.id };
      }
    }
  },
};
