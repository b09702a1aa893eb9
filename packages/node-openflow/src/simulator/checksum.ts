/** Sum of 16-bit words, big-endian; a last odd byte counts as the upper half of a word. */
function sum(bytes: Uint8Array, start: number): number {
  let total = start;
  for (let i = 0; i < bytes.length; i += 2) total += ((bytes[i] as number) << 8) | (bytes[i + 1] ?? 0);
  return total;
}

/** The Internet checksum of the pieces, each of which but the last has an even length (RFC 1071). */
export function internetChecksum(...pieces: readonly Uint8Array[]): number {
  let total = pieces.reduce((before, bytes) => sum(bytes, before), 0);
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000);
  return ~total & 0xffff;
}
