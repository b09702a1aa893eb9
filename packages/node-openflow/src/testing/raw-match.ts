/*
 * Comparison of matches as they are on the wire. A match here is the range of bytes of its entries, without header and
 * padding. Working on bytes keeps a switch with many thousand flows small and fast.
 */

/** Bytes from `start` to `end` of a flow-mod. */
export interface RawMatch {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

function entryEnd({ bytes }: RawMatch, at: number): number {
  return at + 4 + (bytes[at + 3] as number);
}

function hashRange(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}

/** A hash that does not depend on the order of the entries. */
export function hashMatch(match: RawMatch): number {
  let sum = 0;
  for (let at = match.start; at < match.end; at = entryEnd(match, at)) {
    sum = (sum + hashRange(match.bytes, at, entryEnd(match, at))) | 0;
  }
  return sum;
}

function equalRanges(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}

/** Where the entry for the same field as the one at `at` begins in the other match; -1 when there is none. */
function findField(match: RawMatch, other: RawMatch, at: number): number {
  for (let place = match.start; place < match.end; place = entryEnd(match, place)) {
    const sameClass = equalRanges(match.bytes, place, other.bytes, at, 2);
    const sameField = (match.bytes[place + 2] as number) >> 1 === (other.bytes[at + 2] as number) >> 1;
    if (sameClass && sameField) return place;
  }
  return -1;
}

/** Whether two matches say the same, in whatever order. */
export function equalMatches(a: RawMatch, b: RawMatch): boolean {
  const length = a.end - a.start;
  if (length !== b.end - b.start) return false;
  if (equalRanges(a.bytes, a.start, b.bytes, b.start, length)) return true;
  for (let at = a.start; at < a.end; at = entryEnd(a, at)) {
    const place = findField(b, a, at);
    const size = entryEnd(a, at) - at;
    if (place < 0 || entryEnd(b, place) - place !== size) return false;
    if (!equalRanges(a.bytes, at, b.bytes, place, size)) return false;
  }
  return true;
}

interface Condition {
  value(index: number): number;
  mask(index: number): number;
  readonly size: number;
}

function conditionAt({ bytes }: RawMatch, at: number): Condition {
  const masked = ((bytes[at + 2] as number) & 1) === 1;
  const length = bytes[at + 3] as number;
  const size = masked ? length / 2 : length;
  return {
    size,
    value: (index) => bytes[at + 4 + index] as number,
    mask: (index) => (masked ? (bytes[at + 4 + size + index] as number) : 0xff),
  };
}

/** Whether every packet that `narrow` matches is also matched by `wide`. */
export function isNarrower(narrow: RawMatch, wide: RawMatch): boolean {
  for (let at = wide.start; at < wide.end; at = entryEnd(wide, at)) {
    const place = findField(narrow, wide, at);
    if (place < 0) return false;
    const wanted = conditionAt(wide, at);
    const given = conditionAt(narrow, place);
    if (wanted.size !== given.size) return false;
    for (let i = 0; i < wanted.size; i++) {
      const mask = wanted.mask(i);
      if ((given.mask(i) & mask) !== mask || ((given.value(i) ^ wanted.value(i)) & mask) !== 0) return false;
    }
  }
  return true;
}
