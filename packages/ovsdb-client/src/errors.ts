/**
 * Every error code of this package, with what it means. The table is the reference: each `OvsdbError` carries one of
 * these codes, so that callers can tell errors apart without reading their text.
 */
export const ovsdbErrors = {
  OVSDB_BAD_ENDPOINT: 'An endpoint is not of the form unix:/absolute/path, tcp:host:port or ssl:host:port.',
  OVSDB_BAD_OPTION: 'An option has a value that makes no sense.',
  OVSDB_CONNECT_FAILED: 'No endpoint could be reached.',
  OVSDB_NOT_CONNECTED: 'The request was not sent: there was no usable connection within its time.',
  OVSDB_CONNECTION_LOST: 'The connection broke after the request was sent; its outcome is unknown.',
  OVSDB_CLOSED: 'The client, replica or lock has been closed by its owner.',
  OVSDB_TIMEOUT: 'No reply came in time; the outcome of a transaction is unknown.',
  OVSDB_NOT_LEADER: 'The server does not lead the cluster, and only a leader will do.',
  OVSDB_STALE_SERVER: 'The server is out of touch with its cluster or lags behind what was already seen.',
  OVSDB_LISTENER_FAILED: 'A listener threw; its connection is ended so that no update is skipped.',
  OVSDB_OVERFLOW: 'More requests, or more bytes, wait than the limit allows.',
  OVSDB_BAD_JSON: 'The peer sent bytes that are no JSON text.',
  OVSDB_MESSAGE_TOO_LARGE: 'The peer sent a message larger than the limit.',
  OVSDB_MESSAGE_TOO_DEEP: 'The peer sent a message nested more deeply than the limit.',
  OVSDB_BAD_MESSAGE: 'The peer sent JSON that is no valid message of the protocol.',
  OVSDB_BAD_UPDATE: 'An update contradicts the schema or the contents of the replica.',
  OVSDB_BAD_VALUE: 'A value does not fit the type of its column.',
  OVSDB_BAD_SCHEMA: 'A database schema does not follow RFC 7047 section 3.2.',
  OVSDB_BAD_OPERATION: 'An operation is malformed.',
  OVSDB_NO_SUCH_TABLE: 'The schema has no table of this name.',
  OVSDB_NO_SUCH_COLUMN: 'The table has no column of this name, or it is not monitored.',
  OVSDB_UNSUPPORTED: 'The server is too old for this request.',
  OVSDB_REFERENTIAL_INTEGRITY: 'The transaction would leave a strong reference without its row.',
  OVSDB_CONSTRAINT: 'The transaction violates a constraint of the schema.',
  OVSDB_RESOURCES_EXHAUSTED: 'The server lacks the resources for the transaction.',
  OVSDB_IO: 'The server could not make the transaction durable.',
  OVSDB_DUPLICATE_UUID_NAME: 'Two inserts of one transaction use the same uuid-name.',
  OVSDB_DUPLICATE_UUID: 'The uuid requested for a new row is already in use.',
  OVSDB_DOMAIN: 'A mutation is undefined for the value, such as a division by zero.',
  OVSDB_RANGE: 'The result of a mutation does not fit its type.',
  OVSDB_WAIT_TIMED_OUT: 'The condition of a wait operation was not met in time.',
  OVSDB_NOT_SUPPORTED: 'The server does not support the operation.',
  OVSDB_ABORTED: 'The transaction contained an abort operation.',
  OVSDB_NOT_OWNER: 'The client does not own the lock that the transaction asserts.',
  OVSDB_CANCELED: 'The transaction was canceled before it was committed.',
  OVSDB_NOT_ALLOWED: 'The database cannot be written through this server now.',
  OVSDB_PERMISSION: "Role-based access control refused the request for this client's role.",
  OVSDB_CLUSTER: 'The cluster could not commit the transaction.',
  OVSDB_SYNTAX: 'The server did not understand the request.',
  OVSDB_UNKNOWN_DATABASE: 'The server has no database of this name.',
  OVSDB_UNKNOWN_METHOD: 'The server does not know the method.',
  OVSDB_UNKNOWN_MONITOR: 'The server has no monitor of this id on this connection.',
  OVSDB_DATABASE_UNAVAILABLE: 'The database is not ready to be used at this server yet.',
  OVSDB_REMOTE: 'The server reported an error that has no code of its own here.',
} as const;

export type OvsdbErrorCode = keyof typeof ovsdbErrors;

/**
 * Base of all errors of this package. `code` is for programs, `message` says what was wrong with which value and,
 * where that is not obvious, what to do about it.
 */
export class OvsdbError extends Error {
  readonly code: OvsdbErrorCode;

  constructor(code: OvsdbErrorCode, reason: string, options?: ErrorOptions) {
    super(`${code}: ${reason}`, options);
    this.name = 'OvsdbError';
    this.code = code;
  }
}
