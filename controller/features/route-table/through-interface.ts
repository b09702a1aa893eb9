import type { Action } from 'node-openflow';
import { load, registers, set } from '../../pipeline/index.ts';
import { parseAddress, parseIpv6Address, type Route, routeTargetKind } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
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
  const [ipv6Address] = target.spec.ipv6Addresses ?? [];
  if (isIpv6Network(network) && ipv6Address === undefined) return undefined;
  const nextHop = isIpv6Network(network)
    ? set(registers.nextHop6, parseIpv6Address(ipv6Address as string, 'ipv6Addresses'))
    : load('nextHop', parseAddress(target.spec.privateAddress, 'privateAddress'));
  return [set('eth_src', gatewayMac(subnet)), nextHop];
}
