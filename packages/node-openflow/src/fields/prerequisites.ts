import type { Prerequisite } from './definition.ts';
import type { FieldMatch, Match } from './match.ts';
import type { FieldName } from './names.ts';
import { ethertype, vlanPresent } from './protocols.ts';
import { matchTable } from './registry.ts';

const protocol = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 };
const neighbour = { solicitation: 135, advertisement: 136 };
const nshPacket = 0x1894f;

type Lookup = (field: FieldName) => number | undefined;

/** The exact values that a match gives to fields. */
function exactValues(match: Match): Lookup {
  const values = new Map<FieldName, number>();
  for (const entry of match) if (entry.mask === undefined) values.set(entry.field, Number(entry.value));
  return (field) => values.get(field);
}

function isIp(type: number | undefined): boolean {
  return type === ethertype.ipv4 || type === ethertype.ipv6;
}

function transport(number: number): (value: Lookup) => boolean {
  return (value) => isIp(value('eth_type')) && value('ip_proto') === number;
}

function hasVlan(match: Match): boolean {
  return match.some(
    ({ field, value, mask }: FieldMatch) =>
      (field === 'vlan_vid' || field === 'vlan_tci') &&
      (Number(value) & vlanPresent) !== 0 &&
      (mask === undefined || (Number(mask) & vlanPresent) !== 0),
  );
}

function isNeighbourDiscovery(value: Lookup, types: readonly number[]): boolean {
  return (
    value('eth_type') === ethertype.ipv6 &&
    value('ip_proto') === protocol.icmpv6 &&
    types.includes(value('icmpv6_type') ?? -1)
  );
}

const both = [neighbour.solicitation, neighbour.advertisement];
const withPorts = [protocol.tcp, protocol.udp, protocol.sctp];

const rules: Record<Prerequisite, { readonly says: string; met(value: Lookup, match: Match): boolean }> = {
  ethernet: { says: 'an Ethernet packet', met: (value) => (value('packet_type') ?? 0) === 0 },
  vlan: { says: 'vlan_vid with the present bit (0x1000)', met: (_, match) => hasVlan(match) },
  mpls: {
    says: 'eth_type=0x8847 or 0x8848',
    met: (value) => [ethertype.mpls, ethertype.mplsMulticast].includes(value('eth_type') ?? -1),
  },
  ipv4: { says: 'eth_type=0x0800', met: (value) => value('eth_type') === ethertype.ipv4 },
  ipv6: { says: 'eth_type=0x86dd', met: (value) => value('eth_type') === ethertype.ipv6 },
  ip: { says: 'eth_type=0x0800 or 0x86dd', met: (value) => isIp(value('eth_type')) },
  arp: {
    says: 'eth_type=0x0806 or 0x8035',
    met: (value) => [ethertype.arp, ethertype.rarp].includes(value('eth_type') ?? -1),
  },
  tcp: { says: 'eth_type of IP and ip_proto=6', met: transport(protocol.tcp) },
  udp: { says: 'eth_type of IP and ip_proto=17', met: transport(protocol.udp) },
  sctp: { says: 'eth_type of IP and ip_proto=132', met: transport(protocol.sctp) },
  icmpv4: {
    says: 'eth_type=0x0800 and ip_proto=1',
    met: (value) => value('eth_type') === ethertype.ipv4 && value('ip_proto') === protocol.icmp,
  },
  icmpv6: {
    says: 'eth_type=0x86dd and ip_proto=58',
    met: (value) => value('eth_type') === ethertype.ipv6 && value('ip_proto') === protocol.icmpv6,
  },
  nd: { says: 'icmpv6_type=135 or 136', met: (value) => isNeighbourDiscovery(value, both) },
  'nd-solicitation': {
    says: 'icmpv6_type=135',
    met: (value) => isNeighbourDiscovery(value, [neighbour.solicitation]),
  },
  'nd-advertisement': {
    says: 'icmpv6_type=136',
    met: (value) => isNeighbourDiscovery(value, [neighbour.advertisement]),
  },
  nsh: {
    says: 'packet_type=(1,0x894f) or eth_type=0x894f',
    met: (value) => value('packet_type') === nshPacket || value('eth_type') === (nshPacket & 0xffff),
  },
  'ct-ip': { says: 'eth_type=0x0800 or 0x86dd', met: (value) => isIp(value('eth_type')) },
  'ct-ipv4': { says: 'eth_type=0x0800', met: (value) => value('eth_type') === ethertype.ipv4 },
  'ct-ipv6': { says: 'eth_type=0x86dd', met: (value) => value('eth_type') === ethertype.ipv6 },
  'ct-transport': {
    says: 'eth_type of IP and ct_nw_proto of TCP, UDP or SCTP',
    met: (value) => isIp(value('eth_type')) && withPorts.includes(value('ct_nw_proto') ?? -1),
  },
};

/**
 * What a match still has to say before a switch accepts it, for each field whose prerequisites are not met
 * (ovs-fields(7), "Prerequisites"). Empty when everything is there.
 */
export function missingPrerequisites(match: Match): string[] {
  const value = exactValues(match);
  return match.flatMap(({ field }) => {
    const { prerequisite } = matchTable.get(field);
    if (!prerequisite || rules[prerequisite].met(value, match)) return [];
    return [`${field} needs ${rules[prerequisite].says}`];
  });
}
