import ipaddr from 'ipaddr.js';
import { WeftError } from './errors.ts';

/** An IPv6 network: an unsigned 128-bit address with its host bits clear. */
export interface Ipv6Network {
  readonly address: bigint;
  readonly prefixLength: number;
}

const allOnes = (1n << 128n) - 1n;

/**
 * Reads every form of RFC 4291, section 2.2. Zones (`fe80::1%eth0`) are no part of an address.
 * @returns the address as an unsigned 128-bit number, or undefined when it is none
 */
export function tryParseIpv6(text: string): bigint | undefined {
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.IPv6.parse(text)
    .toByteArray()
    .reduce((address, byte) => (address << 8n) | BigInt(byte), 0n);
}

/** The one form of RFC 5952: lower case, no leading zeros, `::` for the longest run of zeros. */
export function formatIpv6(address: bigint): string {
  const bytes = Array.from({ length: 16 }, (_, index) => Number((address >> BigInt(120 - 8 * index)) & 255n));
  return new ipaddr.IPv6(bytes).toRFC5952String();
}

export function ipv6Netmask(prefixLength: number): bigint {
  return allOnes ^ (allOnes >> BigInt(prefixLength));
}

export function formatIpv6Cidr({ address, prefixLength }: Ipv6Network): string {
  return `${formatIpv6(address)}/${prefixLength}`;
}

/** @throws WeftError invalid-value, naming the field and, for stray host bits, the network that was meant. */
export function parseIpv6Cidr(text: string, field: string): Ipv6Network {
  const separator = text.lastIndexOf('/');
  const [addressText, lengthText] = [text.slice(0, separator), text.slice(separator + 1)];
  const address = separator < 0 ? undefined : tryParseIpv6(addressText);
  const prefixLength = Number(lengthText);
  if (address === undefined || !/^(0|[1-9]\d{0,2})$/.test(lengthText) || prefixLength > 128) {
    throw new WeftError('invalid-value', `${field} is not an IPv6 network`, {
      field,
      value: text,
      fix: 'Give an address and a prefix length, such as 2001:db8:1200::/56.',
    });
  }
  const network = { address: address & ipv6Netmask(prefixLength), prefixLength };
  if (network.address !== address) {
    throw new WeftError('invalid-value', `${field} has bits set beyond its prefix length`, {
      field,
      value: text,
      fix: `Use ${formatIpv6Cidr(network)}.`,
    });
  }
  return network;
}

/** @throws WeftError invalid-value */
export function parseIpv6Address(text: string, field: string): bigint {
  const address = tryParseIpv6(text);
  if (address === undefined) {
    throw new WeftError('invalid-value', `${field} is not an IPv6 address`, {
      field,
      value: text,
      fix: 'Give an address such as 2001:db8:1200::5.',
    });
  }
  return address;
}

/** The text under which equal networks are equal. @throws WeftError invalid-value */
export function canonicalIpv6Cidr(text: string, field: string): string {
  return formatIpv6Cidr(parseIpv6Cidr(text, field));
}

export function lastIpv6Address({ address, prefixLength }: Ipv6Network): bigint {
  return address | (allOnes >> BigInt(prefixLength));
}
export function containsIpv6(network: Ipv6Network, address: bigint): boolean {
  return (address & ipv6Netmask(network.prefixLength)) === network.address;
}
export function containsIpv6Network(outer: Ipv6Network, inner: Ipv6Network): boolean {
  return inner.prefixLength >= outer.prefixLength && containsIpv6(outer, inner.address);
}
export function overlapsIpv6(a: Ipv6Network, b: Ipv6Network): boolean {
  return containsIpv6Network(a, b) || containsIpv6Network(b, a);
}

const linkLocalPrefix = 0xfe80n << 112n;

/** The link-local address with the interface identifier of a MAC (RFC 4291, appendix A). */
export function linkLocalAddress(mac: bigint): bigint {
  const inverted = mac ^ (0x02n << 40n);
  const [upper, lower] = [inverted >> 24n, inverted & 0xff_ffffn];
  return linkLocalPrefix | (upper << 40n) | (0xfffen << 24n) | lower;
}

/** The first four addresses and the last one of a subnet are never given to interfaces, as in AWS. */
export function isReservedIpv6Address(subnet: Ipv6Network, address: bigint): boolean {
  return address - subnet.address < 4n || address === lastIpv6Address(subnet);
}
