import { type FieldName, type FieldValue, ipv4, mac } from 'node-openflow';
import { packet as build, type SimulatedPacket } from 'node-openflow/testing';
import type { Arp, Frame, Icmp, Ipv4, TcpFlag } from '../../../controller/reference/index.ts';

const tcpFlags: readonly TcpFlag[] = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'];

const ethernetHeader = 14;
const vlanTag = 4;
/** Every network takes packets of so many bytes (RFC 1122, section 3.3.2); the model leaves their length out. */
const small = 576;

/** A frame as the simulator has it. */
export function toSimulated(frame: Frame): SimulatedPacket {
  const link = {
    ethSrc: frame.source,
    ethDst: frame.destination,
    ...(frame.vlan === undefined ? {} : { vlan: frame.vlan }),
  };
  const { content } = frame;
  if (content.protocol === 'ipv4') return ipPacket(link, content);
  if (content.protocol === 'arp') return arpPacket(link, content);
  return build.ethernet({ ...link, type: content.protocol });
}

function arpPacket(link: { ethSrc: string; ethDst: string }, arp: Arp): SimulatedPacket {
  const { senderMac, senderAddress, targetMac, targetAddress } = arp;
  const op = arp.operation === 'request' ? 1 : 2;
  return build.arp({ ...link, op, senderMac, senderAddress, targetMac, targetAddress });
}

function ipPacket(link: { ethSrc: string; ethDst: string }, ip: Ipv4): SimulatedPacket {
  const { totalLength } = ip;
  const packet = smallIpPacket(link, ip);
  return totalLength === undefined ? packet : { ...packet, length: headerOf(packet) + totalLength };
}

/** Bytes before the IP packet. */
const headerOf = ({ fields }: SimulatedPacket) => ethernetHeader + (fields.has('vlan_vid') ? vlanTag : 0);

function smallIpPacket(link: { ethSrc: string; ethDst: string }, ip: Ipv4): SimulatedPacket {
  const { source: src, destination: dst, timeToLive: ttl, payload } = ip;
  const options = { ...link, src, dst, ttl };
  if (payload.protocol === 'icmp') return icmpPacket(options, payload);
  if (payload.protocol === 'tcp' || payload.protocol === 'udp') {
    const { sourcePort, destinationPort } = payload;
    if (payload.protocol === 'udp') return build.udp({ ...options, sourcePort, destinationPort });
    const flags = payload.flags.reduce((bits, flag) => bits | (1 << tcpFlags.indexOf(flag)), 0);
    return build.tcp({ ...options, sourcePort, destinationPort, flags });
  }
  return build.ip({ ...options, protocol: payload.protocol });
}

function icmpPacket(options: Parameters<typeof build.ping>[0], icmp: Icmp): SimulatedPacket {
  const { type, code, identifier, quoted } = icmp;
  return build.icmp({
    ...options,
    type,
    code,
    ...(identifier === undefined ? {} : { id: identifier }),
    ...(quoted
      ? { inner: ipPacket({ ethSrc: options.ethSrc as string, ethDst: options.ethDst as string }, quoted) }
      : {}),
  });
}

class Fields {
  readonly #values: ReadonlyMap<FieldName, FieldValue>;
  constructor({ fields }: SimulatedPacket) {
    this.#values = fields;
  }
  number(field: FieldName): number {
    return Number(this.#values.get(field) ?? 0);
  }
  mac(field: FieldName): string {
    return mac.format(BigInt(this.#values.get(field) ?? 0));
  }
  address(field: FieldName): string {
    return ipv4.format(this.number(field));
  }
}

/** A packet of the simulator as a frame. */
export function toFrame(packet: SimulatedPacket): Frame {
  const fields = new Fields(packet);
  const tagged = packet.fields.has('vlan_vid') ? { vlan: fields.number('vlan_vid') & 0xfff } : {};
  const link = { source: fields.mac('eth_src'), destination: fields.mac('eth_dst'), ...tagged };
  const type = fields.number('eth_type');
  if (type === 0x0806) return { ...link, content: arpOf(fields) };
  return { ...link, content: type === 0x0800 ? ipOf(packet, fields) : { protocol: type } };
}

function arpOf(fields: Fields): Arp {
  return {
    protocol: 'arp',
    operation: fields.number('arp_op') === 1 ? 'request' : 'reply',
    senderMac: fields.mac('arp_sha'),
    senderAddress: fields.address('arp_spa'),
    targetMac: fields.mac('arp_tha'),
    targetAddress: fields.address('arp_tpa'),
  };
}

function ipOf(packet: SimulatedPacket, fields: Fields): Ipv4 {
  const totalLength = (packet.length ?? 0) - headerOf(packet);
  return {
    protocol: 'ipv4',
    source: fields.address('ipv4_src'),
    destination: fields.address('ipv4_dst'),
    timeToLive: fields.number('ip_ttl'),
    ...(totalLength > small ? { totalLength } : {}),
    payload: payloadOf(packet, fields),
  };
}

function payloadOf(packet: SimulatedPacket, fields: Fields): Ipv4['payload'] {
  const protocol = fields.number('ip_proto');
  switch (protocol) {
    case 1:
      return {
        protocol: 'icmp',
        type: fields.number('icmpv4_type'),
        code: fields.number('icmpv4_code'),
        ...(packet.echoId === undefined ? {} : { identifier: packet.echoId }),
        ...(packet.inner ? { quoted: ipOf(packet.inner, new Fields(packet.inner)) } : {}),
      };
    case 6: {
      const bits = fields.number('tcp_flags');
      const flags = tcpFlags.filter((_, index) => bits & (1 << index));
      return {
        protocol: 'tcp',
        sourcePort: fields.number('tcp_src'),
        destinationPort: fields.number('tcp_dst'),
        flags,
      };
    }
    case 17:
      return {
        protocol: 'udp',
        sourcePort: fields.number('udp_src'),
        destinationPort: fields.number('udp_dst'),
      };
    default:
      return { protocol };
  }
}
