import { actionNumber, actionOfNumber } from '../actions/registry.ts';
import { decodeFieldFeature, encodeFieldFeature } from '../fields/oxm.ts';
import { instructionNumber, instructionOfNumber } from '../instructions/registry.ts';
import { decodeList, decodeSized, encodeSized } from '../wire/layout.ts';
import { decodeProperties, wholeProperty, writeProperty, writeWholeProperty } from '../wire/properties.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { FeatureId, TableFeatureProperty, TableFeatures } from './table-types.ts';
import type { Version } from './types.ts';

const nameLength = 32;
const experimenterId = 0xffff;

type Known = Exclude<TableFeatureProperty, { type: 'unknown' }>;

/** How one kind of property is laid out; several properties share each. */
interface Content {
  encode(writer: Writer, property: never, version: Version): void;
  decode(reader: Reader, version: Version): object;
}

/** `u16 type, u16 length` for each; an experimenter's goes on. */
function encodeIds(writer: Writer, ids: readonly FeatureId[], numberOf: (name: string) => number): void {
  for (const id of ids) {
    if (id instanceof Uint8Array) {
      writer.raw(id);
      continue;
    }
    writer.u16(typeof id === 'number' ? id : numberOf(id), 'type');
    writer.u16(4);
  }
}

function decodeIds(reader: Reader, nameOf: (number: number) => string | number): FeatureId[] {
  return decodeList(reader, () => {
    const start = reader.offset;
    const type = reader.u16();
    const length = reader.u16();
    if (length < 4) reader.fail('OPENFLOW_BAD_LENGTH', `feature ${type} has a length of ${length}`, start);
    if (length === 4 && type !== experimenterId) return nameOf(type);
    reader.offset = start;
    return reader.copy(length);
  });
}

const instructions: Content = {
  encode: (writer, property: { instructions: readonly FeatureId[] }) =>
    encodeIds(writer, property.instructions, instructionNumber),
  decode: (reader, version) => ({
    instructions: decodeIds(reader, (number) => instructionOfNumber(number, version)),
  }),
};
const actions: Content = {
  encode: (writer, property: { actions: readonly FeatureId[] }) =>
    encodeIds(writer, property.actions, actionNumber),
  decode: (reader, version) => ({ actions: decodeIds(reader, (number) => actionOfNumber(number, version)) }),
};
const tables: Content = {
  encode(writer, property: { tables: readonly number[] }) {
    for (const table of property.tables) writer.u8(table, 'table');
  },
  decode: (reader) => ({ tables: decodeList(reader, () => reader.u8()) }),
};
const fields: Content = {
  encode(writer, property: Extract<Known, { fields: unknown }>, version) {
    for (const field of property.fields) encodeFieldFeature(writer, field, version);
  },
  decode: (reader) => ({ fields: decodeList(reader, decodeFieldFeature) }),
};
const packetTypes: Content = {
  encode(writer, property: { packetTypes: readonly number[] }) {
    for (const packetType of property.packetTypes) writer.u32(packetType, 'packet type');
  },
  decode: (reader) => ({ packetTypes: decodeList(reader, () => reader.u32()) }),
};

/** Every property of a table (OFPTFPT_*) with its number and content. */
export const tableFeatureProperties: readonly (readonly [
  number: number,
  type: Known['type'],
  content: Content,
])[] = [
  [0, 'instructions', instructions],
  [1, 'instructions-miss', instructions],
  [2, 'next-tables', tables],
  [3, 'next-tables-miss', tables],
  [4, 'write-actions', actions],
  [5, 'write-actions-miss', actions],
  [6, 'apply-actions', actions],
  [7, 'apply-actions-miss', actions],
  [8, 'match', fields],
  [10, 'wildcards', fields],
  [12, 'write-setfield', fields],
  [13, 'write-setfield-miss', fields],
  [14, 'apply-setfield', fields],
  [15, 'apply-setfield-miss', fields],
  [16, 'table-sync-from', tables],
  [18, 'write-copyfield', fields],
  [19, 'write-copyfield-miss', fields],
  [20, 'apply-copyfield', fields],
  [21, 'apply-copyfield-miss', fields],
  [22, 'packet-types', packetTypes],
];
const byNumber = new Map(tableFeatureProperties.map((row) => [row[0], row]));
const byType = new Map(tableFeatureProperties.map((row) => [row[1], row]));

function encodeProperty(writer: Writer, property: TableFeatureProperty, version: Version): void {
  if (property.type === 'unknown') {
    writeWholeProperty(writer, property.raw);
    return;
  }
  const [number, , content] = byType.get(property.type) as (typeof tableFeatureProperties)[number];
  writeProperty(writer, number, () => content.encode(writer, property as never, version));
}

function decodeAllProperties(reader: Reader, version: Version): TableFeatureProperty[] {
  const properties: TableFeatureProperty[] = [];
  decodeProperties(reader, (number, payload, start) => {
    const row = byNumber.get(number);
    const property = row
      ? { type: row[1], ...row[2].decode(payload, version) }
      : { type: 'unknown', raw: wholeProperty(payload, start) };
    properties.push(property as TableFeatureProperty);
  });
  return properties;
}

/**
 * `u16 length, u8 table, u8 command (1.5), u32 features (1.5), 32 bytes name, u64 metadata match, u64 metadata write,
 * u32 capabilities, u32 maximum of entries`, properties.
 */
export function encodeTableFeatures(writer: Writer, table: TableFeatures, version: Version): void {
  encodeSized(writer, 'the features of the table', () => {
    writer.u8(table.table, 'table');
    writer.u8(version === 6 ? (table.command ?? 0) : 0, 'command');
    writer.u32(version === 6 ? (table.features ?? 0) : 0, 'features');
    writer.text(table.name, nameLength, 'table name');
    writer.u64(table.metadataMatch, 'metadataMatch');
    writer.u64(table.metadataWrite, 'metadataWrite');
    writer.u32(table.capabilities, 'capabilities');
    writer.u32(table.maximumEntries, 'maximumEntries');
    for (const property of table.properties) encodeProperty(writer, property, version);
  });
}

/** Reads what `encodeTableFeatures` wrote. */
export function decodeTableFeatures(reader: Reader, version: Version): TableFeatures {
  return decodeSized(reader, 'a table', 64, () => {
    const table = reader.u8();
    const command = reader.u8();
    const features = reader.u32();
    return {
      table,
      // Before 1.5 both are padding.
      ...(version !== 6 || command === 0 ? {} : { command }),
      ...(version !== 6 || features === 0 ? {} : { features }),
      name: reader.text(nameLength),
      metadataMatch: reader.u64(),
      metadataWrite: reader.u64(),
      capabilities: reader.u32(),
      maximumEntries: reader.u32(),
      properties: decodeAllProperties(reader, version),
    };
  });
}
