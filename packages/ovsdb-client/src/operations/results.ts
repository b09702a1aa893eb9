/** From the results of a `transact` reply to values or an error, RFC 7047 section 4.1.3. */

import { OvsdbError } from '../errors.ts';
import { excerpt } from '../excerpt.ts';
import { decodeUuidText, decodeValue } from '../notation/decode.ts';
import type { Row, Value } from '../notation/values.ts';
import { isErrorObject } from '../remote-errors.ts';
import { columnOf, tableOf } from '../schema/lookup.ts';
import type { DatabaseSchema, TableSchema } from '../schema/types.ts';
import { operationError } from './errors.ts';
import type { Operation, OperationResult } from './types.ts';

/**
 * Reads the reply to `operations`. The server gives one result an operation, `null` for those after the first that
 * failed, and one more when the commit as a whole failed.
 *
 * @throws OvsdbOperationError when an operation or the commit failed
 * @throws OvsdbError OVSDB_BAD_MESSAGE when the reply does not fit the operations
 */
export function readResults(
  results: unknown,
  operations: readonly Operation[],
  schema: DatabaseSchema,
): OperationResult[] {
  if (!Array.isArray(results)) {
    throw badReply(results);
  }
  const failed = results.findIndex(isErrorObject);
  if (failed !== -1) {
    throw operationError(results[failed], failed, operations[failed]);
  }
  if (results.length !== operations.length) {
    throw badReply(results);
  }
  return operations.map((operation, i) => readResult(results[i], operation, schema));
}

function readResult(json: unknown, operation: Operation, schema: DatabaseSchema): OperationResult {
  if (typeof json !== 'object' || json === null) {
    throw badReply(json);
  }
  const { uuid, count, rows } = json as Record<string, unknown>;
  switch (operation.op) {
    case 'insert':
      if (!Array.isArray(uuid) || uuid[0] !== 'uuid') {
        throw badReply(json);
      }
      return { uuid: decodeUuidText(uuid[1], 'the uuid of an inserted row') };
    case 'update':
    case 'mutate':
    case 'delete':
      if (typeof count !== 'number') {
        throw badReply(json);
      }
      return { count };
    case 'select':
      if (!Array.isArray(rows)) {
        throw badReply(json);
      }
      return { rows: rows.map((row) => readRow(row, tableOf(schema, operation.table))) };
    default:
      return {};
  }
}

function readRow(json: unknown, table: TableSchema): Row {
  if (typeof json !== 'object' || json === null) {
    throw badReply(json);
  }
  const row: Record<string, Value> = {};
  for (const [name, value] of Object.entries(json)) {
    row[name] = decodeValue(value, columnOf(table, name).type, `${table.name}.${name}`);
  }
  // A select that leaves _uuid out of its columns gives rows without it.
  return row as Row;
}

function badReply(json: unknown): OvsdbError {
  return new OvsdbError('OVSDB_BAD_MESSAGE', `the reply to transact has no such form: ${excerpt(json)}`);
}
