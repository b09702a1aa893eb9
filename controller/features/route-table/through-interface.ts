import type { Action } from 'node-openflow';
import { load, registers, set } from '../../pipeline/index.ts';
import { type Ipv6Network, parseAddress, type Route, routeTargetKind } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { ipv6NetworksOf } from '../network-interface/own-networks.ts';
import { gatewayMac } from '../subnet/router.ts';

export const isIpv6Network = (network: string) => network.includes(':');

/**
 * To an interface that takes packets for others: a router or firewall in the VPC. With its check on, it would only drop them.
 * Its host is found by its own address; the packet keeps its destination. RESOLVE is next.
 *
 * @param network that the route is to, of IPv4 or IPv6
 * @returns undefined when the route leads to no interface, or to one that cannot take the packet
 */
export function throughInterface(network: string, route: Route, view: TopologyView): Action[] | undefined {
  if (routeTargetKind(route.target) !== 'network-interface') return undefined;
  const target = view.get('network-interface', route.target);
  const subnet = target && view.get('subnet', target.spec.subnetId);
  if (!subnet || target.spec.sourceDestinationCheck !== false) return undefined;
  // The first address of a prefix leads there as well.
  const [own] = ipv6NetworksOf(target);
  if (isIpv6Network(network) && own === undefined) return undefined;
  const nextHop = isIpv6Network(network)
    ? set(registers.nextHop6, (own as Ipv6Network).address)
    : load('nextHop', parseAddress(target.spec.privateAddress, 'privateAddress'));
  return [set('eth_src', gatewayMac(subnet)), nextHop];
}
