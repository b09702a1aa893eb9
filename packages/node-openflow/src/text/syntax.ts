import { OpenFlowError } from '../errors.ts';

/** Refuses a text, saying why. */
export function badText(reason: string, offset = 0): never {
  throw new OpenFlowError('OPENFLOW_BAD_TEXT', reason, offset);
}

/** One `key`, `key=value`, `key:value` or `key(value)` of a list. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  /** Where the key begins. */
  readonly offset: number;
  /** Behind the item, closing parenthesis included. */
  readonly end: number;
}

const separators = ', \t\r\n';

function skipWhile(text: string, at: number, characters: string): number {
  let position = at;
  while (position < text.length && characters.includes(text.charAt(position))) position++;
  return position;
}

function skipUntil(text: string, at: number, characters: string): number {
  let position = at;
  while (position < text.length && !characters.includes(text.charAt(position))) position++;
  return position;
}

/** End of a value: the first delimiter that is not inside parentheses. */
function endOfValue(text: string, at: number, delimiters: string): number {
  let position = at;
  let level = 0;
  while (position < text.length) {
    const character = text.charAt(position);
    if (level === 0 && delimiters.includes(character)) break;
    if (character === '(') level++;
    else if (character === ')' && level > 0) level--;
    position++;
  }
  if (level > 0) badText(`parenthesis without end in "${text.slice(at)}"`, at);
  return position;
}

/**
 * Splits a list as ovs-ofctl does: items are separated by commas or white space, and parentheses protect what is inside.
 * `name(x)->y` is one item with the value `x)->y`.
 */
export function keyValues(text: string): KeyValue[] {
  const items: KeyValue[] = [];
  let at = skipWhile(text, 0, separators);
  while (at < text.length) {
    const keyEnd = skipUntil(text, at, `:=(${separators}`);
    const key = text.slice(at, keyEnd);
    const delimiter = text.charAt(keyEnd);
    let end = keyEnd;
    let closing = 0;
    let value = '';
    if (delimiter === ':' || delimiter === '=') {
      end = endOfValue(text, keyEnd + 1, separators);
      value = text.slice(keyEnd + 1, end);
    } else if (delimiter === '(') {
      end = endOfValue(text, keyEnd + 1, ')');
      if (end >= text.length) badText(`"${key}(" has no closing parenthesis`, at);
      if (text.startsWith('->', end + 1)) end = endOfValue(text, end + 1, separators);
      else closing = 1;
      value = text.slice(keyEnd + 1, end);
    }
    items.push({ key, value, offset: at, end: end + closing });
    at = skipWhile(text, end + 1, separators);
  }
  return items;
}

/**
 * An integer in decimal, hexadecimal (`0x…`) or octal (`0…`). A negative number means that number modulo 2^bits, so that
 * `-1` is the mask of all ones.
 */
export function parseBigInteger(text: string, bits: number, what: string): bigint {
  const parts = /^(-?)(0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.exec(text.trim());
  if (!parts) return badText(`${what}: "${text}" is not an integer`);
  const digits = parts[2] as string;
  const octal = digits.length > 1 && digits.startsWith('0') && !/^0x/i.test(digits);
  const magnitude = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  if (magnitude >> BigInt(bits) !== 0n) return badText(`${what}: ${text} does not fit into ${bits} bits`);
  return parts[1] === '-' ? BigInt.asUintN(bits, -magnitude) : magnitude;
}

/** As `parseBigInteger`, for at most 32 bits. */
export function parseInteger(text: string, bits: number, what: string): number {
  return Number(parseBigInteger(text, bits, what));
}

/** Hexadecimal bytes; white space and dots between them are allowed. */
export function parseHexBytes(text: string, what: string): Uint8Array {
  const digits = text.replace(/[.\s]/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits))
    badText(`${what}: "${text}" is not hexadecimal bytes`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Bytes as `ovs-ofctl` prints them: `00.01.ff`. */
export function formatHexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('.');
}

/** `0x…`, but a plain `0` for zero, as `%#x` prints it. */
export function hexadecimal(value: number | bigint): string {
  return value === 0 || value === 0n ? '0' : `0x${value.toString(16)}`;
}
