import type { FieldName } from '../fields/names.ts';
import { ethertype } from '../fields/protocols.ts';
import { Writer } from '../wire/writer.ts';
import { internetChecksum } from './checksum.ts';
import { headerLength } from './packet-length.ts';
import { protocol } from './protocols.ts';
import type { SimulatedPacket, VlanTag } from './types.ts';

const window = 0xffff;
const dontKnow = 0;

function number(packet: SimulatedPacket, field: FieldName): number {
  return Number(packet.fields.get(field) ?? 0);
}

function big(packet: SimulatedPacket, field: FieldName): bigint {
  return BigInt(packet.fields.get(field) ?? 0n);
}

function built(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  write(writer);
  return writer.bytes.slice(0, writer.length);
}

function tagsOf(packet: SimulatedPacket): readonly VlanTag[] {
  if (packet.vlans) return packet.vlans;
  const tci = number(packet, 'vlan_vid') | (number(packet, 'vlan_pcp') << 13) | number(packet, 'vlan_tci');
  return tci === 0 ? [] : [{ ethertype: 0x8100, tci }];
}

function isIpv6(packet: SimulatedPacket): boolean {
  return number(packet, 'eth_type') === ethertype.ipv6;
}

/** What TCP, UDP and ICMPv6 put before their own bytes when they compute a checksum (RFC 768, RFC 8200 section 8.1). */
function pseudoHeader(packet: SimulatedPacket, length: number): Uint8Array {
  const six = isIpv6(packet);
  return built((writer) => {
    writer.big(big(packet, six ? 'ipv6_src' : 'ipv4_src'), six ? 16 : 4);
    writer.big(big(packet, six ? 'ipv6_dst' : 'ipv4_dst'), six ? 16 : 4);
    writer.u32(length);
    writer.u32(number(packet, 'ip_proto'));
  });
}

function withChecksum(bytes: Uint8Array, at: number, packet: SimulatedPacket, pseudo: boolean): Uint8Array {
  const pieces = pseudo ? [pseudoHeader(packet, bytes.length), bytes] : [bytes];
  const checksum = internetChecksum(...pieces);
  // In UDP zero says that there is no checksum.
  new DataView(bytes.buffer).setUint16(at, checksum === 0 && pseudo ? 0xffff : checksum);
  return bytes;
}

function tcp(packet: SimulatedPacket, payload: Uint8Array): Uint8Array {
  const bytes = built((writer) => {
    writer.u16(number(packet, 'tcp_src'));
    writer.u16(number(packet, 'tcp_dst'));
    writer.pad(8);
    writer.u16((5 << 12) | number(packet, 'tcp_flags'));
    writer.u16(window);
    writer.pad(4);
    writer.raw(payload);
  });
  return withChecksum(bytes, 16, packet, true);
}

function udp(packet: SimulatedPacket, payload: Uint8Array): Uint8Array {
  const bytes = built((writer) => {
    writer.u16(number(packet, 'udp_src'));
    writer.u16(number(packet, 'udp_dst'));
    writer.u16(8 + payload.length);
    writer.pad(2);
    writer.raw(payload);
  });
  return withChecksum(bytes, 6, packet, true);
}

/** The checksum, a CRC32c that Open vSwitch does not look at, is left zero. */
function sctp(packet: SimulatedPacket, payload: Uint8Array): Uint8Array {
  return built((writer) => {
    writer.u16(number(packet, 'sctp_src'));
    writer.u16(number(packet, 'sctp_dst'));
    writer.pad(8);
    writer.raw(payload);
  });
}

function writeNeighbour(writer: Writer, packet: SimulatedPacket): void {
  writer.u32(number(packet, 'nd_reserved'));
  writer.u128(big(packet, 'nd_target'));
  const type = number(packet, 'nd_options_type');
  if (type === 0) return;
  writer.u8(type);
  writer.u8(1);
  writer.u48(packet.fields.get('nd_sll') ?? packet.fields.get('nd_tll') ?? 0n);
}

function icmp(packet: SimulatedPacket, payload: Uint8Array): Uint8Array {
  const six = isIpv6(packet);
  const type = number(packet, six ? 'icmpv6_type' : 'icmpv4_type');
  const bytes = built((writer) => {
    writer.u8(type);
    writer.u8(number(packet, six ? 'icmpv6_code' : 'icmpv4_code'));
    writer.pad(2);
    if (six && (type === 135 || type === 136)) writeNeighbour(writer, packet);
    else {
      writer.u16(packet.echoId ?? 0);
      writer.u16(dontKnow);
    }
    if (packet.inner) writer.raw(network(packet.inner, packet.inner.payload ?? new Uint8Array()));
    writer.raw(payload);
  });
  return withChecksum(bytes, 2, packet, six);
}

function transport(packet: SimulatedPacket, payload: Uint8Array): Uint8Array {
  if ((number(packet, 'ip_frag') & 2) !== 0) return payload;
  switch (number(packet, 'ip_proto')) {
    case protocol.tcp:
      return tcp(packet, payload);
    case protocol.udp:
      return udp(packet, payload);
    case protocol.sctp:
      return sctp(packet, payload);
    case protocol.icmp:
      return isIpv6(packet) ? payload : icmp(packet, payload);
    case protocol.icmpv6:
      return isIpv6(packet) ? icmp(packet, payload) : payload;
    default:
      return payload;
  }
}

function trafficClass(packet: SimulatedPacket): number {
  return (number(packet, 'ip_dscp') << 2) | number(packet, 'ip_ecn');
}

/** Flags and offset: more fragments for the first one, some offset for later ones. */
function fragmentWord(packet: SimulatedPacket): number {
  const fragment = number(packet, 'ip_frag');
  if ((fragment & 2) !== 0) return 0x00b9;
  return fragment === 0 ? 0x4000 : 0x2000;
}

function ipv4(packet: SimulatedPacket, body: Uint8Array): Uint8Array {
  const header = built((writer) => {
    writer.u8(0x45);
    writer.u8(trafficClass(packet));
    writer.u16(20 + body.length);
    writer.u16(dontKnow);
    writer.u16(fragmentWord(packet));
    writer.u8(number(packet, 'ip_ttl'));
    writer.u8(number(packet, 'ip_proto'));
    writer.pad(2);
    writer.u32(number(packet, 'ipv4_src'));
    writer.u32(number(packet, 'ipv4_dst'));
  });
  return Buffer.concat([withChecksum(header, 10, packet, false), body]);
}

function ipv6(packet: SimulatedPacket, body: Uint8Array): Uint8Array {
  return built((writer) => {
    writer.u32(((6 << 28) | (trafficClass(packet) << 20) | number(packet, 'ipv6_label')) >>> 0);
    writer.u16(body.length);
    writer.u8(number(packet, 'ip_proto'));
    writer.u8(number(packet, 'ip_ttl'));
    writer.u128(big(packet, 'ipv6_src'));
    writer.u128(big(packet, 'ipv6_dst'));
    writer.raw(body);
  });
}

function arp(packet: SimulatedPacket, payload: Uint8Array): Uint8Array {
  return built((writer) => {
    writer.u16(1);
    writer.u16(ethertype.ipv4);
    writer.u8(6);
    writer.u8(4);
    writer.u16(number(packet, 'arp_op'));
    writer.u48(big(packet, 'arp_sha'));
    writer.u32(number(packet, 'arp_spa'));
    writer.u48(big(packet, 'arp_tha'));
    writer.u32(number(packet, 'arp_tpa'));
    writer.raw(payload);
  });
}

function network(packet: SimulatedPacket, payload: Uint8Array): Uint8Array {
  switch (number(packet, 'eth_type')) {
    case ethertype.ipv4:
      return ipv4(packet, transport(packet, payload));
    case ethertype.ipv6:
      return ipv6(packet, transport(packet, payload));
    case ethertype.arp:
    case ethertype.rarp:
      return arp(packet, payload);
    default:
      return payload;
  }
}

/**
 * The bytes of a packet, checksums included. What has no fields gets plain values: sequence numbers are zero, there are no
 * options of IP and TCP.
 */
export function encodePacket(packet: SimulatedPacket): Uint8Array {
  const room = Math.max(packet.payload?.length ?? 0, packet.length - headerLength(packet));
  const payload = new Uint8Array(room);
  payload.set(packet.payload ?? []);
  return built((writer) => {
    writer.u48(big(packet, 'eth_dst'));
    writer.u48(big(packet, 'eth_src'));
    for (const { ethertype: type, tci } of tagsOf(packet)) {
      writer.u16(type);
      writer.u16(tci);
    }
    writer.u16(number(packet, 'eth_type'));
    writer.raw(network(packet, payload));
  });
}
