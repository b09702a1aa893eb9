import { internetChecksum, malformed, slice } from './bytes.ts';
import { etherTypes, parseEthernet, payloadOf } from './ethernet.ts';

const headerLength = 40;
export const nextHeaders = { udp: 17, icmpv6: 58 } as const;

/** All nodes of the link, ff02::1, and the MAC of the group (RFC 2464, section 7). */
export const allNodes = (0xff02n << 112n) | 1n;
export const allNodesMac = 0x3333_0000_0001n;

/** An IPv6 packet without extension headers (RFC 8200). Addresses are 128-bit numbers. */
export interface Ipv6Packet {
  readonly source: bigint;
  readonly destination: bigint;
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly payload: Buffer;
}

export function ipv6Bytes(address: bigint): Buffer {
  return Buffer.from(address.toString(16).padStart(32, '0'), 'hex');
}
export function readIpv6(bytes: Buffer, offset: number): bigint {
  return BigInt(`0x${slice(bytes, offset, 16).toString('hex')}`);
}

/** The IPv6 packet of a frame. @throws AgentError `malformed-packet` */
export function parseIpv6(frame: Buffer): Ipv6Packet {
  const packet = payloadOf(parseEthernet(frame), etherTypes.ipv6);
  const header = slice(packet, 0, headerLength);
  if (header.readUInt8(0) >> 4 !== 6) throw malformed('not an IPv6 header');
  return {
    source: readIpv6(header, 8),
    destination: readIpv6(header, 24),
    nextHeader: header.readUInt8(6),
    hopLimit: header.readUInt8(7),
    payload: slice(packet, headerLength, header.readUInt16BE(4)),
  };
}

/** The packet as bytes. The checksum of UDP or ICMPv6 is written at its place in the payload (RFC 8200, section 8.1). */
export function formatIpv6(packet: Ipv6Packet): Buffer {
  const { source, destination, nextHeader, hopLimit } = packet;
  const payload = Buffer.from(packet.payload);
  const header = Buffer.alloc(headerLength);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(payload.length, 4);
  header.writeUInt8(nextHeader, 6);
  header.writeUInt8(hopLimit, 7);
  header.set(ipv6Bytes(source), 8);
  header.set(ipv6Bytes(destination), 24);
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(payload.length, 0);
  tail.writeUInt8(nextHeader, 7);
  const place = nextHeader === nextHeaders.udp ? 6 : 2;
  payload.writeUInt16BE(0, place);
  // Zero means "no checksum" in UDP, so a sum of zero travels as its other form.
  payload.writeUInt16BE(internetChecksum(header.subarray(8), tail, payload) || 0xffff, place);
  return Buffer.concat([header, payload]);
}

/** The link-local address with the interface identifier of a MAC (RFC 4291, appendix A). */
export function linkLocalAddress(mac: bigint): bigint {
  const inverted = mac ^ (0x02n << 40n);
  return (0xfe80n << 112n) | ((inverted >> 24n) << 40n) | (0xfffen << 24n) | (inverted & 0xff_ffffn);
}
