import { parseCidr, type ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';

/** Never given to interfaces: the first four addresses and the last one. */
const reserved = 5;

/**
 * IPv4 addresses of a subnet that nobody has: interfaces, prefixes, NAT gateways and shared addresses count, and what was
 * given back while a host may still have flows for it.
 */
export function freeAddresses(view: TopologyView, subnet: ResourceOf<'subnet'>): number {
  const { prefixLength } = parseCidr(subnet.spec.cidrBlock, 'cidrBlock');
  return 2 ** (32 - prefixLength) - reserved - view.claims(subnet.id).ipv4Addresses;
}
