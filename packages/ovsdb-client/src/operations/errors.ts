/** Errors that a server reports, as classes: RFC 7047 section 3.1 and ovsdb-server(7) section 3.1. */

import { OvsdbError } from '../errors.ts';
import { codeOf, errorParts, explain, OvsdbRemoteError, type RemoteErrorParts } from '../remote-errors.ts';
import type { Operation } from './types.ts';

/** What went wrong with which step of a transaction. Nothing of the transaction has been committed. */
export class OvsdbOperationError extends OvsdbRemoteError {
  /** The position of the operation that failed; the number of operations when the commit as a whole failed. */
  readonly operationIndex: number;
  /** The operation that failed; absent when the commit as a whole failed. */
  readonly operation: Operation | undefined;

  constructor(parts: RemoteErrorParts, operationIndex: number, operation: Operation | undefined) {
    const where = operation === undefined ? 'the commit' : describe(operation, operationIndex);
    super(codeOf(parts.tag), `${where} failed: ${explain(parts)}`, parts);
    this.name = new.target.name;
    this.operationIndex = operationIndex;
    this.operation = operation;
  }
}

export class ReferentialIntegrityError extends OvsdbOperationError {}
export class ConstraintError extends OvsdbOperationError {}
export class ResourcesExhaustedError extends OvsdbOperationError {}
export class InputOutputError extends OvsdbOperationError {}
export class DuplicateUuidNameError extends OvsdbOperationError {}
export class DuplicateUuidError extends OvsdbOperationError {}
export class DomainError extends OvsdbOperationError {}
export class ResultRangeError extends OvsdbOperationError {}
export class WaitTimedOutError extends OvsdbOperationError {}
export class NotSupportedError extends OvsdbOperationError {}
export class AbortedError extends OvsdbOperationError {}
export class NotOwnerError extends OvsdbOperationError {}
export class NotAllowedError extends OvsdbOperationError {}
export class PermissionError extends OvsdbOperationError {}
export class ClusterError extends OvsdbOperationError {}

const classes: ReadonlyMap<string, typeof OvsdbOperationError> = new Map([
  ['referential integrity violation', ReferentialIntegrityError],
  ['constraint violation', ConstraintError],
  ['resources exhausted', ResourcesExhaustedError],
  ['I/O error', InputOutputError],
  ['duplicate uuid-name', DuplicateUuidNameError],
  ['duplicate uuid', DuplicateUuidError],
  ['domain error', DomainError],
  ['range error', ResultRangeError],
  ['timed out', WaitTimedOutError],
  ['not supported', NotSupportedError],
  ['aborted', AbortedError],
  ['not owner', NotOwnerError],
  ['not allowed', NotAllowedError],
  ['permission error', PermissionError],
  ['cluster error', ClusterError],
]);

/** The error for one entry of a transaction's results. */
export function operationError(
  json: unknown,
  index: number,
  operation: Operation | undefined,
): OvsdbOperationError {
  const parts = errorParts(json);
  const ErrorClass = classes.get(parts.tag) ?? OvsdbOperationError;
  return new ErrorClass(parts, index, operation);
}

function describe(operation: Operation, index: number): string {
  const table = 'table' in operation ? ` in ${operation.table}` : '';
  return `operation ${index} (${operation.op}${table})`;
}

/** Whether an error leaves open if the transaction was committed. */
export function isOutcomeUnknown(error: unknown): boolean {
  return (
    error instanceof OvsdbError && (error.code === 'OVSDB_CONNECTION_LOST' || error.code === 'OVSDB_TIMEOUT')
  );
}
