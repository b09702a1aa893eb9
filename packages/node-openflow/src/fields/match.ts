import type { FieldName, FieldValue } from './names.ts';

/**
 * One condition of a match. Without `mask` every bit of the field must equal `value`.
 *
 * `size` matters only for fields whose length on the wire is not fixed by their name (`tun_metadataN`, unknown fields): the
 * bytes of the value. A decoded match carries it; encoding a `tun_metadataN` without it uses the fewest bytes that
 * hold value and mask.
 */
export interface FieldMatch {
  readonly field: FieldName;
  readonly value: FieldValue;
  readonly mask?: FieldValue;
  readonly size?: number;
}

/** Conditions, written in the order given. Prerequisites are not checked: see `missingPrerequisites`. */
export type Match = readonly FieldMatch[];

/** A range of bits of a field: `{field: 'reg0', offset: 0, bits: 16}` is `reg0[0..15]`. */
export interface Subfield {
  readonly field: FieldName;
  readonly offset: number;
  readonly bits: number;
  /** As in `FieldMatch`; encoding a `tun_metadataN` without it uses 124 bytes, as ovs-ofctl does. */
  readonly size?: number;
}
