import type { Action, PacketOut } from 'node-openflow';

const allNodesMac = Buffer.from('333300000001', 'hex');
const allNodes = Buffer.from('ff020000000000000000000000000001', 'hex');
const nextHeaderIcmpv6 = 58;

/** Internet checksum (RFC 1071) of an even number of bytes. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let offset = 0; offset < bytes.length; offset += 2) sum += bytes.readUInt16BE(offset);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/**
 * An unsolicited neighbour advertisement (RFC 4861, section 7.2.6): everybody on the network learns where the address is
 * now, switches by the source of the frame and neighbours by the option in the packet.
 */
export function advertisement(
  port: number,
  mac: bigint,
  address: bigint,
  tag: readonly Action[] = [],
): PacketOut {
  const sender = Buffer.from(mac.toString(16).padStart(12, '0'), 'hex');
  const ip = Buffer.from(address.toString(16).padStart(32, '0'), 'hex');
  // Advertisement with the flag `override`; option 2 (target link-layer address) of 8 bytes.
  const icmp = Buffer.concat([Buffer.from('8800000020000000', 'hex'), ip, Buffer.from([2, 1]), sender]);
  const pseudoHeader = Buffer.alloc(8);
  pseudoHeader.writeUInt32BE(icmp.length, 0);
  pseudoHeader[7] = nextHeaderIcmpv6;
  icmp.writeUInt16BE(checksum(Buffer.concat([ip, allNodes, pseudoHeader, icmp])), 2);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(0x6000_0000, 0);
  header.writeUInt16BE(icmp.length, 4);
  header[6] = nextHeaderIcmpv6;
  header[7] = 255;
  const ethernet = Buffer.concat([allNodesMac, sender, Buffer.from('86dd', 'hex')]);
  return {
    type: 'packet-out',
    actions: [...tag, { type: 'output', port }],
    data: Buffer.concat([ethernet, header, ip, allNodes, icmp]),
  };
}
