const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Where Unicode has no character: byte 0x80 becomes 0xdc80, and so on up to 0xdcff. */
const escapes = 0xdc00;

/**
 * Text of bytes. Names of ports are arbitrary bytes to Linux: those that are not UTF-8 become lone surrogates, from which
 * `encodeText` makes the same bytes again.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return String.fromCharCode(...Array.from(bytes, (byte) => (byte < 0x80 ? byte : escapes + byte)));
  }
}

/** Bytes of a text: UTF-8, and those that `decodeText` has escaped. */
export function encodeText(text: string): Uint8Array {
  if (text.isWellFormed()) return new TextEncoder().encode(text);
  return Uint8Array.from(
    Array.from(text).flatMap((character) => {
      const code = character.charCodeAt(0);
      const escaped = character.length === 1 && code >= escapes + 0x80 && code <= escapes + 0xff;
      return escaped ? [code - escapes] : [...new TextEncoder().encode(character)];
    }),
  );
}
