import { canonicalMatch } from './canonical.ts';
import type { FieldMatch, Match } from './match.ts';
import type { FieldName } from './names.ts';

/**
 * Fields whose mask Open vSwitch (up to 3.7 at least) replaces by their value: `tun_erspan_ver=2` matches the second bit only,
 * and `tun_erspan_dir=0` everything.
 */
const maskedByValue: ReadonlySet<FieldName> = new Set<FieldName>([
  'tun_erspan_ver',
  'tun_erspan_dir',
  'tun_erspan_hwid',
  'tun_gtpu_flags',
  'tun_gtpu_msgtype',
]);

function maskByValue(entry: FieldMatch): FieldMatch[] {
  if (!maskedByValue.has(entry.field)) return [entry];
  const { field, value, mask = 0xff } = entry;
  const kept = Number(value) & Number(mask);
  if (Number(value) === 0) return [];
  return Number(value) === 0xff ? [{ field, value: kept }] : [{ field, value: kept, mask: value }];
}

/** A match as ovs-ofctl sends it, byte for byte: `canonicalMatch`, and what Open vSwitch gets wrong on the way. */
export function ovsOfctlMatch(match: Match, version: 4 | 5 | 6 = 6): FieldMatch[] {
  return canonicalMatch(match, version).flatMap(maskByValue);
}
