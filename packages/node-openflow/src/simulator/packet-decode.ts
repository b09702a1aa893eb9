import type { FieldName, FieldValue } from '../fields/names.ts';
import { ethertype } from '../fields/protocols.ts';
import { Reader } from '../wire/reader.ts';
import { icmpType, icmpv6Type, protocol } from './protocols.ts';
import type { SimulatedPacket, VlanTag } from './types.ts';

type Fields = Map<FieldName, FieldValue>;

interface Draft {
  readonly fields: Fields;
  vlans?: readonly VlanTag[];
  echoId?: number;
  inner?: SimulatedPacket;
  payload?: Uint8Array;
}

const vlanTypes = [0x8100, 0x88a8];
const icmpErrors: readonly number[] = [
  icmpType.unreachable,
  icmpType.sourceQuench,
  icmpType.redirect,
  icmpType.timeExceeded,
  icmpType.parameterProblem,
];
const icmpv6Errors: readonly number[] = [
  icmpv6Type.unreachable,
  icmpv6Type.packetTooBig,
  icmpv6Type.timeExceeded,
  icmpv6Type.parameterProblem,
];

function readPorts(reader: Reader, { fields }: Draft, name: 'tcp' | 'udp' | 'sctp'): void {
  fields.set(`${name}_src`, reader.u16());
  fields.set(`${name}_dst`, reader.u16());
}

function readTcp(reader: Reader, draft: Draft): void {
  readPorts(reader, draft, 'tcp');
  reader.skip(8);
  const control = reader.u16();
  draft.fields.set('tcp_flags', control & 0xfff);
  reader.skip(6 + ((control >>> 12) - 5) * 4);
}

function readNeighbour(reader: Reader, { fields }: Draft, type: number): void {
  fields.set('nd_reserved', reader.u32());
  fields.set('nd_target', reader.u128());
  if (reader.remaining < 8) return;
  const option = reader.u8();
  const words = reader.u8();
  if (words !== 1) return;
  fields.set('nd_options_type', option);
  fields.set(type === 135 ? 'nd_sll' : 'nd_tll', reader.u48());
}

function readIcmp(reader: Reader, draft: Draft, six: boolean): void {
  const type = reader.u8();
  draft.fields.set(six ? 'icmpv6_type' : 'icmpv4_type', type);
  draft.fields.set(six ? 'icmpv6_code' : 'icmpv4_code', reader.u8());
  reader.skip(2);
  if (six && (type === 135 || type === 136)) {
    readNeighbour(reader, draft, type);
    return;
  }
  draft.echoId = reader.u16();
  reader.skip(2);
  if (!(six ? icmpv6Errors : icmpErrors).includes(type)) return;
  const length = reader.remaining;
  draft.inner = finish(readNetwork(reader, six ? ethertype.ipv6 : ethertype.ipv4), length);
}

function readTransport(reader: Reader, draft: Draft, number: number, six: boolean): void {
  if (number === protocol.tcp) readTcp(reader, draft);
  else if (number === protocol.udp) {
    readPorts(reader, draft, 'udp');
    reader.skip(4);
  } else if (number === protocol.sctp) {
    readPorts(reader, draft, 'sctp');
    reader.skip(8);
  } else if (number === (six ? protocol.icmpv6 : protocol.icmp)) readIcmp(reader, draft, six);
}

function readIpv4(reader: Reader, draft: Draft): void {
  const { fields } = draft;
  const headerWords = reader.u8() & 0xf;
  const tos = reader.u8();
  const length = reader.u16();
  reader.skip(2);
  const fragment = reader.u16();
  const later = (fragment & 0x1fff) !== 0;
  fields.set('ip_frag', later ? 3 : (fragment & 0x2000) === 0 ? 0 : 1);
  fields.set('ip_ttl', reader.u8());
  const number = reader.u8();
  fields.set('ip_proto', number);
  fields.set('ip_dscp', tos >>> 2);
  fields.set('ip_ecn', tos & 3);
  reader.skip(2);
  fields.set('ipv4_src', reader.u32());
  fields.set('ipv4_dst', reader.u32());
  reader.skip((headerWords - 5) * 4);
  reader.enter(Math.min(reader.remaining, length - headerWords * 4));
  if (!later) readTransport(reader, draft, number, false);
}

function readIpv6(reader: Reader, draft: Draft): void {
  const { fields } = draft;
  const first = reader.u32();
  fields.set('ip_dscp', (first >>> 22) & 0x3f);
  fields.set('ip_ecn', (first >>> 20) & 3);
  if ((first & 0xfffff) !== 0) fields.set('ipv6_label', first & 0xfffff);
  const length = reader.u16();
  const number = reader.u8();
  fields.set('ip_proto', number);
  fields.set('ip_ttl', reader.u8());
  fields.set('ip_frag', 0);
  fields.set('ipv6_src', reader.u128());
  fields.set('ipv6_dst', reader.u128());
  reader.enter(Math.min(reader.remaining, length));
  readTransport(reader, draft, number, true);
}

function readArp(reader: Reader, { fields }: Draft): void {
  reader.skip(6);
  fields.set('arp_op', reader.u16());
  fields.set('arp_sha', reader.u48());
  fields.set('arp_spa', reader.u32());
  fields.set('arp_tha', reader.u48());
  fields.set('arp_tpa', reader.u32());
}

function readNetwork(reader: Reader, type: number): Draft {
  const draft: Draft = { fields: new Map([['eth_type', type]]) };
  if (type === ethertype.ipv4) readIpv4(reader, draft);
  else if (type === ethertype.ipv6) readIpv6(reader, draft);
  else if (type === ethertype.arp || type === ethertype.rarp) readArp(reader, draft);
  const payload = reader.rest();
  if (payload.length > 0) draft.payload = payload;
  return draft;
}

function finish(draft: Draft, length: number): SimulatedPacket {
  return { ...draft, length };
}

function readTags(reader: Reader): { tags: VlanTag[]; type: number } {
  const tags: VlanTag[] = [];
  let type = reader.u16();
  while (vlanTypes.includes(type)) {
    tags.push({ ethertype: type, tci: reader.u16() | 0x1000 });
    type = reader.u16();
  }
  return { tags, type };
}

/**
 * Reads a packet from its bytes. Checksums are not checked; options of IP and TCP, sequence numbers and extension headers of
 * IPv6 are not kept.
 * @throws OpenFlowError OPENFLOW_TRUNCATED
 */
export function decodePacket(bytes: Uint8Array): SimulatedPacket {
  const reader = new Reader(bytes);
  const destination = reader.u48();
  const source = reader.u48();
  const { tags, type } = readTags(reader);
  const draft = readNetwork(reader, type);
  const { fields } = draft;
  fields.set('eth_src', source);
  fields.set('eth_dst', destination);
  const [outer] = tags;
  if (outer) {
    fields.set('vlan_vid', outer.tci & 0x1fff);
    if (outer.tci >>> 13 !== 0) fields.set('vlan_pcp', outer.tci >>> 13);
  }
  if (tags.length > 1 || (outer && outer.ethertype !== 0x8100)) draft.vlans = tags;
  return finish(draft, bytes.length);
}
