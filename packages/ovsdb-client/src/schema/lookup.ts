/** Finding tables and columns, with errors that name what there is. */

import { OvsdbError } from '../errors.ts';
import { excerpt } from '../excerpt.ts';
import type { ColumnSchema, ColumnType, DatabaseSchema, TableSchema } from './types.ts';

const rowIdentity: ColumnType = { shape: 'scalar', key: { type: 'uuid' }, min: 1, max: 1 };

/** The columns that every table has beside those of its schema, RFC 7047 section 3.2. */
const implicitColumns: ReadonlyMap<unknown, ColumnSchema> = new Map(
  ['_uuid', '_version'].map((name) => [name, { name, type: rowIdentity, ephemeral: false, mutable: false }]),
);

/** @throws OvsdbError OVSDB_NO_SUCH_TABLE */
export function tableOf(schema: DatabaseSchema, name: unknown): TableSchema {
  const table = schema.tables.get(name as string);
  if (table === undefined) {
    const known = [...schema.tables.keys()].sort().join(', ');
    throw new OvsdbError(
      'OVSDB_NO_SUCH_TABLE',
      `${schema.name} has no table ${excerpt(name)}, only ${known}`,
    );
  }
  return table;
}

/** @throws OvsdbError OVSDB_NO_SUCH_COLUMN */
export function columnOf(table: TableSchema, name: unknown): ColumnSchema {
  const column = table.columns.get(name as string) ?? implicitColumns.get(name);
  if (column === undefined) {
    const known = [...table.columns.keys()].sort().join(', ');
    throw new OvsdbError(
      'OVSDB_NO_SUCH_COLUMN',
      `${table.name} has no column ${excerpt(name)}, only ${known}`,
    );
  }
  return column;
}
