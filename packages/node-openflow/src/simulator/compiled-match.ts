import type { FieldMatch, Match } from '../fields/match.ts';
import { matchTable } from '../fields/registry.ts';
import { piecesOf } from './slots.ts';

/** One slot of a match: the bits of `mask` must be those of `value`. */
export interface Condition {
  readonly slot: string;
  readonly value: bigint;
  readonly mask: bigint;
}

/** A match as conditions on slots, in the order of the slots' names: at most one condition a slot. */
export type CompiledMatch = readonly Condition[];

const vlanPresent = 0x1000n;
/** Conditions on a tunnel option imply that the option is there. */
const presenceSuffix = '?';

function conditionsOf({ field, value, mask }: FieldMatch): Condition[] {
  const definition = matchTable.get(field);
  let wanted = BigInt(value);
  let bits = mask === undefined ? definition.allOnes : BigInt(mask);
  const conditions: Condition[] = [];
  if (field.startsWith('tun_metadata')) {
    conditions.push({ slot: `${field}${presenceSuffix}`, value: 1n, mask: 1n });
  }
  if (field === 'vlan_pcp') conditions.push({ slot: 'vlan_tci', value: vlanPresent, mask: vlanPresent });
  for (const piece of piecesOf(field).toReversed()) {
    const ones = (1n << BigInt(piece.bits)) - 1n;
    const pieceMask = (bits & ones) << BigInt(piece.shift);
    const pieceValue = ((wanted & bits & ones) << BigInt(piece.shift)) & pieceMask;
    if (pieceMask !== 0n) conditions.push({ slot: piece.slot, value: pieceValue, mask: pieceMask });
    wanted >>= BigInt(piece.bits);
    bits >>= BigInt(piece.bits);
  }
  return conditions;
}

function merge(conditions: readonly Condition[]): CompiledMatch {
  const merged = new Map<string, Condition>();
  for (const { slot, value, mask } of conditions) {
    const known = merged.get(slot);
    merged.set(slot, { slot, value: value | (known?.value ?? 0n), mask: mask | (known?.mask ?? 0n) });
  }
  return [...merged.values()].sort((a, b) => (a.slot < b.slot ? -1 : 1));
}

/** Brings a match into the form that lookups use. */
export function compileMatch(match: Match): CompiledMatch {
  return merge(match.flatMap(conditionsOf));
}

/** Flows with the same mask key are in the same subtable. */
export function maskKey(match: CompiledMatch): string {
  return match.map(({ slot, mask }) => `${slot}/${mask.toString(36)}`).join();
}

export function valueKey(match: CompiledMatch): string {
  return match.map(({ value }) => value.toString(36)).join();
}

/** The value of a slot as matches see it. */
export function lookupSlot(slots: ReadonlyMap<string, bigint>, slot: string): bigint {
  if (slot.endsWith(presenceSuffix)) return slots.has(slot.slice(0, -1)) ? 1n : 0n;
  return slots.get(slot) ?? 0n;
}

/** Whether every packet that `narrow` matches is also matched by `wide`. */
export function isNarrower(narrow: CompiledMatch, wide: CompiledMatch): boolean {
  const known = new Map(narrow.map((condition) => [condition.slot, condition]));
  return wide.every(({ slot, value, mask }) => {
    const found = known.get(slot);
    return found !== undefined && (found.mask & mask) === mask && (found.value & mask) === value;
  });
}

/** Whether some packet could be matched by both. */
export function canOverlap(a: CompiledMatch, b: CompiledMatch): boolean {
  const known = new Map(a.map((condition) => [condition.slot, condition]));
  return b.every(({ slot, value, mask }) => {
    const found = known.get(slot);
    return found === undefined || ((found.value ^ value) & found.mask & mask) === 0n;
  });
}
