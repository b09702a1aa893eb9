import type { FieldName, FieldValue } from '../fields/names.ts';
import { vlanPresent } from '../fields/protocols.ts';
import { actionTable, matchFields } from '../fields/registry.ts';
import { ports } from '../ports.ts';
import { SimulationError } from './errors.ts';
import { hasField } from './prerequisites.ts';
import { publicValue, readNumber, readSlots, type Slots, writeSlots } from './slots.ts';
import type { FieldValues, SimulatedPacket, VlanTag } from './types.ts';

/** The most VLAN headers that Open vSwitch keeps. */
export const maximumVlans = 2;
const vlanEthertype = 0x8100;

/** A packet on its way through the datapath: its headers and what the switch knows about it. */
export interface WirePacket {
  readonly slots: Slots;
  readonly echoId: number | undefined;
  readonly inner: SimulatedPacket | undefined;
  readonly payload: Uint8Array | undefined;
  /** Bytes of the frame without VLAN headers. */
  readonly untaggedLength: number;
}

const isPacketField = new Set<FieldName>(
  matchFields
    .map(({ name }) => name)
    .filter((name) => /^(eth|vlan|mpls|ip|tcp|udp|sctp|icmp|arp|nd)/.test(name) && name !== 'vlan_tci'),
);

/** Further VLAN headers are kept in numbered slots behind the outermost one. */
function tagSlots(index: number): { tci: string; type: string } {
  return index === 0
    ? { tci: 'vlan_tci', type: 'vlan_type' }
    : { tci: `vlan_tci_${index}`, type: `vlan_type_${index}` };
}

export function readTags(slots: ReadonlyMap<string, bigint>): VlanTag[] {
  const tags: VlanTag[] = [];
  for (let i = 0; i < maximumVlans; i++) {
    const { tci, type } = tagSlots(i);
    const value = readNumber(slots, tci);
    if ((value & vlanPresent) === 0) break;
    tags.push({ tci: value, ethertype: readNumber(slots, type) || vlanEthertype });
  }
  return tags;
}

export function writeTags(slots: Slots, tags: readonly VlanTag[]): void {
  for (let i = 0; i < maximumVlans; i++) {
    const { tci, type } = tagSlots(i);
    slots.set(tci, BigInt(tags[i]?.tci ?? 0));
    slots.set(type, BigInt(tags[i]?.ethertype ?? 0));
  }
}

function checkValue(field: FieldName, value: FieldValue): bigint {
  const definition = actionTable.get(field);
  const big = BigInt(value);
  if (big < 0n || big > definition.allOnes) {
    throw new SimulationError(
      'SIMULATION_BAD_PACKET',
      `${field}=${value} does not fit into ${definition.bits} bits`,
    );
  }
  return big;
}

/** Puts a packet into a switch. */
export function wireOf(packet: SimulatedPacket, inPort: number): WirePacket {
  const slots: Slots = new Map();
  for (const [field, value] of packet.fields) writeSlots(slots, field, checkValue(field, value));
  for (const [field] of packet.fields) {
    if (hasField(slots, field)) continue;
    throw new SimulationError('SIMULATION_BAD_PACKET', `the packet has no header with the field ${field}`);
  }
  if (packet.vlans) writeTags(slots, packet.vlans);
  else writeTags(slots, readTags(slots));
  slots.set('in_port', BigInt(inPort));
  slots.set('actset_output', BigInt(ports.unset));
  const tags = readTags(slots).length;
  return {
    slots,
    echoId: packet.echoId,
    inner: packet.inner,
    payload: packet.payload,
    untaggedLength: packet.length - 4 * tags,
  };
}

export function wireLength(wire: WirePacket): number {
  return wire.untaggedLength + 4 * readTags(wire.slots).length;
}

function isPresent(slots: Slots, field: FieldName): boolean {
  if (!hasField(slots, field)) return false;
  if (field.startsWith('nd_') && field !== 'nd_target') return readSlots(slots, field) !== 0n;
  if (field === 'ipv6_label' || field === 'vlan_pcp') return readSlots(slots, field) !== 0n;
  if (field === 'vlan_vid') return (readNumber(slots, 'vlan_tci') & vlanPresent) !== 0;
  return true;
}

/** The packet's headers as it would leave the switch now. */
export function packetOf(wire: WirePacket): SimulatedPacket {
  const fields = new Map<FieldName, FieldValue>();
  for (const field of isPacketField) {
    if (isPresent(wire.slots, field)) fields.set(field, publicValue(field, readSlots(wire.slots, field)));
  }
  const tags = readTags(wire.slots);
  const plain = tags.length === 0 || (tags.length === 1 && tags[0]?.ethertype === vlanEthertype);
  return {
    fields,
    ...(plain ? {} : { vlans: tags }),
    ...(wire.echoId === undefined ? {} : { echoId: wire.echoId }),
    ...(wire.inner === undefined ? {} : { inner: wire.inner }),
    ...(wire.payload === undefined ? {} : { payload: wire.payload }),
    length: wireLength(wire),
  };
}

const registers: readonly FieldName[] = Array.from({ length: 16 }, (_, i) => `reg${i}` as FieldName);
const tunnelFields = matchFields.map(({ name }) => name).filter((name) => /^tun(nel)?_/.test(name));
const connectionFields = matchFields.map(({ name }) => name).filter((name) => name.startsWith('ct_'));
const pipelineFields: readonly FieldName[] = [
  'in_port_oxm',
  'metadata',
  'pkt_mark',
  ...registers,
  ...tunnelFields,
  ...connectionFields,
];

function isSet(slots: ReadonlyMap<string, bigint>, field: FieldName): boolean {
  if (field.startsWith('tun_metadata')) return slots.has(field);
  return (slots.get(field) ?? 0n) !== 0n;
}

/** Fields of the tunnel that are not zero. */
export function tunnelOf(slots: ReadonlyMap<string, bigint>): FieldValues {
  const set = tunnelFields.filter((field) => isSet(slots, field));
  return new Map(set.map((field) => [field, publicValue(field, slots.get(field) ?? 0n)]));
}

/** Fields of the pipeline that are not zero, `in_port` first. */
export function pipelineOf(slots: ReadonlyMap<string, bigint>): FieldValues {
  const values = new Map<FieldName, FieldValue>([['in_port', readNumber(slots, 'in_port')]]);
  for (const field of pipelineFields) {
    if (field !== 'in_port_oxm' && isSet(slots, field)) {
      values.set(field, publicValue(field, slots.get(field) ?? 0n));
    }
  }
  return values;
}

/** Everything about the packet at hand: pipeline fields that are not zero, and its headers. */
export function allFieldsOf(slots: Slots): FieldValues {
  const headers: [FieldName, FieldValue][] = [...isPacketField]
    .filter((field) => isPresent(slots, field))
    .map((field) => [field, publicValue(field, readSlots(slots, field))]);
  return new Map([...pipelineOf(slots), ...headers]);
}

/** Whether the slot is part of the headers, as opposed to what only the switch knows. */
export function isHeaderSlot(slot: string): boolean {
  return /^(eth_|vlan_|mpls_|ip_|ipv4_|ipv6_|tp_|arp_|nd_|tcp_flags|pkt_mark)/.test(slot);
}
