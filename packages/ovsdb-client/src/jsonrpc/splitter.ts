/**
 * Cuts a stream of bytes into JSON objects. OVSDB sends JSON-RPC messages one after another with nothing in between
 * (RFC 7047 section 4), so the end of a message is where its braces close.
 */

import { isUtf8 } from 'node:buffer';
import { OvsdbError } from '../errors.ts';

export interface SplitterLimits {
  /** Upper bound of the bytes of one message. */
  readonly maxMessageBytes: number;
  /** Upper bound of the nesting of objects and arrays in one message. */
  readonly maxDepth: number;
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * Takes bytes as they arrive, in pieces of any size, and gives the messages that they complete. Bytes are looked at once;
 * nothing is parsed before a message is complete, and an endless message is refused when it exceeds the limit.
 */
export class JsonStreamSplitter {
  readonly #limits: SplitterLimits;
  /** Holds the bytes of a message that came in more than one piece; grows by doubling. */
  #store = Buffer.alloc(0);
  #stored = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(limits: SplitterLimits) {
    this.#limits = limits;
  }

  /**
   * @returns the messages that `chunk` completes, parsed
   * @throws OvsdbError OVSDB_BAD_JSON, OVSDB_MESSAGE_TOO_LARGE or OVSDB_MESSAGE_TOO_DEEP; the stream is unusable then
   */
  push(chunk: Buffer): object[] {
    const messages: object[] = [];
    let start = this.#depth > 0 ? 0 : skipSpace(chunk, 0);
    while (start < chunk.length) {
      const end = this.#scan(chunk, start);
      const piece = chunk.subarray(start, end);
      this.#checkSize(piece);
      if (this.#depth > 0) {
        this.#keep(piece);
        return messages;
      }
      messages.push(parse(this.#complete(piece)));
      start = skipSpace(chunk, end);
    }
    return messages;
  }

  /** Walks to the end of the current message, or of the chunk. */
  #scan(chunk: Buffer, start: number): number {
    if (this.#depth === 0 && chunk[start] !== openBrace) {
      throw new OvsdbError(
        'OVSDB_BAD_JSON',
        `a message begins with ${describeByte(chunk[start])} instead of "{"`,
      );
    }
    for (let i = this.#inString ? this.#skipString(chunk, start) : start; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === quote) {
        this.#inString = true;
        i = this.#skipString(chunk, i + 1) - 1;
      } else if (byte === openBrace || byte === openBracket) {
        this.#enter();
      } else if (byte === closeBrace || byte === closeBracket) {
        this.#depth--;
        if (this.#depth === 0) {
          return i + 1;
        }
      }
    }
    return chunk.length;
  }

  /** From inside a string to the byte after its end, or to the end of the chunk. */
  #skipString(chunk: Buffer, start: number): number {
    let i = start;
    if (this.#escaped && i < chunk.length) {
      this.#escaped = false;
      i++;
    }
    for (; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === quote) {
        this.#inString = false;
        return i + 1;
      }
      if (byte === backslash) {
        i++;
        this.#escaped = i === chunk.length;
      }
    }
    return chunk.length;
  }

  #enter(): void {
    this.#depth++;
    if (this.#depth > this.#limits.maxDepth) {
      throw new OvsdbError(
        'OVSDB_MESSAGE_TOO_DEEP',
        `a message is nested more than ${this.#limits.maxDepth} deep`,
      );
    }
  }

  #checkSize(piece: Buffer): void {
    const { maxMessageBytes } = this.#limits;
    if (this.#stored + piece.length > maxMessageBytes) {
      throw new OvsdbError(
        'OVSDB_MESSAGE_TOO_LARGE',
        `a message has more than ${maxMessageBytes} bytes; raise maxMessageBytes if that is legitimate`,
      );
    }
  }

  #keep(piece: Buffer): void {
    const needed = this.#stored + piece.length;
    if (needed > this.#store.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#store.length * 2));
      this.#store.copy(larger, 0, 0, this.#stored);
      this.#store = larger;
    }
    piece.copy(this.#store, this.#stored);
    this.#stored = needed;
  }

  /** The whole message of which `piece` is the end. */
  #complete(piece: Buffer): Buffer {
    if (this.#stored === 0) {
      return piece;
    }
    this.#keep(piece);
    const message = this.#store.subarray(0, this.#stored);
    this.#store = Buffer.alloc(0);
    this.#stored = 0;
    return message;
  }
}

function parse(bytes: Buffer): object {
  if (!isUtf8(bytes)) {
    throw new OvsdbError('OVSDB_BAD_JSON', 'a message is not UTF-8');
  }
  try {
    return JSON.parse(bytes.toString('utf8')) as object;
  } catch (cause) {
    throw new OvsdbError('OVSDB_BAD_JSON', 'a message is no JSON', { cause });
  }
}

function skipSpace(chunk: Buffer, start: number): number {
  let i = start;
  while (i < chunk.length && isSpace(chunk[i])) {
    i++;
  }
  return i;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function describeByte(byte: number | undefined): string {
  return byte !== undefined && byte > 0x20 && byte < 0x7f
    ? `"${String.fromCharCode(byte)}"`
    : `the byte ${byte ?? 'none'}`;
}
