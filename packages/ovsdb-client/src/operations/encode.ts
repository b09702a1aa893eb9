/** From operations to the JSON of a `transact` request, RFC 7047 section 5.2. Everything is checked against the schema. */

import { OvsdbError } from '../errors.ts';
import { excerpt } from '../excerpt.ts';
import { checkUuidName, encodeMutationValue, encodeValue } from '../notation/encode.ts';
import { columnOf, tableOf } from '../schema/lookup.ts';
import type { DatabaseSchema, TableSchema } from '../schema/types.ts';
import type { ControlOperation, Operation } from './types.ts';

const conditionFunctions: ReadonlySet<unknown> = new Set([
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'includes',
  'excludes',
]);
const mutators: ReadonlySet<unknown> = new Set(['+=', '-=', '*=', '/=', '%=', 'insert', 'delete']);

type TableStep = Exclude<Operation, ControlOperation>;

/**
 * Encodes the operations of one transaction.
 *
 * @throws OvsdbError OVSDB_BAD_OPERATION, OVSDB_BAD_VALUE, OVSDB_NO_SUCH_TABLE or OVSDB_NO_SUCH_COLUMN
 */
export function encodeOperations(operations: readonly Operation[], schema: DatabaseSchema): object[] {
  return operations.map((operation) => {
    switch (operation.op) {
      case 'commit':
      case 'abort':
      case 'comment':
      case 'assert':
        return operation;
      default:
        return encodeTableStep(operation, tableOf(schema, operation.table));
    }
  });
}

function encodeTableStep(operation: TableStep, table: TableSchema): object {
  const { op } = operation;
  const base = { op, table: table.name };
  switch (op) {
    case 'insert':
      return {
        ...base,
        row: encodeRow(operation.row, table),
        ...(operation.uuidName === undefined
          ? {}
          : { 'uuid-name': checkUuidName(operation.uuidName, 'a uuid-name') }),
        ...(operation.uuid === undefined ? {} : { uuid: operation.uuid }),
      };
    case 'select':
      return {
        ...base,
        where: encodeConditions(operation.where, table),
        columns: checkColumns(operation.columns ?? ['_uuid', ...table.columns.keys()], table),
      };
    case 'update':
      return {
        ...base,
        where: encodeConditions(operation.where, table),
        row: encodeRow(operation.row, table),
      };
    case 'mutate':
      return {
        ...base,
        where: encodeConditions(operation.where, table),
        mutations: operation.mutations.map((mutation) => encodeMutation(mutation, table)),
      };
    case 'delete':
      return { ...base, where: encodeConditions(operation.where, table) };
    case 'wait':
      return {
        ...base,
        ...(operation.timeoutMs === undefined ? {} : { timeout: operation.timeoutMs }),
        where: encodeConditions(operation.where, table),
        columns: checkColumns(operation.columns, table),
        until: operation.until,
        rows: operation.rows.map((row) => encodeRow(row, table)),
      };
    default:
      throw badOperation(`there is no operation ${excerpt(op)}`);
  }
}

/**
 * Encodes the conditions of an operation or of a monitor.
 *
 * @throws OvsdbError as `encodeOperations` does
 */
export function encodeConditions(conditions: unknown, table: TableSchema): unknown[] {
  if (!Array.isArray(conditions)) {
    throw badOperation(`conditions on ${table.name} must be an array and are ${excerpt(conditions)}`);
  }
  return conditions.map((condition: unknown) => {
    if (typeof condition === 'boolean') {
      return condition;
    }
    if (!Array.isArray(condition) || condition.length !== 3 || !conditionFunctions.has(condition[1])) {
      throw badOperation(`${excerpt(condition)} is no condition [column, function, value]`);
    }
    const [name, compare, value] = condition as [unknown, unknown, unknown];
    const column = columnOf(table, name);
    return [column.name, compare, encodeValue(value, column.type, `${table.name}.${column.name}`)];
  });
}

function encodeMutation(mutation: unknown, table: TableSchema): unknown {
  if (!Array.isArray(mutation) || mutation.length !== 3 || !mutators.has(mutation[1])) {
    throw badOperation(`${excerpt(mutation)} is no mutation [column, mutator, value]`);
  }
  const [name, mutator, value] = mutation as [unknown, string, unknown];
  const column = columnOf(table, name);
  const place = `${table.name}.${column.name}`;
  return [column.name, mutator, encodeMutationValue(value, mutator, column.type, place)];
}

function encodeRow(row: object, table: TableSchema): object {
  const encoded: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    const column = columnOf(table, name);
    // To leave a column out and to give it no value are the same unless the column can be empty.
    if (value !== undefined || column.type.shape === 'optional') {
      encoded[name] = encodeValue(value, column.type, `${table.name}.${name}`);
    }
  }
  return encoded;
}

function checkColumns(names: readonly string[], table: TableSchema): string[] {
  return names.map((name) => columnOf(table, name).name);
}

function badOperation(reason: string): OvsdbError {
  return new OvsdbError('OVSDB_BAD_OPERATION', reason);
}
