import type { FieldMatch, Match } from './match.ts';
import type { FieldName } from './names.ts';
import { matchFields, matchTable } from './registry.ts';

const order = new Map<FieldName, number>(matchFields.map(({ name }, index) => [name, index]));
const allOnes32 = 0xffff_ffffn;
const allOnes64 = 0xffff_ffff_ffff_ffffn;

interface Bits {
  value: bigint;
  mask: bigint;
}

/** Number and width in 32-bit registers of a register field; undefined for other fields. */
function registerRange(field: FieldName): { first: number; count: number } | undefined {
  const parts = /^(x{0,2})reg(\d+)$/.exec(field);
  if (!parts) return undefined;
  const count = 1 << (parts[1] as string).length;
  return { first: Number(parts[2]) * count, count };
}

/** What the match says about each 32-bit register. */
function collectRegisters(match: Match): Map<number, Bits> {
  const registers = new Map<number, Bits>();
  for (const { field, value, mask } of match) {
    const range = registerRange(field);
    if (!range) continue;
    for (let i = 0; i < range.count; i++) {
      const shift = BigInt(32 * (range.count - 1 - i));
      const bits = mask === undefined ? allOnes32 : (BigInt(mask) >> shift) & allOnes32;
      if (bits === 0n) continue;
      const known = registers.get(range.first + i) ?? { value: 0n, mask: 0n };
      known.value |= (BigInt(value) >> shift) & bits;
      known.mask |= bits;
      registers.set(range.first + i, known);
    }
  }
  return registers;
}

function singleRegisters(registers: ReadonlyMap<number, Bits>): FieldMatch[] {
  return [...registers].map(([index, { value, mask }]) => ({
    field: `reg${index}` as FieldName,
    value: Number(value),
    ...(mask === allOnes32 ? {} : { mask: Number(mask) }),
  }));
}

function pairedRegisters(registers: ReadonlyMap<number, Bits>): FieldMatch[] {
  const none = { value: 0n, mask: 0n };
  const pairs = [...new Set([...registers.keys()].map((index) => index >> 1))];
  return pairs.map((pair) => {
    const high = registers.get(pair * 2) ?? none;
    const low = registers.get(pair * 2 + 1) ?? none;
    const mask = (high.mask << 32n) | low.mask;
    const value = (high.value << 32n) | low.value;
    return { field: `xreg${pair}` as FieldName, value, ...(mask === allOnes64 ? {} : { mask }) };
  });
}

/** A condition on the Ethernet header, or on what is inside it, says already that there is one. */
function withoutImpliedType(match: FieldMatch[]): FieldMatch[] {
  const says = (entry: FieldMatch) =>
    entry.field !== 'packet_type' && matchTable.get(entry.field).prerequisite !== undefined;
  if (!match.some(says)) return match;
  return match.filter(
    ({ field, value, mask }) => field !== 'packet_type' || Number(value) !== 0 || mask !== undefined,
  );
}

function inOrder(match: FieldMatch[]): FieldMatch[] {
  const place = (entry: FieldMatch) => order.get(entry.field) ?? matchFields.length;
  return withoutImpliedType(match).sort((a, b) => place(a) - place(b));
}

/** The match in Open vSwitch's order and with registers as single ones (`reg0` …). Equal matches become equal objects. */
export function normalMatch(match: Match): FieldMatch[] {
  const others = match.filter(({ field }) => registerRange(field) === undefined);
  return inOrder([...others, ...singleRegisters(collectRegisters(match))]);
}

/**
 * The match as Open vSwitch itself writes it: in its order, and from OpenFlow 1.5 on with registers in pairs (`xreg0` …).
 * Its encoding equals what ovs-ofctl sends, byte for byte.
 */
export function canonicalMatch(match: Match, version: 4 | 5 | 6 = 6): FieldMatch[] {
  const others = match.filter(({ field }) => registerRange(field) === undefined);
  const registers = collectRegisters(match);
  return inOrder([...others, ...(version === 6 ? pairedRegisters(registers) : singleRegisters(registers))]);
}
