import type { FieldName } from '../fields/names.ts';
import { ethertype, vlanPresent } from '../fields/protocols.ts';
import { protocol } from './protocols.ts';
import type { SimulatedPacket } from './types.ts';

const ethernetLength = 14;
const vlanLength = 4;

function number(packet: Pick<SimulatedPacket, 'fields'>, field: FieldName): number {
  return Number(packet.fields.get(field) ?? 0);
}

/** Number of VLAN headers. */
function vlanCount(packet: Pick<SimulatedPacket, 'fields' | 'vlans'>): number {
  if (packet.vlans) return packet.vlans.length;
  const tagged = (number(packet, 'vlan_vid') | number(packet, 'vlan_tci')) & vlanPresent;
  return tagged ? 1 : 0;
}

function neighbourLength(packet: Pick<SimulatedPacket, 'fields'>): number {
  return 24 + (number(packet, 'nd_options_type') === 0 ? 0 : 8);
}

function icmpLength(packet: Pick<SimulatedPacket, 'fields' | 'inner'>): number {
  return 8 + (packet.inner ? networkLength(packet.inner) + (packet.inner.payload?.length ?? 0) : 0);
}

function transportLength(packet: Pick<SimulatedPacket, 'fields' | 'inner'>): number {
  if (Number(number(packet, 'ip_frag') & 2) !== 0) return 0;
  const six = number(packet, 'eth_type') === ethertype.ipv6;
  switch (number(packet, 'ip_proto')) {
    case protocol.tcp:
      return 20;
    case protocol.udp:
      return 8;
    case protocol.sctp:
      return 12;
    case protocol.icmp:
      return six ? 0 : icmpLength(packet);
    case protocol.icmpv6:
      if (!six) return 0;
      return [135, 136].includes(number(packet, 'icmpv6_type'))
        ? neighbourLength(packet)
        : icmpLength(packet);
    default:
      return 0;
  }
}

/** Bytes of the headers from the network layer on. */
function networkLength(packet: Pick<SimulatedPacket, 'fields' | 'inner'>): number {
  switch (number(packet, 'eth_type')) {
    case ethertype.ipv4:
      return 20 + transportLength(packet);
    case ethertype.ipv6:
      return 40 + transportLength(packet);
    case ethertype.arp:
    case ethertype.rarp:
      return 28;
    default:
      return 0;
  }
}

/** Bytes of all headers that have fields. */
export function headerLength(packet: Pick<SimulatedPacket, 'fields' | 'inner' | 'vlans'>): number {
  return ethernetLength + vlanCount(packet) * vlanLength + networkLength(packet);
}
