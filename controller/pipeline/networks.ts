import type { Action, FieldMatch, FieldName } from 'node-openflow';
import {
  type Ipv4Network,
  type Ipv6Network,
  ipv6Netmask,
  netmask,
  parseAddress,
  parseCidr,
  parseIpv6Address,
  parseIpv6Cidr,
} from '../resources/index.ts';
import { isIpv4, isIpv6, move, on } from './flow.ts';
import { registers } from './registers.ts';

/**
 * Matches a field that holds an address of the network; nothing is left to match when that is every address, and no mask when
 * it is one.
 */
export function inNetwork(field: FieldName, network: Ipv4Network | Ipv6Network): FieldMatch[] {
  const { address, prefixLength } = network;
  if (prefixLength === 0) return [];
  if (prefixLength === (typeof address === 'bigint' ? 128 : 32)) return [on(field, address)];
  return [
    on(field, address, typeof address === 'bigint' ? ipv6Netmask(prefixLength) : netmask(prefixLength)),
  ];
}

/** A network of either kind of IP, from text that was checked when it was written; an address is a network of one. */
export function parseNetwork(text: string): Ipv4Network | Ipv6Network {
  if (text.includes(':')) return parseIpv6Cidr(text.includes('/') ? text : `${text}/128`, 'network');
  return parseCidr(text.includes('/') ? text : `${text}/32`, 'network');
}

/** An address of either kind of IP, from text that was checked when it was written; a bigint is one of IPv6. */
export function parseIpAddress(text: string): number | bigint {
  return text.includes(':') ? parseIpv6Address(text, 'address') : parseAddress(text, 'address');
}

/** Matches packets to (`dst`) or from (`src`) a network: their kind of IP, and the address where it matters. */
export function ipMatch(
  side: 'dst' | 'src',
  network: Ipv4Network | Ipv6Network,
): [FieldMatch, ...FieldMatch[]] {
  return typeof network.address === 'bigint'
    ? [isIpv6, ...inNetwork(`ipv6_${side}`, network)]
    : [isIpv4, ...inNetwork(`ipv4_${side}`, network)];
}

/** The destination of a packet, of the kind of IP of this network, becomes its next hop. */
export function toNextHop({ address }: Ipv4Network | Ipv6Network): Action {
  return typeof address === 'bigint'
    ? move('ipv6_dst', registers.nextHop6, 128)
    : move('ipv4_dst', registers.nextHop, 32);
}
