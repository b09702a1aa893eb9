import { enumeration } from '../wire/enumeration.ts';
import { decodeSized, encodeSized, layout } from '../wire/layout.ts';
import { number, type Payload, property, propertyTable } from '../wire/property-table.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { MessageCodec } from './codec.ts';
import type {
  TableConfiguration,
  TableMod,
  TableReason,
  TableStatistics,
  TableStatus,
  TableVacancy,
} from './table-types.ts';
import type { Version } from './types.ts';

const reasons = enumeration('table-status reason', { 'vacancy-down': 3, 'vacancy-up': 4 });

const vacancyLayout = layout<Required<TableVacancy>>(
  ['u8', 'down'],
  ['u8', 'up'],
  ['u8', 'current'],
  ['pad', 1],
);
const vacancy: Payload<TableVacancy> = {
  write: (writer, { down, up, current = 0 }) => vacancyLayout.encode(writer, { down, up, current }),
  read(reader) {
    const { current, ...thresholds } = vacancyLayout.decode(reader);
    return current === 0 ? thresholds : { ...thresholds, current };
  },
};
const row = property<TableConfiguration>();
const since14 = { versions: [5, 6] } as const;

export const tableProperties = propertyTable<Pick<TableConfiguration, 'eviction' | 'vacancy'>>(
  'ofp_table_mod',
  [row(2, 'eviction', number('u32'), since14), row(3, 'vacancy', vacancy, since14)],
);

/** `u8 table, 3 zeros, u32 config`, since 1.4 properties. */
export const tableMod: MessageCodec<TableMod> = {
  type: 'table-mod',
  forms: [{ number: 17 }],
  encode(writer, message, { version }) {
    writer.u8(message.table, 'table');
    writer.pad(3);
    writer.u32(message.config, 'config');
    tableProperties.encode(writer, message, version);
  },
  decode(reader, { version }) {
    const table = reader.u8();
    reader.skip(3);
    const config = reader.u32();
    return { type: 'table-mod', table, config, ...tableProperties.decode(reader, version) };
  },
};

/** `u16 length, u8 table, zero, u32 config`, properties. */
export function encodeTableDescription(writer: Writer, table: TableConfiguration, version: Version): void {
  encodeSized(writer, 'the table', () => {
    writer.u8(table.table, 'table');
    writer.pad(1);
    writer.u32(table.config, 'config');
    tableProperties.encode(writer, table, version);
  });
}

/** Reads what `encodeTableDescription` wrote. */
export function decodeTableDescription(reader: Reader, version: Version): TableConfiguration {
  return decodeSized(reader, 'a table', 8, () => {
    const table = reader.u8();
    reader.skip(1);
    return { table, config: reader.u32(), ...tableProperties.decode(reader, version) };
  });
}

/** `u8 reason, 7 zeros, table`. */
export const tableStatus: MessageCodec<TableStatus> = {
  type: 'table-status',
  forms: [{ number: 31, versions: [5, 6] }],
  encode(writer, message, { version }) {
    writer.u8(reasons.number(message.reason as 'vacancy-down'), 'reason');
    writer.pad(7);
    encodeTableDescription(writer, message.table, version);
  },
  decode(reader, { version }) {
    const reason: TableReason = reasons.name(reader.u8());
    reader.skip(7);
    return { type: 'table-status', reason, table: decodeTableDescription(reader, version) };
  },
};

export const tableStatistics = layout<TableStatistics>(
  ['u8', 'table'],
  ['pad', 3],
  ['u32', 'activeCount'],
  ['u64', 'lookupCount'],
  ['u64', 'matchedCount'],
);
