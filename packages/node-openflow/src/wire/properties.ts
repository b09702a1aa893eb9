import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/*
 * Properties (OpenFlow 1.5.1, section 7.2.1): u16 type, u16 length (header included, padding not), payload, zeros up to
 * a multiple of eight bytes.
 */

/** Writes one property; `payload` writes what follows the header. */
export function writeProperty(writer: Writer, type: number, payload: () => void): void {
  const start = writer.length;
  writer.u16(type, 'property type');
  writer.u16(0);
  payload();
  writer.patch16(start + 2, writer.length - start, 'the property');
  writer.align8(start);
}

/**
 * Reads properties up to the reader's end. `visit` gets the type and the reader, bounded to the payload; `start` is where
 * the property begins, for those who keep it whole.
 */
export function decodeProperties(
  reader: Reader,
  visit: (type: number, payload: Reader, start: number) => void,
): void {
  while (reader.remaining > 0) {
    const start = reader.offset;
    const type = reader.u16();
    const length = reader.u16();
    if (length < 4) reader.fail('OPENFLOW_BAD_LENGTH', `property ${type} has a length of ${length}`, start);
    const outer = reader.enter(length - 4);
    visit(type, reader, start);
    reader.leave(outer);
    reader.align8(start);
  }
}

/** A copy of the whole property that begins at `start` and in whose payload the reader is, padding not included. */
export function wholeProperty(reader: Reader, start: number): Uint8Array {
  reader.offset = start;
  return reader.rest();
}

/** Writes a property that was kept whole. */
export function writeWholeProperty(writer: Writer, property: Uint8Array): void {
  const start = writer.length;
  writer.raw(property);
  writer.align8(start);
}
