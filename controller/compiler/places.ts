/** Positions in an OpenFlow 1.5 flow-mod, in bytes (OpenFlow 1.5.1, section 7.3.4.2). */
const at = { length: 2, table: 24, priority: 30, match: 48, matchLength: 50 } as const;

/**
 * True when every flow of `previous` has the table, priority and match of the flow at the same position in `next`, so
 * that adding `next` overwrites all of it and nothing is left to delete. Both are ADD flow-mods one after the other.
 */
export function overwrites(next: Uint8Array, previous: Uint8Array): boolean {
  const [a, b] = [asBuffer(next), asBuffer(previous)];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (!samePlace(a, i, b, j)) return false;
    i += a.readUInt16BE(i + at.length);
    j += b.readUInt16BE(j + at.length);
  }
  return j >= b.length;
}

function samePlace(a: Buffer, i: number, b: Buffer, j: number): boolean {
  const length = a.readUInt16BE(i + at.matchLength);
  return (
    a[i + at.table] === b[j + at.table] &&
    a.readUInt16BE(i + at.priority) === b.readUInt16BE(j + at.priority) &&
    // A longer match would reach beyond the end of a last flow without actions.
    length === b.readUInt16BE(j + at.matchLength) &&
    a.compare(b, j + at.match, j + at.match + length, i + at.match, i + at.match + length) === 0
  );
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
