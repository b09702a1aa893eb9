import type { Action, PacketOut } from 'node-openflow';

const broadcast = Buffer.alloc(6, 0xff);

/**
 * A gratuitous ARP request (RFC 5227, section 3): everybody on the network learns where the address is now, switches
 * by the source of the frame and neighbours by the sender in the packet.
 *
 * @param tag what gives it the tag of the network's VLAN
 */
export function announcement(
  port: number,
  mac: bigint,
  address: number,
  tag: readonly Action[] = [],
): PacketOut {
  const sender = Buffer.from(mac.toString(16).padStart(12, '0'), 'hex');
  const ip = Buffer.alloc(4);
  ip.writeUInt32BE(address);
  // Ethernet; then hardware Ethernet, protocol IPv4, lengths 6 and 4, request.
  const head = Buffer.from([0x08, 0x06, 0, 1, 0x08, 0x00, 6, 4, 0, 1]);
  const frame = Buffer.concat([broadcast, sender, head, sender, ip, Buffer.alloc(6), ip]);
  return {
    type: 'packet-out',
    actions: [...tag, { type: 'output', port }],
    data: Buffer.concat([frame, Buffer.alloc(60 - frame.length)]),
  };
}
