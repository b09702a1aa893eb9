import { OpenFlowError } from '../errors.ts';
import type { FieldFeature } from '../messages/table-types.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { FieldDefinition, WireCode } from './definition.ts';
import type { FieldMatch, Match, Subfield } from './match.ts';
import type { FieldName, FieldValue } from './names.ts';
import { actionTable, type FieldTable, matchTable, unknownField } from './registry.ts';

/*
 * OXM entries (OpenFlow 1.5.1, section 7.2.3.2):
 *
 *   16 bits class | 7 bits field | 1 bit has-mask | 8 bits length of what follows
 *   [class 0xffff: 32 bits experimenter, counted in the length]
 *   value, and with has-mask a mask of the same size
 */

const experimenterClass = 0xffff;
const hasMask = 0x100;
/** Width that a subfield of a tunnel option is given when nothing else is known: the largest option there is. */
const largestTunnelOption = 124;

/** Version 0 means a structure that knows no version and prefers the old NXM numbers. */
export type FieldVersion = 0 | 4 | 5 | 6;

function codeOf(definition: FieldDefinition, version: FieldVersion): WireCode {
  return version === 0 ? definition.versionless : (definition.preferred[version] as WireCode);
}

function writeHeader(writer: Writer, code: WireCode, masked: boolean, payload: number): void {
  const length = code.experimenter === undefined ? payload : payload + 4;
  if (length > 255) {
    throw new OpenFlowError('OPENFLOW_TOO_LONG', `${code.name} takes ${length} bytes; 255 are possible`);
  }
  writer.u32((code.head | (masked ? hasMask : 0) | length) >>> 0);
  if (code.experimenter !== undefined) writer.u32(code.experimenter);
}

function writeValue(writer: Writer, value: FieldValue, bytes: number, name: string): void {
  if (bytes === 4) writer.u32(typeof value === 'number' ? value : Number(value), name);
  else if (bytes === 2) writer.u16(typeof value === 'number' ? value : Number(value), name);
  else if (bytes === 1) writer.u8(typeof value === 'number' ? value : Number(value), name);
  else if (bytes === 6) writer.u48(value, name);
  else if (bytes === 8) writer.u64(value, name);
  else if (bytes === 16) writer.u128(value, name);
  else writer.big(value, bytes, name);
}

function significantBytes(value: FieldValue): number {
  return value === 0 || value === 0n ? 0 : Math.ceil(value.toString(16).length / 2);
}

function valueSize(definition: FieldDefinition, entry: Omit<FieldMatch, 'field'>): number {
  if (definition.bytes !== 0) return definition.bytes;
  return entry.size ?? Math.max(significantBytes(entry.value), significantBytes(entry.mask ?? 0));
}

function encodeEntryIn(table: FieldTable, writer: Writer, entry: FieldMatch, version: FieldVersion): void {
  const definition = table.get(entry.field);
  const bytes = valueSize(definition, entry);
  const masked = entry.mask !== undefined;
  writeHeader(writer, codeOf(definition, version), masked, masked ? bytes * 2 : bytes);
  writeValue(writer, entry.value, bytes, definition.name);
  if (entry.mask !== undefined) writeValue(writer, entry.mask, bytes, definition.name);
}

interface Header {
  readonly definition: FieldDefinition;
  readonly masked: boolean;
  readonly payload: number;
  readonly head: number;
  readonly experimenter: number | undefined;
}

/** Reads an OXM header and leaves the reader at the payload. */
function readHeader(table: FieldTable, reader: Reader): Header {
  const header = reader.u32();
  const masked = (header & hasMask) !== 0;
  const head = (header & 0xfffffe00) >>> 0;
  const payload = header & 0xff;
  if (header >>> 16 !== experimenterClass) {
    return { definition: table.byHead(head), masked, payload, head, experimenter: undefined };
  }
  if (payload < 4) reader.fail('OPENFLOW_BAD_LENGTH', `an experimenter field has a length of ${payload}`);
  const experimenter = reader.u32();
  const definition = table.byExperimenter(experimenter, (header >>> 9) & 0x7f);
  return { definition, masked, payload: payload - 4, head, experimenter };
}

function readValue(reader: Reader, bytes: number, variable: boolean): FieldValue {
  if (variable) return reader.big(bytes);
  if (bytes === 4) return reader.u32();
  if (bytes === 2) return reader.u16();
  if (bytes === 1) return reader.u8();
  if (bytes === 6) return reader.u48();
  if (bytes === 3) return Number(reader.big(3));
  return bytes === 8 ? reader.u64() : reader.u128();
}

function decodeEntryIn(table: FieldTable, reader: Reader): FieldMatch {
  const start = reader.offset;
  const header = readHeader(table, reader);
  const { masked, payload } = header;
  let { definition } = header;
  const bytes = masked ? payload >>> 1 : payload;
  if (masked && (payload & 1) !== 0) {
    reader.fail('OPENFLOW_BAD_LENGTH', `${definition.name} has value and mask of different size`, start);
  }
  // A known number with an unexpected size is kept like an unknown field, so that nothing is lost.
  if (definition.bytes !== 0 && definition.bytes !== bytes) {
    definition = unknownField(header.head, header.experimenter);
  }
  const variable = definition.bytes === 0;
  const field = definition.name;
  const value = readValue(reader, bytes, variable);
  if (!masked) return variable ? { field, value, size: bytes } : { field, value };
  const mask = readValue(reader, bytes, variable);
  return variable ? { field, value, mask, size: bytes } : { field, value, mask };
}

/** Writes entries one after the other, without header and padding. */
export function encodeEntries(writer: Writer, match: Match, version: FieldVersion): void {
  for (const entry of match) encodeEntryIn(matchTable, writer, entry, version);
}

/** Reads entries up to the reader's end. */
export function decodeEntries(reader: Reader): FieldMatch[] {
  const match: FieldMatch[] = [];
  while (reader.remaining > 0) match.push(decodeEntryIn(matchTable, reader));
  return match;
}

/** Writes a whole match: type 1 (OXM), length, entries, padding to eight bytes. */
export function encodeMatch(writer: Writer, match: Match, version: FieldVersion): void {
  const start = writer.length;
  writer.u16(1);
  writer.u16(0);
  encodeEntries(writer, match, version);
  writer.patch16(start + 2, writer.length - start, 'the match');
  writer.align8(start);
}

/** Reads a whole match and its padding. */
export function decodeMatch(reader: Reader): FieldMatch[] {
  const start = reader.offset;
  const type = reader.u16();
  const length = reader.u16();
  if (type !== 1)
    reader.fail('OPENFLOW_BAD_VALUE', `the match has type ${type}; only OXM (1) is possible`, start);
  if (length < 4) reader.fail('OPENFLOW_BAD_LENGTH', `the match has a length of ${length}`, start);
  const outer = reader.enter(length - 4);
  const match = decodeEntries(reader);
  reader.leave(outer);
  reader.align8(start);
  return match;
}

/** Writes the field, value and mask of an action. */
export function encodeActionEntry(writer: Writer, entry: FieldMatch, version: FieldVersion): void {
  encodeEntryIn(actionTable, writer, entry, version);
}

/** Reads the field, value and mask of an action. */
export function decodeActionEntry(reader: Reader): FieldMatch {
  return decodeEntryIn(actionTable, reader);
}

/** Writes the header of a field that an action names without a value (4 or 8 bytes). */
export function encodeFieldHeader(
  writer: Writer,
  field: FieldName,
  version: FieldVersion,
  size?: number,
): void {
  const definition = actionTable.get(field);
  const bytes = definition.bytes === 0 ? (size ?? largestTunnelOption) : definition.bytes;
  writeHeader(writer, codeOf(definition, version), false, bytes);
}

/** As `encodeFieldHeader`, for the structures that have room for four bytes only. */
export function encodeShortFieldHeader(writer: Writer, field: FieldName, size?: number): void {
  if (actionTable.get(field).versionless.experimenter !== undefined) {
    throw new OpenFlowError(
      'OPENFLOW_VALUE_RANGE',
      `${field} has an experimenter's number, which cannot be used here`,
    );
  }
  encodeFieldHeader(writer, field, 0, size);
}

/** Reads what `encodeFieldHeader` wrote. */
export function decodeFieldHeader(reader: Reader): { field: FieldName; size?: number } {
  const { definition, payload, head, experimenter } = readHeader(actionTable, reader);
  if (definition.bytes === 0) return { field: definition.name, size: payload };
  if (definition.bytes === payload) return { field: definition.name };
  return { field: unknownField(head, experimenter).name, size: payload };
}

/** Reads what `encodeShortFieldHeader` wrote. */
export function decodeShortFieldHeader(reader: Reader): { field: FieldName; size?: number } {
  const start = reader.offset;
  const header = decodeFieldHeader(reader);
  if (reader.offset - start > 4) {
    const reason = `${header.field} has an experimenter's number, for which there is no room here`;
    reader.fail('OPENFLOW_BAD_VALUE', reason, start);
  }
  return header;
}

/** Offset and width in 16 bits: ten bits of offset, six of width less one. */
export function packRange(subfield: Subfield): number {
  const { offset, bits } = subfield;
  if (bits < 1 || bits > 64 || offset < 0 || offset > 1023) {
    throw new OpenFlowError(
      'OPENFLOW_VALUE_RANGE',
      `${subfield.field}[${offset}..${offset + bits - 1}] cannot be written; up to 64 bits can`,
    );
  }
  return (offset << 6) | (bits - 1);
}

/** Undoes `packRange`. */
export function unpackRange(packed: number): { offset: number; bits: number } {
  return { offset: packed >>> 6, bits: (packed & 63) + 1 };
}

/** Writes the header of a field in a list of what is possible; the mask bit says whether a mask is. */
export function encodeFieldFeature(writer: Writer, feature: FieldFeature, version: FieldVersion): void {
  const definition = matchTable.get(feature.field);
  const bytes = definition.bytes === 0 ? (feature.size ?? largestTunnelOption) : definition.bytes;
  writeHeader(writer, codeOf(definition, version), feature.maskable ?? false, bytes);
}

/** Reads what `encodeFieldFeature` wrote. */
export function decodeFieldFeature(reader: Reader): FieldFeature {
  const { definition, masked, payload, head, experimenter } = readHeader(matchTable, reader);
  const maskable = masked ? { maskable: true } : {};
  if (definition.bytes !== 0 && definition.bytes === payload) return { field: definition.name, ...maskable };
  const { name } = definition.bytes === 0 ? definition : unknownField(head, experimenter);
  return { field: name, ...maskable, size: payload };
}
