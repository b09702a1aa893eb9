/** Errors that a server reports, RFC 7047 section 3.1 and ovsdb-server(7) section 3.1. */

import { OvsdbError, type OvsdbErrorCode } from './errors.ts';

/** The parts of an error that a server reports, RFC 7047 section 3.1 `<error>`. */
export interface RemoteErrorParts {
  /** The server's short name of the error, such as `constraint violation`. */
  readonly tag: string;
  /** The server's explanation, where it gave one. */
  readonly details?: string | undefined;
}

/** An error that the server reported for a request. */
export class OvsdbRemoteError extends OvsdbError {
  readonly tag: string;
  readonly details: string | undefined;

  constructor(code: OvsdbErrorCode, reason: string, parts: RemoteErrorParts) {
    super(code, reason);
    this.name = 'OvsdbRemoteError';
    this.tag = parts.tag;
    this.details = parts.details;
  }
}

/** The code of each error name that servers use. */
export const remoteErrorCodes: ReadonlyMap<string, OvsdbErrorCode> = new Map([
  ['referential integrity violation', 'OVSDB_REFERENTIAL_INTEGRITY'],
  ['constraint violation', 'OVSDB_CONSTRAINT'],
  ['resources exhausted', 'OVSDB_RESOURCES_EXHAUSTED'],
  ['I/O error', 'OVSDB_IO'],
  ['duplicate uuid-name', 'OVSDB_DUPLICATE_UUID_NAME'],
  ['duplicate uuid', 'OVSDB_DUPLICATE_UUID'],
  ['domain error', 'OVSDB_DOMAIN'],
  ['range error', 'OVSDB_RANGE'],
  ['timed out', 'OVSDB_WAIT_TIMED_OUT'],
  ['not supported', 'OVSDB_NOT_SUPPORTED'],
  ['aborted', 'OVSDB_ABORTED'],
  ['not owner', 'OVSDB_NOT_OWNER'],
  ['canceled', 'OVSDB_CANCELED'],
  ['not allowed', 'OVSDB_NOT_ALLOWED'],
  ['permission error', 'OVSDB_PERMISSION'],
  ['cluster error', 'OVSDB_CLUSTER'],
  ['syntax error', 'OVSDB_SYNTAX'],
  ['invalid parameters', 'OVSDB_SYNTAX'],
  ['unknown function', 'OVSDB_SYNTAX'],
  ['unknown mutator', 'OVSDB_SYNTAX'],
  ['unknown table', 'OVSDB_NO_SUCH_TABLE'],
  ['unknown column', 'OVSDB_NO_SUCH_COLUMN'],
  ['unknown database', 'OVSDB_UNKNOWN_DATABASE'],
  ['unknown method', 'OVSDB_UNKNOWN_METHOD'],
  ['unknown monitor', 'OVSDB_UNKNOWN_MONITOR'],
  ['database not available', 'OVSDB_DATABASE_UNAVAILABLE'],
] as const);

/** The error for the `error` member of a reply. */
export function remoteErrorFrom(json: unknown, method: string): OvsdbRemoteError {
  const parts = errorParts(Array.isArray(json) ? json[0] : json);
  return new OvsdbRemoteError(codeOf(parts.tag), `the server refused ${method}: ${explain(parts)}`, parts);
}

/** Whether a value is RFC 7047's `<error>`. */
export function isErrorObject(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'error' in json;
}

export function codeOf(tag: string): OvsdbErrorCode {
  return remoteErrorCodes.get(tag) ?? 'OVSDB_REMOTE';
}

/** Servers report a bare name, or an object with `error`, `details` and sometimes the offending `syntax`. */
export function errorParts(json: unknown): RemoteErrorParts {
  if (typeof json === 'string') {
    return { tag: json };
  }
  const { error, details, syntax } = (json ?? {}) as Record<string, unknown>;
  if (typeof error !== 'string') {
    return { tag: 'unknown error', details: JSON.stringify(json) };
  }
  const texts = [details, syntax].filter((text) => typeof text === 'string');
  return texts.length === 0 ? { tag: error } : { tag: error, details: texts.join(': ') };
}

export function explain(parts: RemoteErrorParts): string {
  return parts.details === undefined ? parts.tag : `${parts.tag} (${parts.details})`;
}
