import type { Prerequisite } from '../fields/definition.ts';
import type { FieldName } from '../fields/names.ts';
import { ethertype, vlanPresent } from '../fields/protocols.ts';
import { actionTable } from '../fields/registry.ts';
import { protocol } from './protocols.ts';
import { readNumber } from './slots.ts';

type State = ReadonlyMap<string, bigint>;

/** Bits of `ct_state` of which a connection that is not invalid has at least one. */
const validConnection = 0x01 | 0x02 | 0x08;
const laterFragment = 2;
/** RFC 8300, section 9.1.1. */
const nshEthertype = 0x894f;

export function isIp(state: State): boolean {
  const type = readNumber(state, 'eth_type');
  return type === ethertype.ipv4 || type === ethertype.ipv6;
}

function isTransport(state: State, number: number): boolean {
  const later = (readNumber(state, 'ip_frag') & laterFragment) !== 0;
  return isIp(state) && readNumber(state, 'ip_proto') === number && !later;
}

function isIcmpv6(state: State): boolean {
  return (
    readNumber(state, 'eth_type') === ethertype.ipv6 && readNumber(state, 'ip_proto') === protocol.icmpv6
  );
}

function isNeighbourDiscovery(state: State, ...types: number[]): boolean {
  return isIcmpv6(state) && types.includes(readNumber(state, 'tp_src')) && readNumber(state, 'tp_dst') === 0;
}

function hasConnection(state: State): boolean {
  return (readNumber(state, 'ct_state') & validConnection) !== 0;
}

const checks: Record<Prerequisite, (state: State) => boolean> = {
  ethernet: (state) => readNumber(state, 'packet_type') === 0,
  vlan: (state) => (readNumber(state, 'vlan_tci') & vlanPresent) !== 0,
  mpls: (state) => [ethertype.mpls, ethertype.mplsMulticast].includes(readNumber(state, 'eth_type')),
  nsh: (state) => readNumber(state, 'eth_type') === nshEthertype,
  ipv4: (state) => readNumber(state, 'eth_type') === ethertype.ipv4,
  ipv6: (state) => readNumber(state, 'eth_type') === ethertype.ipv6,
  ip: isIp,
  arp: (state) => [ethertype.arp, ethertype.rarp].includes(readNumber(state, 'eth_type')),
  tcp: (state) => isTransport(state, protocol.tcp),
  udp: (state) => isTransport(state, protocol.udp),
  sctp: (state) => isTransport(state, protocol.sctp),
  icmpv4: (state) =>
    readNumber(state, 'eth_type') === ethertype.ipv4 && readNumber(state, 'ip_proto') === protocol.icmp,
  icmpv6: isIcmpv6,
  nd: (state) => isNeighbourDiscovery(state, 135, 136),
  'nd-solicitation': (state) => isNeighbourDiscovery(state, 135),
  'nd-advertisement': (state) => isNeighbourDiscovery(state, 136),
  'ct-ip': hasConnection,
  'ct-ipv4': hasConnection,
  'ct-ipv6': hasConnection,
  'ct-transport': hasConnection,
};

/** Whether the packet has the header that a field is part of. Actions on a field that it does not have do nothing. */
export function hasField(state: State, field: FieldName): boolean {
  const { prerequisite } = actionTable.get(field);
  return prerequisite === undefined || checks[prerequisite](state);
}
