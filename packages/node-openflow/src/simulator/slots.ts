import type { Subfield } from '../fields/match.ts';
import type { FieldName, FieldValue } from '../fields/names.ts';
import { actionTable, matchTable } from '../fields/registry.ts';
import { asFieldValue } from '../fields/value-text.ts';
import { fromPort16, toPort16 } from '../text/context.ts';

/**
 * The values of all fields of a packet in the switch. Fields that are views of the same bits share a slot: `reg0` and `reg1`
 * are `xreg0`, all transport ports are `tp_src` and `tp_dst`. A slot that is absent is zero; for tunnel options absence
 * is a state of its own.
 */
export type Slots = Map<string, bigint>;

/** A run of bits of one slot. */
export interface Piece {
  readonly slot: string;
  readonly shift: number;
  readonly bits: number;
}

const vlanPresent = 0x1000n;

function ones(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}

const special: Readonly<Partial<Record<FieldName, Piece>>> = {
  vlan_vid: { slot: 'vlan_tci', shift: 0, bits: 13 },
  vlan_pcp: { slot: 'vlan_tci', shift: 13, bits: 3 },
  tcp_src: { slot: 'tp_src', shift: 0, bits: 16 },
  tcp_dst: { slot: 'tp_dst', shift: 0, bits: 16 },
  udp_src: { slot: 'tp_src', shift: 0, bits: 16 },
  udp_dst: { slot: 'tp_dst', shift: 0, bits: 16 },
  sctp_src: { slot: 'tp_src', shift: 0, bits: 16 },
  sctp_dst: { slot: 'tp_dst', shift: 0, bits: 16 },
  icmpv4_type: { slot: 'tp_src', shift: 0, bits: 16 },
  icmpv4_code: { slot: 'tp_dst', shift: 0, bits: 16 },
  icmpv6_type: { slot: 'tp_src', shift: 0, bits: 16 },
  icmpv6_code: { slot: 'tp_dst', shift: 0, bits: 16 },
  in_port_oxm: { slot: 'in_port', shift: 0, bits: 32 },
  in_port: { slot: 'in_port', shift: 0, bits: 32 },
};

const pieces = new Map<FieldName, readonly Piece[]>();

function findPieces(field: FieldName): readonly Piece[] {
  const register = /^(x{1,2})reg(\d+)$/.exec(field);
  if (register) {
    const count = 1 << (register[1] as string).length;
    const first = Number(register[2]) * count;
    return Array.from({ length: count }, (_, i) => ({ slot: `reg${first + i}`, shift: 0, bits: 32 }));
  }
  return [special[field] ?? { slot: field, shift: 0, bits: matchTable.get(field).bits }];
}

/** Where a field is stored, most significant part first. */
export function piecesOf(field: FieldName): readonly Piece[] {
  const known = pieces.get(field);
  if (known) return known;
  const found = findPieces(field);
  pieces.set(field, found);
  return found;
}

/** The value of a field. `in_port` is the 32-bit port number here. */
export function readSlots(slots: ReadonlyMap<string, bigint>, field: FieldName): bigint {
  let value = 0n;
  for (const { slot, shift, bits } of piecesOf(field)) {
    value = (value << BigInt(bits)) | (((slots.get(slot) ?? 0n) >> BigInt(shift)) & ones(bits));
  }
  return value;
}

export function writeSlots(slots: Slots, field: FieldName, value: bigint): void {
  let rest = value;
  for (const { slot, shift, bits } of piecesOf(field).toReversed()) {
    const old = slots.get(slot) ?? 0n;
    const cleared = old & ~(ones(bits) << BigInt(shift));
    slots.set(slot, cleared | ((rest & ones(bits)) << BigInt(shift)));
    rest >>= BigInt(bits);
  }
  // A priority without a VLAN header does not exist.
  if (field === 'vlan_pcp') slots.set('vlan_tci', (slots.get('vlan_tci') ?? 0n) | vlanPresent);
}

/** The value of a field as actions see it: `in_port` has the 16 bits of OpenFlow 1.0 there. */
export function readActionField(slots: ReadonlyMap<string, bigint>, field: FieldName): bigint {
  const value = readSlots(slots, field);
  return field === 'in_port' ? BigInt(toPort16(Number(value))) : value;
}

export function writeActionField(slots: Slots, field: FieldName, value: bigint): void {
  writeSlots(slots, field, field === 'in_port' ? BigInt(fromPort16(Number(value & 0xffffn))) : value);
}

export function readSubfield(slots: ReadonlyMap<string, bigint>, { field, offset, bits }: Subfield): bigint {
  return (readActionField(slots, field) >> BigInt(offset)) & ones(bits);
}

/** Writes bits of a field and leaves its other bits as they are. */
export function writeSubfield(slots: Slots, { field, offset, bits }: Subfield, value: bigint): void {
  const mask = ones(bits) << BigInt(offset);
  const old = readActionField(slots, field);
  writeActionField(slots, field, (old & ~mask) | ((value << BigInt(offset)) & mask));
}

export function readNumber(slots: ReadonlyMap<string, bigint>, slot: string): number {
  return Number(slots.get(slot) ?? 0n);
}

/** A value in the type that the API uses for this field. */
export function publicValue(field: FieldName, value: bigint): FieldValue {
  const definition = actionTable.get(field);
  return asFieldValue(definition, { value, mask: definition.allOnes }).value;
}
