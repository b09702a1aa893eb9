import type { ResourceOf } from '../resources/index.ts';
import type { Dropped } from './outcome.ts';
import type { Frame, Ipv4 } from './packet.ts';
import { addressesOf, isInside } from './resources.ts';
import type { Walk } from './walk.ts';

/**
 * A sender may only use its own addresses, and those of its allowed pairs.
 *
 * AWS, "Source/destination checking" of network interfaces: the sender must be "the source … of any traffic it sends"; with
 * the check off it may route for others. That is about packets: in ARP a sender never claims what it does not have. RFC 826
 * for what an ARP message claims; RFC 5227, section 2.1.1 for probes, which claim nothing (0.0.0.0). Allowed address pairs are
 * Neutron's: a network, and the MAC with which it is used.
 */
export function checkSource(
  walk: Walk,
  sender: ResourceOf<'network-interface'>,
  frame: Frame,
): Dropped | undefined {
  const stage = 'source check';
  const { content } = frame;
  if (!macsOf(sender).includes(frame.source)) return walk.drop(stage, 'spoofed-mac', sender.id);
  if (content.protocol === 'arp') {
    const { senderMac, senderAddress } = content;
    const claimsNothing = senderAddress === '0.0.0.0' && frame.source === sender.spec.macAddress;
    const honest =
      senderMac === frame.source && (claimsNothing || mayUse(sender, frame.source, senderAddress));
    if (!honest) return walk.drop(stage, 'spoofed-arp', sender.id);
  } else if (content.protocol === 'ipv4') {
    if (isDhcpAnswer(content)) return walk.drop(stage, 'dhcp-server', sender.id);
    const { macAddress, sourceDestinationCheck } = sender.spec;
    const unchecked =
      frame.source === macAddress && (sourceDestinationCheck === false || isDhcpWithoutAddress(content));
    if (!unchecked && !mayUse(sender, frame.source, content.source)) {
      return walk.drop(stage, 'spoofed-address', sender.id);
    }
  } else return walk.drop(stage, 'unsupported-protocol');
  walk.note(stage, whose(sender, content), sender.id);
  return undefined;
}

/** Whose address the sender uses, in words. */
function whose({ spec }: ResourceOf<'network-interface'>, content: Frame['content']): string {
  const address = content.protocol === 'arp' ? content.senderAddress : (content as Ipv4).source;
  if (address === spec.privateAddress) return 'its own address';
  if (address === '0.0.0.0') return 'no address yet';
  return spec.secondaryPrivateAddresses?.includes(address)
    ? 'a secondary address'
    : 'an address that is not its own, as it may';
}

function macsOf({ spec }: ResourceOf<'network-interface'>): string[] {
  return [spec.macAddress, ...(spec.allowedAddressPairs ?? []).flatMap(({ macAddress }) => macAddress ?? [])];
}

function mayUse(sender: ResourceOf<'network-interface'>, mac: string, address: string): boolean {
  const { macAddress, allowedAddressPairs = [] } = sender.spec;
  if (mac === macAddress && addressesOf(sender).includes(address)) return true;
  return allowedAddressPairs.some(
    (pair) =>
      (pair.macAddress ?? macAddress) === mac &&
      !pair.cidrBlock.includes(':') &&
      isInside(pair.cidrBlock, address),
  );
}

/** RFC 2131, section 4.1: servers send from port 67 to port 68. Only the cloud is a DHCP server. */
function isDhcpAnswer({ payload }: Ipv4): boolean {
  return payload.protocol === 'udp' && payload.sourcePort === 67 && payload.destinationPort === 68;
}

/** RFC 2131, section 4.1: a client that has no address yet sends from 0.0.0.0 to everybody. */
function isDhcpWithoutAddress({ source, destination, payload }: Ipv4): boolean {
  return (
    source === '0.0.0.0' &&
    destination === '255.255.255.255' &&
    payload.protocol === 'udp' &&
    payload.sourcePort === 68 &&
    payload.destinationPort === 67
  );
}
