import { OpenFlowError } from '../errors.ts';
import { copyBytes } from './copy.ts';
import { decodeText } from './text.ts';

/**
 * Reads big-endian values from one message. `end` bounds every read, so that a structure cannot read past its own length;
 * nested structures narrow it with `enter` and give it back with `leave`.
 */
export class Reader {
  readonly bytes: Uint8Array;
  offset: number;
  end: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  /** Narrows the reader to the next `length` bytes; returns the former end, for `leave`. */
  enter(length: number): number {
    const inner = this.offset + length;
    if (length < 0 || inner > this.end) this.#truncated(length);
    const outer = this.end;
    this.end = inner;
    return outer;
  }

  /** Skips what was not read of the structure that `enter` began. */
  leave(outer: number): void {
    this.offset = this.end;
    this.end = outer;
  }

  skip(length: number): void {
    this.offset = this.#take(length) + length;
  }

  /** Skips padding up to the next multiple of eight bytes, counted from `start`, as far as there is any. */
  align8(start: number): void {
    const aligned = start + Math.ceil((this.offset - start) / 8) * 8;
    this.offset = Math.min(aligned, this.end);
  }

  u8(): number {
    const at = this.#take(1);
    this.offset = at + 1;
    return this.bytes[at] as number;
  }

  u16(): number {
    const at = this.#take(2);
    this.offset = at + 2;
    return this.#view.getUint16(at);
  }

  u32(): number {
    const at = this.#take(4);
    this.offset = at + 4;
    return this.#view.getUint32(at);
  }

  /** A 48-bit value, as an Ethernet address is. */
  u48(): bigint {
    const at = this.#take(6);
    this.offset = at + 6;
    return BigInt(this.#view.getUint16(at) * 0x1_0000_0000 + this.#view.getUint32(at + 2));
  }

  u64(): bigint {
    const at = this.#take(8);
    this.offset = at + 8;
    return this.#view.getBigUint64(at);
  }

  u128(): bigint {
    const at = this.#take(16);
    this.offset = at + 16;
    return (this.#view.getBigUint64(at) << 64n) | this.#view.getBigUint64(at + 8);
  }

  /** `length` bytes as one unsigned number. */
  big(length: number): bigint {
    const at = this.#take(length);
    this.offset = at + length;
    if (length === 0) return 0n;
    let digits = '0x';
    for (let i = at; i < at + length; i++) digits += (this.bytes[i] as number).toString(16).padStart(2, '0');
    return BigInt(digits);
  }

  /** A copy of the next `length` bytes. */
  copy(length: number): Uint8Array {
    const at = this.#take(length);
    this.offset = at + length;
    return copyBytes(this.bytes, at, at + length);
  }

  /** A copy of everything up to the end. */
  rest(): Uint8Array {
    return this.copy(this.remaining);
  }

  /** Text in `length` bytes, up to the first zero byte; the last byte counts as one, whatever it is. */
  text(length: number): string {
    const at = this.#take(length);
    this.offset = at + length;
    let stop = at;
    while (stop < at + length - 1 && this.bytes[stop] !== 0) stop++;
    return decodeText(this.bytes.subarray(at, stop));
  }

  fail(code: 'OPENFLOW_BAD_LENGTH' | 'OPENFLOW_BAD_VALUE', reason: string, offset = this.offset): never {
    throw new OpenFlowError(code, reason, offset);
  }

  #take(length: number): number {
    if (this.offset + length > this.end) this.#truncated(length);
    return this.offset;
  }

  #truncated(length: number): never {
    throw new OpenFlowError(
      'OPENFLOW_TRUNCATED',
      `${length} bytes are needed but only ${this.end - this.offset} are left`,
      this.offset,
    );
  }
}
