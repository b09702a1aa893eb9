/**
 * A copy of some bytes in memory of its own. (`slice` of a Buffer would give a Buffer, whose memory is shared.)
 */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
}
