import { formatCidr, netmask, tryParseIpv4 } from './cidr.ts';
import { formatIpv6, ipv6Netmask, tryParseIpv6 } from './ipv6.ts';

/**
 * Interfaces get addresses in blocks, too: AWS, "Prefix delegation for Amazon EC2 network interfaces", gives /28 of IPv4 and
 * /80 of IPv6.
 */
export const prefixLengths = { ipv4: 28, ipv6: 80 } as const;

/** How many addresses of a subnet an IPv4 prefix takes. */
export const ipv4PrefixSize = 2 ** (32 - prefixLengths.ipv4);

/** The block that an address would be delegated with, in canonical form; undefined when the text is no address. */
export function prefixAround(address: string): string | undefined {
  const ipv4 = tryParseIpv4(address);
  if (ipv4 !== undefined) {
    const base = (ipv4 & netmask(prefixLengths.ipv4)) >>> 0;
    return formatCidr({ address: base, prefixLength: prefixLengths.ipv4 });
  }
  const ipv6 = tryParseIpv6(address);
  if (ipv6 === undefined) return undefined;
  return `${formatIpv6(ipv6 & ipv6Netmask(prefixLengths.ipv6))}/${prefixLengths.ipv6}`;
}
