import ipaddr from 'ipaddr.js';
import { WeftError } from './errors.ts';

/** An IPv4 network: both numbers unsigned 32 bits, host bits clear. */
export interface Ipv4Network {
  readonly address: number;
  readonly prefixLength: number;
}

/** @returns the address as an unsigned 32-bit number, or undefined when it is not dotted decimal. */
export function tryParseIpv4(text: string): number | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  const [a, b, c, d] = ipaddr.IPv4.parse(text).octets as [number, number, number, number];
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

export function netmask(prefixLength: number): number {
  return prefixLength === 0 ? 0 : (0xffffffff << (32 - prefixLength)) >>> 0;
}

export function formatCidr(network: Ipv4Network): string {
  return `${formatIpv4(network.address)}/${network.prefixLength}`;
}

/** @throws WeftError invalid-value, naming the field and, for stray host bits, the network that was meant. */
export function parseCidr(text: string, field: string): Ipv4Network {
  const separator = text.lastIndexOf('/');
  const [addressText, lengthText] = [text.slice(0, separator), text.slice(separator + 1)];
  const address = tryParseIpv4(addressText);
  const prefixLength = Number(lengthText);
  if (address === undefined || !/^(0|[1-9]\d?)$/.test(lengthText) || prefixLength > 32) {
    throw new WeftError('invalid-value', `${field} is not an IPv4 network`, {
      field,
      value: text,
      fix: 'Give an address and a prefix length, such as 10.0.0.0/16.',
    });
  }
  const network = { address: (address & netmask(prefixLength)) >>> 0, prefixLength };
  if (network.address !== address) {
    throw new WeftError('invalid-value', `${field} has bits set beyond its prefix length`, {
      field,
      value: text,
      fix: `Use ${formatCidr(network)}.`,
    });
  }
  return network;
}

/** @throws WeftError invalid-value */
export function parseAddress(text: string, field: string): number {
  const address = tryParseIpv4(text);
  if (address === undefined) {
    throw new WeftError('invalid-value', `${field} is not an IPv4 address`, {
      field,
      value: text,
      fix: 'Give four decimal numbers from 0 to 255, such as 10.0.0.5.',
    });
  }
  return address;
}

export function lastAddress(network: Ipv4Network): number {
  return (network.address | ~netmask(network.prefixLength)) >>> 0;
}
export function contains(network: Ipv4Network, address: number): boolean {
  return address >= network.address && address <= lastAddress(network);
}
export function containsNetwork(outer: Ipv4Network, inner: Ipv4Network): boolean {
  return inner.prefixLength >= outer.prefixLength && contains(outer, inner.address);
}
export function overlaps(a: Ipv4Network, b: Ipv4Network): boolean {
  return containsNetwork(a, b) || containsNetwork(b, a);
}
