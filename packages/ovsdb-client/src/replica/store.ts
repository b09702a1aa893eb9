/** The rows of a replica. Updates are planned completely before the first row changes, so none is ever half applied. */

import { OvsdbError } from '../errors.ts';
import { excerpt } from '../excerpt.ts';
import { applyDifference, equalValues } from '../notation/compare.ts';
import { decodeUuidText, decodeValue } from '../notation/decode.ts';
import type { Row, Uuid, Value } from '../notation/values.ts';
import type { ColumnLayout, TableLayout } from './layout.ts';

/** What happens to one row. */
export interface StoreChange {
  readonly table: string;
  readonly uuid: Uuid;
  readonly before?: Row;
  readonly after?: Row;
}

/**
 * How updates are written: `full` is RFC 7047's `<table-updates>` with old and new rows, `difference` is
 * ovsdb-server(7)'s `<table-updates2>`.
 */
export type UpdateFormat = 'full' | 'difference';

type RowUpdate = Readonly<Record<string, unknown>>;
type MutableRow = Record<string, Value>;

export class RowStore {
  readonly #layouts: ReadonlyMap<string, TableLayout>;
  readonly #tables = new Map<string, Map<Uuid, Row>>();

  constructor(layouts: ReadonlyMap<string, TableLayout>) {
    this.#layouts = layouts;
    for (const name of layouts.keys()) {
      this.#tables.set(name, new Map());
    }
  }

  table(name: string): ReadonlyMap<Uuid, Row> | undefined {
    return this.#tables.get(name);
  }

  get tables(): ReadonlyMap<string, ReadonlyMap<Uuid, Row>> {
    return this.#tables;
  }

  /**
   * What an update changes. Nothing is changed yet.
   *
   * @throws OvsdbError OVSDB_BAD_UPDATE or OVSDB_BAD_VALUE
   */
  plan(updates: unknown, format: UpdateFormat): StoreChange[] {
    const changes: StoreChange[] = [];
    this.#forEachRow(updates, (layout, uuid, update) => {
      const before = this.#rows(layout).get(uuid);
      const change =
        format === 'full'
          ? planFull(layout, uuid, update, before)
          : planDifference(layout, uuid, update, before);
      if (change !== undefined) {
        changes.push(change);
      }
    });
    return changes;
  }

  /** Makes planned changes, all of them. */
  commit(changes: readonly StoreChange[]): void {
    for (const { table, uuid, after } of changes) {
      const rows = this.#tables.get(table);
      if (after === undefined) {
        rows?.delete(uuid);
      } else {
        rows?.set(uuid, after);
      }
    }
  }

  /**
   * What turns the rows of `previous` into those of this store. Rows that are equal are taken over from `previous`, so
   * that their identity is kept. The layouts may differ.
   */
  differencesFrom(previous: RowStore): StoreChange[] {
    const changes: StoreChange[] = [];
    for (const [table, rows] of this.#tables) {
      const old = previous.table(table);
      for (const [uuid, after] of rows) {
        const before = old?.get(uuid);
        if (before === undefined) {
          changes.push({ table, uuid, after });
        } else if (equalRows(before, after)) {
          rows.set(uuid, before);
        } else {
          changes.push({ table, uuid, before, after });
        }
      }
    }
    for (const [table, rows] of previous.tables) {
      for (const [uuid, before] of rows) {
        if (this.table(table)?.has(uuid) !== true) {
          changes.push({ table, uuid, before });
        }
      }
    }
    return changes;
  }

  #rows(layout: TableLayout): Map<Uuid, Row> {
    return this.#tables.get(layout.table.name) as Map<Uuid, Row>;
  }

  #forEachRow(updates: unknown, visit: (layout: TableLayout, uuid: Uuid, update: RowUpdate) => void): void {
    for (const [table, rows] of Object.entries(object(updates, 'an update'))) {
      const layout = this.#layouts.get(table);
      if (layout === undefined) {
        throw bad(`an update names the table ${excerpt(table)}, which is not monitored`);
      }
      for (const [uuid, update] of Object.entries(object(rows, table))) {
        visit(layout, decodeUuidText(uuid, `a row of ${table}`), object(update, table));
      }
    }
  }
}

function planFull(
  layout: TableLayout,
  uuid: Uuid,
  update: RowUpdate,
  before: Row | undefined,
): StoreChange | undefined {
  const table = layout.table.name;
  if (update.new === undefined) {
    return before === undefined ? undefined : { table, uuid, before };
  }
  const after = newRow(layout, uuid, update.new);
  if (before === undefined) {
    return { table, uuid, after };
  }
  return equalRows(before, after) ? undefined : { table, uuid, before, after };
}

function planDifference(
  layout: TableLayout,
  uuid: Uuid,
  update: RowUpdate,
  before: Row | undefined,
): StoreChange {
  const table = layout.table.name;
  const inserted = update.initial ?? update.insert;
  if (inserted !== undefined) {
    if (before !== undefined) {
      throw bad(`${table} row ${uuid} is inserted and exists already`);
    }
    return { table, uuid, after: newRow(layout, uuid, inserted) };
  }
  if (before === undefined) {
    throw bad(`${table} row ${uuid} is changed and does not exist`);
  }
  if (update.modify !== undefined) {
    return { table, uuid, before, after: changedRow(layout, before, update.modify) };
  }
  if (update.delete === undefined) {
    throw bad(`${table} row ${uuid} has no initial, insert, modify or delete but ${excerpt(update)}`);
  }
  return { table, uuid, before };
}

/** A row of which the columns with default values may have been left out. */
function newRow(layout: TableLayout, uuid: Uuid, json: unknown): Row {
  const row: MutableRow = { ...layout.template, _uuid: uuid };
  for (const [name, value] of Object.entries(object(json, layout.table.name))) {
    const { type, place } = columnLayout(layout, name);
    row[name] = decodeValue(value, type, place);
  }
  return row as Row;
}

function changedRow(layout: TableLayout, before: Row, json: unknown): Row {
  const row: MutableRow = { ...before };
  for (const [name, value] of Object.entries(object(json, layout.table.name))) {
    const { type, place } = columnLayout(layout, name);
    row[name] = applyDifference(before[name], decodeValue(value, type, place), type);
  }
  return row as Row;
}

function columnLayout(layout: TableLayout, name: string): ColumnLayout {
  const column = layout.columns.get(name);
  if (column === undefined) {
    throw bad(`an update of ${layout.table.name} names the column ${excerpt(name)}, which is not monitored`);
  }
  return column;
}

function equalRows(a: Row, b: Row): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => name in b && equalValues(a[name], b[name]))
  );
}

function object(json: unknown, place: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw bad(`${place} has ${excerpt(json)} where an object should be`);
  }
  return json as Record<string, unknown>;
}

function bad(reason: string): OvsdbError {
  return new OvsdbError('OVSDB_BAD_UPDATE', reason);
}
