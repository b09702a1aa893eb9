import { type Icmp, type Ip, isIcmp } from '../../../controller/reference/index.ts';
import {
  contains,
  containsIpv6,
  formatIpv4,
  formatIpv6,
  formatIpv6Cidr,
  ipv6Netmask,
  netmask,
  parseAddress,
  parseCidr,
  parseIpv6Address,
  parseIpv6Cidr,
} from '../../../controller/resources/index.ts';

export const isIpv6 = (text: string) => text.includes(':');

/** True when the address is of the network, both IPv4 or both IPv6. */
export function isIn(block: string, address: string): boolean {
  if (isIpv6(block) !== isIpv6(address)) return false;
  return isIpv6(block)
    ? containsIpv6(parseIpv6Cidr(block, 'block'), parseIpv6Address(address, 'address'))
    : contains(parseCidr(block, 'block'), parseAddress(address, 'address'));
}

/** The address so many places behind the start of a network. */
export function addressIn(block: string, place: number): string {
  return isIpv6(block)
    ? formatIpv6(parseIpv6Cidr(block, 'block').address + BigInt(place))
    : formatIpv4(parseCidr(block, 'block').address + place);
}

/** The network of twice the size that a network is half of; undefined for all addresses. */
export function widerNetwork(block: string): string | undefined {
  const { prefixLength } = isIpv6(block) ? parseIpv6Cidr(block, 'block') : parseCidr(block, 'block');
  if (prefixLength === 0) return undefined;
  const length = prefixLength - 1;
  if (isIpv6(block)) {
    const address = parseIpv6Cidr(block, 'block').address & ipv6Netmask(length);
    return formatIpv6Cidr({ address, prefixLength: length });
  }
  const address = (parseCidr(block, 'block').address & netmask(length)) >>> 0;
  return `${formatIpv4(address)}/${length}`;
}

/** What messages of ICMP are called in IPv6: type and code. */
const inIpv6: Readonly<Record<string, readonly [type: number, code: number]>> = {
  '0/0': [129, 0],
  '8/0': [128, 0],
  '8/1': [128, 1],
  '13/0': [128, 0],
  '15/0': [128, 0],
  '17/0': [139, 0],
  '3/1': [1, 0],
  '3/3': [1, 4],
  '3/4': [2, 0],
  '11/0': [3, 0],
  '12/0': [4, 0],
};

/** A payload as an IPv6 packet has it: what is ICMP becomes the same message of ICMPv6. */
function payloadInIpv6(payload: Ip['payload']): Ip['payload'] {
  if (!isIcmp(payload) || payload.protocol === 'icmpv6') return payload;
  const [type, code] = inIpv6[`${payload.type}/${payload.code}`] ?? [128, 0];
  return { ...(payload as Icmp), protocol: 'icmpv6', type, code };
}

/** A packet of the kind that its addresses are of. */
export function ip(packet: Omit<Ip, 'protocol'> & Partial<Ip>): Ip {
  if (!isIpv6(packet.destination)) return { ...packet, protocol: 'ipv4' };
  return { ...packet, protocol: 'ipv6', payload: payloadInIpv6(packet.payload) };
}
