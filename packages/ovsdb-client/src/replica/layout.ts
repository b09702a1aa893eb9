/** Which columns of which tables a replica holds, and how its rows are made. */

import { defaultValue } from '../notation/decode.ts';
import { type Row, type Value, zeroUuid } from '../notation/values.ts';
import { columnOf, tableOf } from '../schema/lookup.ts';
import type { ColumnType, DatabaseSchema, TableSchema } from '../schema/types.ts';

export interface ColumnLayout {
  readonly type: ColumnType;
  /** Table and column, for messages. */
  readonly place: string;
}

export interface TableLayout {
  readonly table: TableSchema;
  readonly columns: ReadonlyMap<string, ColumnLayout>;
  /** A row with the default value in every column. All rows are copies of it, so that they have one shape. */
  readonly template: Row;
}

/** The columns wanted of each table; all when absent. */
export type WantedColumns = Readonly<Record<string, { readonly columns?: readonly string[] | undefined }>>;

/** @throws OvsdbError OVSDB_NO_SUCH_TABLE or OVSDB_NO_SUCH_COLUMN */
export function makeLayouts(schema: DatabaseSchema, wanted: WantedColumns): ReadonlyMap<string, TableLayout> {
  const layouts = new Map<string, TableLayout>();
  for (const [name, { columns }] of Object.entries(wanted)) {
    layouts.set(name, makeLayout(tableOf(schema, name), columns));
  }
  return layouts;
}

function makeLayout(table: TableSchema, wanted: readonly string[] = [...table.columns.keys()]): TableLayout {
  const columns = new Map<string, ColumnLayout>();
  const template: Record<string, Value> = { _uuid: zeroUuid };
  for (const name of wanted) {
    const { type } = columnOf(table, name);
    if (name !== '_uuid') {
      columns.set(name, { type, place: `${table.name}.${name}` });
      template[name] = defaultValue(type);
    }
  }
  return { table, columns, template: template as Row };
}

/** A text that differs when layouts differ: rows of one layout make no sense in another. */
export function layoutSignature(layouts: ReadonlyMap<string, TableLayout>): string {
  return JSON.stringify([...layouts].map(([name, { columns }]) => [name, ...columns]));
}
