/** From the JSON of a `.ovsschema` file or a `get_schema` reply to a `DatabaseSchema`, RFC 7047 section 3.2. */

import { OvsdbError } from '../errors.ts';
import type { Atom } from '../notation/values.ts';
import type {
  AtomicType,
  BaseType,
  ColumnSchema,
  ColumnShape,
  ColumnType,
  DatabaseSchema,
  TableSchema,
} from './types.ts';

type JsonObject = Record<string, unknown>;

const atomicTypes: ReadonlySet<unknown> = new Set(['integer', 'real', 'boolean', 'string', 'uuid']);

/**
 * Parses a database schema.
 *
 * @param json the parsed JSON, as in a `.ovsschema` file
 * @throws OvsdbError OVSDB_BAD_SCHEMA naming the place that is wrong
 */
export function parseSchema(json: unknown): DatabaseSchema {
  const schema = object(json, 'schema');
  const name = text(schema.name, 'schema.name');
  const tables = new Map<string, TableSchema>();
  for (const [tableName, table] of Object.entries(object(schema.tables, 'schema.tables'))) {
    tables.set(tableName, parseTable(tableName, object(table, `table ${tableName}`)));
  }
  return {
    name,
    version: schema.version === undefined ? '' : text(schema.version, 'schema.version'),
    ...(schema.cksum === undefined ? {} : { cksum: text(schema.cksum, 'schema.cksum') }),
    tables,
  };
}

function parseTable(name: string, json: JsonObject): TableSchema {
  const columns = new Map<string, ColumnSchema>();
  for (const [columnName, column] of Object.entries(object(json.columns, `table ${name}.columns`))) {
    const place = `column ${name}.${columnName}`;
    columns.set(columnName, parseColumn(columnName, object(column, place), place));
  }
  return {
    name,
    columns,
    maxRows:
      json.maxRows === undefined ? Number.POSITIVE_INFINITY : number(json.maxRows, `table ${name}.maxRows`),
    isRoot: json.isRoot === true,
    indexes: array(json.indexes ?? [], `table ${name}.indexes`).map((index) =>
      array(index, `table ${name}.indexes`).map((column) => text(column, `table ${name}.indexes`)),
    ),
  };
}

function parseColumn(name: string, json: JsonObject, place: string): ColumnSchema {
  return {
    name,
    type: parseType(json.type, place),
    ephemeral: json.ephemeral === true,
    mutable: json.mutable !== false,
  };
}

function parseType(json: unknown, place: string): ColumnType {
  if (typeof json === 'string') {
    return { shape: 'scalar', key: parseBase(json, place), min: 1, max: 1 };
  }
  const type = object(json, place);
  const key = parseBase(type.key, `${place}.key`);
  const min = type.min === undefined ? 1 : number(type.min, `${place}.min`);
  const max = parseMax(type.max, place);
  if ((min !== 0 && min !== 1) || max < min || max < 1) {
    throw bad(place, `allows ${min} to ${max} elements`);
  }
  if (type.value === undefined) {
    return { shape: shapeOfSet(min, max), key, min, max };
  }
  return { shape: 'map', key, value: parseBase(type.value, `${place}.value`), min, max };
}

function shapeOfSet(min: number, max: number): ColumnShape {
  if (max > 1) {
    return 'set';
  }
  return min === 0 ? 'optional' : 'scalar';
}

function parseMax(json: unknown, place: string): number {
  if (json === 'unlimited') {
    return Number.POSITIVE_INFINITY;
  }
  return json === undefined ? 1 : number(json, `${place}.max`);
}

function parseBase(json: unknown, place: string): BaseType {
  const base = typeof json === 'string' ? { type: json } : object(json, place);
  const type = base.type;
  if (!isAtomicType(type)) {
    throw bad(place, `has the type ${JSON.stringify(type)}`);
  }
  const min = base.minInteger ?? base.minReal;
  const max = base.maxInteger ?? base.maxReal;
  return {
    type,
    ...(base.enum === undefined ? {} : { enum: parseEnum(base.enum, place) }),
    ...(min === undefined ? {} : { min: number(min, place) }),
    ...(max === undefined ? {} : { max: number(max, place) }),
    ...(base.minLength === undefined ? {} : { minLength: number(base.minLength, place) }),
    ...(base.maxLength === undefined ? {} : { maxLength: number(base.maxLength, place) }),
    ...(base.refTable === undefined
      ? {}
      : { refTable: text(base.refTable, place), refType: base.refType === 'weak' ? 'weak' : 'strong' }),
  };
}

/** An enumeration is a set in wire notation: `["set", [...]]`, or a bare atom when it has one element. */
function parseEnum(json: unknown, place: string): readonly Atom[] {
  const elements = Array.isArray(json) && json[0] === 'set' ? array(json[1], `${place}.enum`) : [json];
  return elements.map((element) => {
    if (typeof element !== 'string' && typeof element !== 'number' && typeof element !== 'boolean') {
      throw bad(place, `has ${JSON.stringify(element)} in its enum`);
    }
    return element;
  });
}

function isAtomicType(value: unknown): value is AtomicType {
  return atomicTypes.has(value);
}

function object(value: unknown, place: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bad(place, 'is no JSON object');
  }
  return value as JsonObject;
}

function array(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw bad(place, 'is no JSON array');
  }
  return value;
}

function text(value: unknown, place: string): string {
  if (typeof value !== 'string') {
    throw bad(place, 'is no string');
  }
  return value;
}

function number(value: unknown, place: string): number {
  if (typeof value !== 'number') {
    throw bad(place, 'is no number');
  }
  return value;
}

function bad(place: string, problem: string): OvsdbError {
  return new OvsdbError('OVSDB_BAD_SCHEMA', `${place} ${problem}`);
}
