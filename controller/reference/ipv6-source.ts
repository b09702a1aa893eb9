import type { ResourceOf } from '../resources/index.ts';
import type { DropReason } from './drop-reasons.ts';
import { discoveryType, type Icmp, type Ip } from './packet.ts';
import { hasIpv6, isInside, routerAddress } from './resources.ts';

/** RFC 8415, section 7.1: all DHCP servers and relays of the link. */
export const allDhcpServers = 'ff02::1:2';

/** What is known of a sender beside its packet. */
interface Claim {
  readonly mac: string;
  readonly isOwnMac: boolean;
  /** The source is an address of the interface, or of a pair with this MAC. */
  readonly isAllowed: boolean;
}

/**
 * What is wrong with the source of an IPv6 packet; undefined when nothing is.
 *
 * AWS, "Configure your VPC": link-local addresses are there, and good for nothing but the link. So a machine may use one of its
 * own choice (RFC 7217) for what the link is for: neighbour discovery, DHCPv6 and the router. RFC 6105 and RFC 7610: no machine
 * says that it is a router or a DHCP server. Before there is an address, :: asks for a router, or whether somebody has an
 * address (RFC 4861, sections 4.1 and 4.3).
 */
export function ipv6Problem(
  sender: ResourceOf<'network-interface'>,
  subnet: ResourceOf<'subnet'>,
  packet: Ip,
  { mac, isOwnMac, isAllowed }: Claim,
): DropReason | undefined {
  if (isDhcpAnswer(packet)) return 'dhcp-server';
  if (!hasIpv6(sender) && !isAllowed) return 'no-ipv6';
  const isLinkLocal = isOwnMac && isInside('fe80::/10', packet.source);
  const isUnknown = isOwnMac && packet.source === '::';
  switch (discoveryType(packet)) {
    case 'routerAdvertisement':
    case 'neighbourAdvertisement':
    case 'redirect':
      return 'neighbour-discovery';
    case 'neighbourSolicitation': {
      const isHonest = (packet.payload as Icmp).neighbour?.mac === mac && (isAllowed || isLinkLocal);
      return isHonest || isUnknown ? undefined : 'spoofed-neighbour';
    }
    case 'routerSolicitation':
      if (isUnknown) return undefined;
  }
  if (isAllowed || (isOwnMac && sender.spec.sourceDestinationCheck === false)) return undefined;
  if (!isLinkLocal) return 'spoofed-address';
  return isForLink(subnet, packet) ? undefined : 'link-local';
}

function isForLink(subnet: ResourceOf<'subnet'>, packet: Ip): boolean {
  if (discoveryType(packet) === 'routerSolicitation' || isDhcpV6Request(packet)) return true;
  const { destination, payload } = packet;
  const isEcho = payload.protocol === 'icmpv6' && payload.type === 128;
  return isEcho && destination === routerAddress(subnet, 'ipv6');
}

/** RFC 8415, section 7.2: clients send from port 546 to port 547, servers the other way. Only the cloud is a server. */
export function isDhcpV6Request({ protocol, destination, payload }: Ip): boolean {
  return (
    protocol === 'ipv6' &&
    destination === allDhcpServers &&
    payload.protocol === 'udp' &&
    payload.sourcePort === 546 &&
    payload.destinationPort === 547
  );
}

function isDhcpAnswer({ payload }: Ip): boolean {
  return payload.protocol === 'udp' && payload.sourcePort === 547 && payload.destinationPort === 546;
}
