import { internetChecksum, malformed, slice } from './bytes.ts';

const protocolUdp = 17;
const ipHeaderLength = 20;
const udpHeaderLength = 8;
const timeToLive = 64;

/** A UDP datagram in an IPv4 packet. Addresses are 32-bit numbers. */
export interface UdpPacket {
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Buffer;
}

/**
 * IPv4 (RFC 791) with UDP (RFC 768). Checksums are not looked at: the switch has matched the packet, and senders
 * that leave them to their hardware would be refused.
 * @throws AgentError `malformed-packet`, also for fragments
 */
export function parseUdp(packet: Buffer): UdpPacket {
  const header = slice(packet, 0, ipHeaderLength);
  const headerLength = (header.readUInt8(0) & 15) * 4;
  const totalLength = header.readUInt16BE(2);
  if (header.readUInt8(0) >> 4 !== 4 || headerLength < ipHeaderLength) throw malformed('not an IPv4 header');
  if ((header.readUInt16BE(6) & 0x3fff) !== 0) throw malformed('a fragment cannot be answered');
  if (header.readUInt8(9) !== protocolUdp) throw malformed(`IP protocol ${header.readUInt8(9)} is not UDP`);
  const datagram = slice(packet, headerLength, totalLength - headerLength);
  const udp = slice(datagram, 0, udpHeaderLength);
  const length = udp.readUInt16BE(4);
  return {
    source: header.readUInt32BE(12),
    destination: header.readUInt32BE(16),
    sourcePort: udp.readUInt16BE(0),
    destinationPort: udp.readUInt16BE(2),
    payload: slice(datagram, udpHeaderLength, length - udpHeaderLength),
  };
}

/** The packet as bytes, with both checksums. */
export function formatUdp(packet: UdpPacket): Buffer {
  const udpLength = udpHeaderLength + packet.payload.length;
  const ip = Buffer.alloc(ipHeaderLength);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(ipHeaderLength + udpLength, 2);
  ip.writeUInt8(timeToLive, 8);
  ip.writeUInt8(protocolUdp, 9);
  ip.writeUInt32BE(packet.source, 12);
  ip.writeUInt32BE(packet.destination, 16);
  ip.writeUInt16BE(internetChecksum(ip), 10);
  const udp = Buffer.alloc(udpHeaderLength);
  udp.writeUInt16BE(packet.sourcePort, 0);
  udp.writeUInt16BE(packet.destinationPort, 2);
  udp.writeUInt16BE(udpLength, 4);
  const pseudoHeader = Buffer.alloc(12);
  ip.copy(pseudoHeader, 0, 12, 20);
  pseudoHeader.writeUInt8(protocolUdp, 9);
  pseudoHeader.writeUInt16BE(udpLength, 10);
  // Zero means "no checksum" in UDP, so a sum of zero travels as its other form.
  udp.writeUInt16BE(internetChecksum(pseudoHeader, udp, packet.payload) || 0xffff, 6);
  return Buffer.concat([ip, udp, packet.payload]);
}
