import { parseNetwork } from '../../pipeline/index.ts';
import type { Ipv4Network, Ipv6Network, ResourceOf } from '../../resources/index.ts';

type NetworkInterface = ResourceOf<'network-interface'>;

/** What an interface has of IPv4: its addresses, the primary one first, then its prefixes. */
export function ipv4NetworksOf({ spec }: NetworkInterface): Ipv4Network[] {
  const { privateAddress, secondaryPrivateAddresses = [], ipv4Prefixes = [] } = spec;
  const all = [privateAddress, ...secondaryPrivateAddresses, ...ipv4Prefixes];
  return all.map((text) => parseNetwork(text) as Ipv4Network);
}

/** What an interface has of IPv6: its addresses, then its prefixes. */
export function ipv6NetworksOf({ spec }: NetworkInterface): Ipv6Network[] {
  const { ipv6Addresses = [], ipv6Prefixes = [] } = spec;
  return [...ipv6Addresses, ...ipv6Prefixes].map((text) => parseNetwork(text) as Ipv6Network);
}

/** Whether an interface takes part in IPv6: its router speaks to it then. */
export function hasIpv6({ spec }: NetworkInterface): boolean {
  return (spec.ipv6Addresses ?? []).length + (spec.ipv6Prefixes ?? []).length > 0;
}
