import { conntrackState, type Flow, ipMatch, onRegister, parseNetwork } from '../../pipeline/index.ts';
import type { ResourceOf, Route } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { vpcMatch } from '../vpc/scope.ts';
import { isIpv6Network, throughInterface } from './through-interface.ts';

/**
 * What comes in by the gateway of the table: in IPv4 behind the translation to private addresses, whose host sends it on; in IPv6
 * on the host that answers for the address. Only what leads elsewhere needs flows: all other packets go to their interface. The
 * network outside has taken one from their TTL already.
 *
 * @param destinations each network with its route
 */
export function edgeFlows(
  { spec }: ResourceOf<'route-table'>,
  vpc: ResourceOf<'vpc'>,
  destinations: readonly (readonly [network: string, route: Route])[],
  view: TopologyView,
): Flow[] {
  const { internetGatewayId } = spec;
  const gateway = internetGatewayId && view.get('internet-gateway', internetGatewayId);
  const outside = gateway && view.get('external-network', gateway.spec.externalNetworkId);
  if (!outside || gateway.spec.vpcId !== vpc.id) return [];
  const here = [vpcMatch(vpc), onRegister('externalNetwork', outside.number as number)];
  return destinations.map(([text, route]): Flow => {
    const network = parseNetwork(text);
    const through = throughInterface(text, route, view);
    const then = through ? ({ actions: through, goto: 'resolve' } as const) : { actions: [] };
    const match = [...here, ...ipMatch('dst', network)];
    const { prefixLength } = network;
    // Below the drops of senders that have addresses of a VPC, above what goes to the interface itself.
    if (!isIpv6Network(text)) {
      const translated = [...match, conntrackState([], ['inv'])];
      return { stage: 'nat', priority: 120 + prefixLength, match: translated, ...then };
    }
    // Whatever the receiver's own table says: its replies go back through the interface, too.
    return { stage: 'public-check', priority: 10_000 + prefixLength, match, ...then };
  });
}

/** The table by which packets go that come in to the VPC from a network outside; undefined when they go to their interfaces. */
export function edgeTableOf(
  view: TopologyView,
  vpc: ResourceOf<'vpc'>,
  network: ResourceOf<'external-network'>,
): ResourceOf<'route-table'> | undefined {
  for (const gateway of view.referrers(vpc, 'in-vpc', 'internet-gateway')) {
    if (gateway.spec.externalNetworkId !== network.id) continue;
    for (const table of view.referrers(gateway, 'edge-of', 'route-table')) return table;
  }
  return undefined;
}
