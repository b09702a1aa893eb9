import type { ResourceOf } from '../resources/index.ts';
import type { DropReason } from './drop-reasons.ts';
import { ipv6Problem } from './ipv6-source.ts';
import type { Dropped } from './outcome.ts';
import type { Arp, Frame, Ip } from './packet.ts';
import { isInside, isOwnAddress } from './resources.ts';
import type { Walk } from './walk.ts';

/**
 * A sender may only use its own addresses, and those of its allowed pairs.
 *
 * AWS, "Source/destination checking" of network interfaces: the sender must be "the source … of any traffic it sends"; with
 * the check off it may route for others. That is about packets: in ARP and neighbour discovery a sender never claims what it
 * does not have. Allowed address pairs are Neutron's: a network, and the MAC with which it is used.
 */
export function checkSource(
  walk: Walk,
  sender: ResourceOf<'network-interface'>,
  subnet: ResourceOf<'subnet'>,
  frame: Frame,
): Dropped | undefined {
  const stage = 'source check';
  const problem = problemOf(sender, subnet, frame);
  if (problem) return walk.drop(stage, problem, sender.id);
  walk.note(stage, whose(sender, frame.content), sender.id);
  return undefined;
}

function problemOf(
  sender: ResourceOf<'network-interface'>,
  subnet: ResourceOf<'subnet'>,
  { source: mac, content }: Frame,
): DropReason | undefined {
  if (!macsOf(sender).includes(mac)) return 'spoofed-mac';
  switch (content.protocol) {
    case 'arp':
      return arpProblem(sender, mac, content);
    case 'ipv4':
      return ipv4Problem(sender, mac, content);
    case 'ipv6':
      return ipv6Problem(sender, subnet, content, {
        isOwnMac: mac === sender.spec.macAddress,
        isAllowed: mayUse(sender, mac, content.source),
        mac,
      });
    default:
      return 'unsupported-protocol';
  }
}

/** RFC 826 for what an ARP message claims; RFC 5227, section 2.1.1 for probes, which claim nothing (0.0.0.0). */
function arpProblem(
  sender: ResourceOf<'network-interface'>,
  mac: string,
  { senderMac, senderAddress }: Arp,
): DropReason | undefined {
  const claimsNothing = senderAddress === '0.0.0.0' && mac === sender.spec.macAddress;
  const isHonest = senderMac === mac && (claimsNothing || mayUse(sender, mac, senderAddress));
  return isHonest ? undefined : 'spoofed-arp';
}

function ipv4Problem(
  sender: ResourceOf<'network-interface'>,
  mac: string,
  packet: Ip,
): DropReason | undefined {
  if (isDhcpAnswer(packet)) return 'dhcp-server';
  const { macAddress, sourceDestinationCheck } = sender.spec;
  const isFree = sourceDestinationCheck === false || isDhcpWithoutAddress(packet);
  return (mac === macAddress && isFree) || mayUse(sender, mac, packet.source) ? undefined : 'spoofed-address';
}

/** Whose address the sender uses, in words. */
function whose(sender: ResourceOf<'network-interface'>, content: Frame['content']): string {
  const { spec } = sender;
  const address = content.protocol === 'arp' ? content.senderAddress : (content as Ip).source;
  if (address === spec.privateAddress) return 'its own address';
  if (spec.ipv6Addresses?.includes(address)) return 'its own IPv6 address';
  if (isInside('fe80::/10', address)) return 'its link-local address';
  if (address === '0.0.0.0' || address === '::') return 'no address yet';
  if (spec.secondaryPrivateAddresses?.includes(address)) return 'a secondary address';
  return isOwnAddress(sender, address)
    ? 'an address of its prefixes'
    : 'an address that is not its own, as it may';
}

function macsOf({ spec }: ResourceOf<'network-interface'>): string[] {
  return [spec.macAddress, ...(spec.allowedAddressPairs ?? []).flatMap(({ macAddress }) => macAddress ?? [])];
}

function mayUse(sender: ResourceOf<'network-interface'>, mac: string, address: string): boolean {
  const { macAddress, allowedAddressPairs = [] } = sender.spec;
  if (mac === macAddress && isOwnAddress(sender, address)) return true;
  return allowedAddressPairs.some(
    (pair) => (pair.macAddress ?? macAddress) === mac && isInside(pair.cidrBlock, address),
  );
}

/** RFC 2131, section 4.1: servers send from port 67 to port 68. Only the cloud is a DHCP server. */
function isDhcpAnswer({ payload }: Ip): boolean {
  return payload.protocol === 'udp' && payload.sourcePort === 67 && payload.destinationPort === 68;
}

/** RFC 2131, section 4.1: a client that has no address yet sends from 0.0.0.0 to everybody. */
function isDhcpWithoutAddress({ source, destination, payload }: Ip): boolean {
  return (
    source === '0.0.0.0' &&
    destination === '255.255.255.255' &&
    payload.protocol === 'udp' &&
    payload.sourcePort === 68 &&
    payload.destinationPort === 67
  );
}
