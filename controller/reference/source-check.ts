import type { ResourceOf } from '../resources/index.ts';
import type { Dropped } from './outcome.ts';
import type { Frame, Ipv4 } from './packet.ts';
import type { Walk } from './walk.ts';

/**
 * A sender may only use its own addresses.
 *
 * AWS, "Source/destination checking" of network interfaces: the sender must be "the source … of any traffic it sends".
 * RFC 826 for what an ARP message claims; RFC 5227, section 2.1.1 for probes, which claim nothing (0.0.0.0).
 */
export function checkSource(
  walk: Walk,
  sender: ResourceOf<'network-interface'>,
  frame: Frame,
): Dropped | undefined {
  const stage = 'source check';
  const { macAddress, privateAddress } = sender.spec;
  const { content } = frame;
  if (frame.source !== macAddress) return walk.drop(stage, 'spoofed-mac', sender.id);
  if (content.protocol === 'arp') {
    const honest =
      content.senderMac === macAddress &&
      (content.senderAddress === privateAddress || content.senderAddress === '0.0.0.0');
    if (!honest) return walk.drop(stage, 'spoofed-arp', sender.id);
  } else if (content.protocol === 'ipv4') {
    if (isDhcpAnswer(content)) return walk.drop(stage, 'dhcp-server', sender.id);
    if (content.source !== privateAddress && !isDhcpWithoutAddress(content)) {
      return walk.drop(stage, 'spoofed-address', sender.id);
    }
  } else return walk.drop(stage, 'unsupported-protocol');
  walk.note(stage, 'passed', sender.id);
  return undefined;
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
