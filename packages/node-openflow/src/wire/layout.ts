import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** One value of a structure: its size on the wire and its name, `['pad', bytes]`, or `['text', name, bytes]`. */
export type Cell<T> =
  | readonly [size: 'u8' | 'u16' | 'u32' | 'u48' | 'u64', name: keyof T & string]
  | readonly ['text', name: keyof T & string, bytes: number]
  | readonly ['pad', bytes: number];

/** A structure of fixed length: writes and reads an object with just these values. */
export interface Layout<T> {
  encode(writer: Writer, value: T): void;
  decode(reader: Reader): T;
}

/** Describes a structure by its values in their order. */
export function layout<T extends object>(...cells: readonly Cell<T>[]): Layout<T> {
  return {
    encode(writer, value) {
      for (const cell of cells) {
        if (cell[0] === 'pad') writer.pad(cell[1]);
        else if (cell[0] === 'text') writer.text(value[cell[1]] as string, cell[2], cell[1]);
        else writer[cell[0]](value[cell[1]] as never, cell[1]);
      }
    },
    decode(reader) {
      const value: Record<string, unknown> = {};
      for (const cell of cells) {
        if (cell[0] === 'pad') reader.skip(cell[1]);
        else value[cell[1]] = cell[0] === 'text' ? reader.text(cell[2]) : reader[cell[0]]();
      }
      return value as T;
    },
  };
}

/** Writes a structure that begins with its own length in 16 bits. */
export function encodeSized(writer: Writer, what: string, body: () => void): void {
  const start = writer.length;
  writer.u16(0);
  body();
  writer.patch16(start, writer.length - start, what);
}

/** Reads a structure that begins with its own length in 16 bits, which is at least `minimum`. */
export function decodeSized<Result>(
  reader: Reader,
  what: string,
  minimum: number,
  body: () => Result,
): Result {
  const start = reader.offset;
  const length = reader.u16();
  if (length < minimum) reader.fail('OPENFLOW_BAD_LENGTH', `${what} has a length of ${length}`, start);
  const outer = reader.enter(length - 2);
  const result = body();
  reader.leave(outer);
  return result;
}

/** Reads structures up to the reader's end. Each takes at least one byte, so that this ends. */
export function decodeList<Item>(reader: Reader, decode: (reader: Reader) => Item): Item[] {
  const list: Item[] = [];
  while (reader.remaining > 0) list.push(decode(reader));
  return list;
}
