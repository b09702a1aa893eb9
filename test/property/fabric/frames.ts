import { type FieldName, type FieldValue, ipv4, mac } from 'node-openflow';
import { packet as build, type SimulatedPacket } from 'node-openflow/testing';
import {
  type Arp,
  type Frame,
  type Icmp,
  type Ip,
  isIcmp,
  type Neighbour,
  type TcpFlag,
} from '../../../controller/reference/index.ts';
import { formatIpv6 } from '../../../controller/resources/index.ts';

const tcpFlags: readonly TcpFlag[] = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'];

/** Flags of a neighbour advertisement and their bits (RFC 4861, section 4.4). */
const neighbourFlags = { router: 31, solicited: 30, override: 29 } as const;
const types = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd, solicitation: 135, advertisement: 136 } as const;

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
  if (content.protocol === 'arp') return arpPacket(link, content);
  if (isIp(content)) return ipPacket(link, content);
  return build.ethernet({ ...link, type: content.protocol });
}

/** True for IPv4 and IPv6. */
export function isIp(content: Frame['content']): content is Ip {
  return content.protocol === 'ipv4' || content.protocol === 'ipv6';
}

function arpPacket(link: { ethSrc: string; ethDst: string }, arp: Arp): SimulatedPacket {
  const { senderMac, senderAddress, targetMac, targetAddress } = arp;
  const op = arp.operation === 'request' ? 1 : 2;
  return build.arp({ ...link, op, senderMac, senderAddress, targetMac, targetAddress });
}

function ipPacket(link: { ethSrc: string; ethDst: string }, ip: Ip): SimulatedPacket {
  const { totalLength } = ip;
  const packet = smallIpPacket(link, ip);
  if (totalLength === undefined) return packet;
  return { ...packet, length: headerOf(packet) + totalLength };
}

/** Bytes of the Ethernet header, with the tag if there is one. */
function headerOf({ fields }: SimulatedPacket): number {
  return ethernetHeader + (fields.has('vlan_vid') ? vlanTag : 0);
}

function smallIpPacket(link: { ethSrc: string; ethDst: string }, ip: Ip): SimulatedPacket {
  const { source: src, destination: dst, timeToLive: ttl, payload } = ip;
  const options = { ...link, src, dst, ttl };
  if (isIcmp(payload)) return icmpPacket(options, payload);
  if (payload.protocol === 'tcp' || payload.protocol === 'udp') {
    const { sourcePort, destinationPort } = payload;
    if (payload.protocol === 'udp') return build.udp({ ...options, sourcePort, destinationPort });
    const flags = payload.flags.reduce((bits, flag) => bits | (1 << tcpFlags.indexOf(flag)), 0);
    return build.tcp({ ...options, sourcePort, destinationPort, flags });
  }
  return build.ip({ ...options, protocol: payload.protocol });
}

function icmpPacket(options: Parameters<typeof build.ping>[0], icmp: Icmp): SimulatedPacket {
  const { type, code, identifier, quoted, neighbour } = icmp;
  if (neighbour) return neighbourPacket(options, type, neighbour);
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

function neighbourPacket(
  options: Parameters<typeof build.ping>[0],
  type: number,
  { target, mac: linkLayer, flags = [] }: Neighbour,
): SimulatedPacket {
  const reserved = flags.reduce((bits, flag) => (bits | (1 << neighbourFlags[flag])) >>> 0, 0);
  const message = { ...options, target, reserved, ...(linkLayer === undefined ? {} : { linkLayer }) };
  return type === types.solicitation
    ? build.neighbourSolicitation(message)
    : build.neighbourAdvertisement(message);
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
  ipv6(field: FieldName): string {
    return formatIpv6(BigInt(this.#values.get(field) ?? 0));
  }
  has(field: FieldName): boolean {
    return this.#values.has(field);
  }
}

/** A packet of the simulator as a frame. */
export function toFrame(packet: SimulatedPacket): Frame {
  const fields = new Fields(packet);
  const tagged = packet.fields.has('vlan_vid') ? { vlan: fields.number('vlan_vid') & 0xfff } : {};
  const link = { source: fields.mac('eth_src'), destination: fields.mac('eth_dst'), ...tagged };
  const type = fields.number('eth_type');
  if (type === types.arp) return { ...link, content: arpOf(fields) };
  const isKnown = type === types.ipv4 || type === types.ipv6;
  return { ...link, content: isKnown ? ipOf(packet, fields) : { protocol: type } };
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

function ipOf(packet: SimulatedPacket, fields: Fields): Ip {
  const totalLength = (packet.length ?? 0) - headerOf(packet);
  const six = fields.number('eth_type') === types.ipv6;
  return {
    protocol: six ? 'ipv6' : 'ipv4',
    source: six ? fields.ipv6('ipv6_src') : fields.address('ipv4_src'),
    destination: six ? fields.ipv6('ipv6_dst') : fields.address('ipv4_dst'),
    timeToLive: fields.number('ip_ttl'),
    ...(totalLength > small ? { totalLength } : {}),
    payload: payloadOf(packet, fields),
  };
}

function icmpOf(packet: SimulatedPacket, fields: Fields, six: boolean): Icmp {
  const type = fields.number(six ? 'icmpv6_type' : 'icmpv4_type');
  const isNeighbour = six && (type === types.solicitation || type === types.advertisement);
  return {
    protocol: six ? 'icmpv6' : 'icmp',
    type,
    code: fields.number(six ? 'icmpv6_code' : 'icmpv4_code'),
    ...(packet.echoId === undefined ? {} : { identifier: packet.echoId }),
    ...(packet.inner ? { quoted: ipOf(packet.inner, new Fields(packet.inner)) } : {}),
    ...(isNeighbour ? { neighbour: neighbourOf(fields) } : {}),
  };
}

function neighbourOf(fields: Fields): Neighbour {
  const bits = fields.number('nd_reserved');
  const flags = (['router', 'solicited', 'override'] as const).filter(
    (flag) => (bits >>> neighbourFlags[flag]) & 1,
  );
  const option = (['nd_sll', 'nd_tll'] as const).find((field) => fields.has(field));
  return {
    target: fields.ipv6('nd_target'),
    ...(option ? { mac: fields.mac(option) } : {}),
    ...(flags.length > 0 ? { flags } : {}),
  };
}

function payloadOf(packet: SimulatedPacket, fields: Fields): Ip['payload'] {
  const protocol = fields.number('ip_proto');
  const six = fields.number('eth_type') === types.ipv6;
  if (protocol === (six ? 58 : 1)) return icmpOf(packet, fields, six);
  switch (protocol) {
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
