import { OpenFlowError } from '../errors.ts';
import { encodeText } from './text.ts';

const initialCapacity = 4096;
/** Twice the largest message: what is longer than that is refused while it is being built. */
const largestCapacity = 0x20000;

/**
 * Writes big-endian values into one growing buffer. Every write checks its range; `what` names the value in the error.
 * Reserved space is always zero, since `reset` and growth hand out zeroed bytes only where `pad` writes them.
 */
export class Writer {
  bytes = new Uint8Array(initialCapacity);
  length = 0;
  #view = new DataView(this.bytes.buffer);

  reset(): void {
    this.length = 0;
  }

  u8(value: number, what = 'value'): void {
    if ((value & 0xff) !== value) outOfRange(value, 8, what);
    const at = this.#reserve(1);
    this.bytes[at] = value;
  }

  u16(value: number, what = 'value'): void {
    if ((value & 0xffff) !== value) outOfRange(value, 16, what);
    const at = this.#reserve(2);
    this.bytes[at] = value >>> 8;
    this.bytes[at + 1] = value;
  }

  u32(value: number, what = 'value'): void {
    if (value >>> 0 !== value) outOfRange(value, 32, what);
    const at = this.#reserve(4);
    this.#view.setUint32(at, value);
  }

  u48(value: number | bigint, what = 'value'): void {
    const number = Number(value);
    if (!(number >= 0 && number < 0x1_0000_0000_0000) || !Number.isInteger(number))
      outOfRange(value, 48, what);
    const at = this.#reserve(6);
    this.#view.setUint16(at, Math.floor(number / 0x1_0000_0000));
    this.#view.setUint32(at + 2, number % 0x1_0000_0000);
  }

  u64(value: number | bigint, what = 'value'): void {
    const at = this.#reserve(8);
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value) || value < 0) outOfRange(value, 64, what);
      this.#view.setUint32(at, Math.floor(value / 0x1_0000_0000));
      this.#view.setUint32(at + 4, value % 0x1_0000_0000);
      return;
    }
    if (value < 0n || value > 0xffff_ffff_ffff_ffffn) outOfRange(value, 64, what);
    this.#view.setBigUint64(at, value);
  }

  u128(value: number | bigint, what = 'value'): void {
    const number = toBigInt(value, 128, what);
    const at = this.#reserve(16);
    this.#view.setBigUint64(at, number >> 64n);
    this.#view.setBigUint64(at + 8, BigInt.asUintN(64, number));
  }

  /** `value` in exactly `length` bytes. */
  big(value: number | bigint, length: number, what = 'value'): void {
    const number = toBigInt(value, length * 8, what);
    const digits = number.toString(16).padStart(length * 2, '0');
    const at = this.#reserve(length);
    for (let i = 0; i < length; i++) {
      this.bytes[at + i] = Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16);
    }
  }

  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** Text in exactly `length` bytes, the last of which is zero. */
  text(value: string, length: number, what = 'text'): void {
    const bytes = encodeText(value);
    if (bytes.length >= length || value.includes('\0')) {
      throw new OpenFlowError(
        'OPENFLOW_VALUE_RANGE',
        `${what} "${value}" must be shorter than ${length} bytes and free of zero characters`,
      );
    }
    this.raw(bytes);
    this.pad(length - bytes.length);
  }

  pad(length: number): void {
    const at = this.#reserve(length);
    // Padding is mostly a few bytes long, for which a call of `fill` takes longer than this.
    if (length <= 16) for (let i = 0; i < length; i++) this.bytes[at + i] = 0;
    else this.bytes.fill(0, at, at + length);
  }

  /** Pads with zeros to a multiple of eight bytes, counted from `start`. */
  align8(start: number): void {
    const excess = (this.length - start) & 7;
    if (excess !== 0) this.pad(8 - excess);
  }

  /** Overwrites the byte at `at`, usually a length that is known only afterwards. */
  patch8(at: number, value: number, what: string): void {
    if (value > 0xff) {
      throw new OpenFlowError('OPENFLOW_TOO_LONG', `${what} is ${value} bytes long; 255 are possible`);
    }
    this.bytes[at] = value;
  }

  /** Overwrites the 16 bits at `at`, usually a length that is known only afterwards. */
  patch16(at: number, value: number, what: string): void {
    if (value > 0xffff) {
      throw new OpenFlowError(
        'OPENFLOW_TOO_LONG',
        `${what} is ${value} bytes long; 65535 are possible: split it`,
      );
    }
    this.bytes[at] = value >>> 8;
    this.bytes[at + 1] = value;
  }

  #reserve(length: number): number {
    const at = this.length;
    this.length = at + length;
    if (this.length > this.bytes.length) this.#grow();
    return at;
  }

  #grow(): void {
    if (this.length > largestCapacity) {
      throw new OpenFlowError(
        'OPENFLOW_TOO_LONG',
        `the message is longer than ${largestCapacity} bytes; 65535 are possible: split it`,
      );
    }
    const grown = new Uint8Array(Math.min(largestCapacity, Math.max(this.length, this.bytes.length * 2)));
    grown.set(this.bytes);
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function toBigInt(value: number | bigint, bits: number, what: string): bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) outOfRange(value, bits, what);
  const number = BigInt(value);
  if (number < 0n || number >> BigInt(bits) !== 0n) outOfRange(value, bits, what);
  return number;
}

function outOfRange(value: number | bigint, bits: number, what: string): never {
  throw new OpenFlowError(
    'OPENFLOW_VALUE_RANGE',
    `${what} is ${String(value)}, which is not an unsigned number of ${bits} bits`,
  );
}
