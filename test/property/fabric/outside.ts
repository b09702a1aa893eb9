import { ipv4, ipv6, mac } from 'node-openflow';
import { formatIpv6 } from '../../../controller/resources/index.ts';

/** Machines outside have MACs that follow from their addresses, so that the one tells the other. */
const prefix = 0x0600n << 32n;
/** Those with IPv6 addresses: the last bits are in the MAC, and the rest is the same for all of them. */
const prefixV6 = 0x0606n << 32n;
const low = 0xffff_ffffn;
const outsideLink = ipv6.parse('2001:db8::');
const gatewayLink = ipv6.parse('fe80::');

/** Addresses on the link outside are of its own /56, or link-local ones above. */
export function outsideMac(address: string): string {
  if (!address.includes(':')) return mac.format(prefix | BigInt(ipv4.parse(address)));
  const value = ipv6.parse(address);
  const isLinkLocal = value >> 112n === 0xfe80n ? 1n << 31n : 0n;
  return mac.format(prefixV6 | isLinkLocal | (value & (low >> 1n)));
}

/** The address of the machine outside that has this MAC; undefined for any other MAC. */
export function outsideAddress(address: string): string | undefined {
  const value = mac.parse(address);
  if (value >> 32n === prefix >> 32n) return ipv4.format(Number(value & low));
  if (value >> 32n !== prefixV6 >> 32n) return undefined;
  const link = (value >> 31n) & 1n ? gatewayLink : outsideLink;
  return formatIpv6(link | (value & (low >> 1n)));
}
