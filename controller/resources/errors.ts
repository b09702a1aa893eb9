import { channel } from 'node:diagnostics_channel';

/**
 * Every error that the controller gives to a caller, in one place: code → HTTP status and what it means.
 * The reference page of error codes is generated from this table.
 */
export const errorCodes = {
  'invalid-value': { status: 400, meaning: 'A field has a value that can never be right.' },
  'unknown-field': { status: 400, meaning: 'The request has a field that the resource does not have.' },
  'missing-field': { status: 400, meaning: 'A field that is needed is absent.' },
  'malformed-request': { status: 400, meaning: 'The body is not JSON, or not an object.' },
  'not-found': { status: 404, meaning: 'No resource has this id.' },
  'unknown-reference': { status: 400, meaning: 'A field names a resource that does not exist.' },
  overlap: { status: 409, meaning: 'The address range overlaps another one.' },
  'address-in-use': { status: 409, meaning: 'Another resource has this address.' },
  'address-outside': { status: 400, meaning: 'The address is outside of the range it must be in.' },
  'no-free-address': { status: 409, meaning: 'Every address of the range is taken.' },
  'in-use': { status: 409, meaning: 'Other resources depend on this one.' },
  'already-exists': { status: 409, meaning: 'A resource with this name or these values is there already.' },
  'wrong-state': { status: 409, meaning: 'The resource is not in a state in which this can be done.' },
  conflict: { status: 409, meaning: 'The resource was changed by somebody else meanwhile; read it again.' },
  'precondition-failed': { status: 412, meaning: 'If-Match names another version of the resource.' },
  'idempotency-mismatch': {
    status: 422,
    meaning: 'The idempotency key was used for another request.',
  },
  'no-host': { status: 409, meaning: 'No host can run this.' },
  'number-space-full': { status: 507, meaning: 'Every number of a number space is in use.' },
  'quota-exceeded': { status: 409, meaning: 'The account has as many of this kind as it may have.' },
  unauthenticated: { status: 401, meaning: 'The request shows no credentials, or wrong ones.' },
  forbidden: { status: 403, meaning: 'The role of the caller does not allow this.' },
  'rate-limited': { status: 429, meaning: 'The caller sends too many requests; wait, then go on.' },
  'too-large': { status: 413, meaning: 'The request body is larger than allowed.' },
  'method-not-allowed': { status: 405, meaning: 'This kind of resource does not support the operation.' },
  unavailable: {
    status: 503,
    meaning: 'The store cannot be written at the moment, or a host does not answer.',
  },
  internal: { status: 500, meaning: 'A defect in the controller.' },
} as const satisfies Record<string, { status: number; meaning: string }>;
export type ErrorCode = keyof typeof errorCodes;

export interface ErrorDetails {
  /** Where the wrong value stands, e.g. `spec.cidrBlock`. */
  readonly field?: string;
  readonly value?: unknown;
  /** What the caller can do about it, as a sentence. */
  readonly fix?: string;
}

/** Tells those who want to know of every error that is made. */
const errorsMade = channel('weft:error');

/** An error for the caller: nothing was written. */
export class WeftError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly value: unknown;
  readonly fix: string | undefined;
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = 'WeftError';
    this.code = code;
    this.field = details.field;
    this.value = details.value;
    this.fix = details.fix;
    errorsMade.publish(this);
  }
  get status(): number {
    return errorCodes[this.code].status;
  }
}
