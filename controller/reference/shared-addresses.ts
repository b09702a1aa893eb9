import {
  isReservedAddress,
  isReservedIpv6Address,
  parseAddress,
  parseIpv6Address,
  parseIpv6Cidr,
  type ResourceOf,
} from '../resources/index.ts';
import type { Announced } from './outcome.ts';
import { discoveryType, type Frame, type Icmp, type Ip } from './packet.ts';
import {
  interfaceAt,
  isInside,
  isOwnAddress,
  named,
  natGatewayAt,
  networkOf,
  type Resources,
} from './resources.ts';
import type { Walk } from './walk.ts';

/**
 * An interface announces an address of its allowed pairs: by ARP that asks for its own sender, by an ARP reply (RFC 5227,
 * section 3), or by a neighbour advertisement (RFC 4861, section 7.2.6). Only pairs of one address count, with their MAC,
 * and not those that are the interface's own.
 *
 * @returns undefined for any other packet
 */
export function announced(
  walk: Walk,
  sender: ResourceOf<'network-interface'>,
  { source: macAddress, content }: Frame,
): Announced | undefined {
  const address = announcedAddress(macAddress, content);
  if (address === undefined || isOwnAddress(sender, address)) return undefined;
  const pairs = sender.spec.allowedAddressPairs ?? [];
  const isAllowed = pairs.some(
    ({ cidrBlock, macAddress: mac = sender.spec.macAddress }) =>
      mac === macAddress && cidrBlock === `${address}/${address.includes(':') ? 128 : 32}`,
  );
  if (!isAllowed) return undefined;
  walk.note('shared address', `announced: ${address}`, sender.id);
  return { type: 'announced', interfaceId: sender.id, address, macAddress };
}

function announcedAddress(mac: string, content: Frame['content']): string | undefined {
  if (content.protocol === 'arp') {
    const { operation, senderMac, senderAddress, targetAddress } = content;
    const isAnnouncement = operation === 'reply' || senderAddress === targetAddress;
    return isAnnouncement && senderMac === mac ? senderAddress : undefined;
  }
  if (content.protocol !== 'ipv6') return undefined;
  const packet = content as Ip;
  if (discoveryType(packet) !== 'neighbourAdvertisement') return undefined;
  return (packet.payload as Icmp).neighbour?.target;
}

/**
 * Who has an address after an announcement: the one that announced it, if its subnet gives the address to machines and
 * nobody has it for itself.
 *
 * @returns id of an interface; undefined: nobody
 */
export function holderAfter(resources: Resources, { interfaceId, address }: Announced): string | undefined {
  const { vpcId, subnetId } = named(resources, 'network-interface', interfaceId).spec;
  const isOwn = interfaceAt(resources, vpcId, address) ?? natGatewayAt(resources, vpcId, address);
  return isGiven(named(resources, 'subnet', subnetId), address) && !isOwn ? interfaceId : undefined;
}

/**
 * AWS, "Subnet CIDR blocks": the first four addresses and the last one of a subnet are reserved, in IPv4 and in IPv6.
 */
function isGiven(subnet: ResourceOf<'subnet'>, address: string): boolean {
  const { cidrBlock, ipv6CidrBlock } = subnet.spec;
  if (isInside(cidrBlock, address)) {
    return !isReservedAddress(networkOf(subnet), parseAddress(address, 'address'));
  }
  if (ipv6CidrBlock === undefined || !isInside(ipv6CidrBlock, address)) return false;
  return !isReservedIpv6Address(
    parseIpv6Cidr(ipv6CidrBlock, 'ipv6CidrBlock'),
    parseIpv6Address(address, 'address'),
  );
}
