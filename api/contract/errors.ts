import { channel } from 'node:diagnostics_channel';
import type { ErrorCode } from '@weft/controller/resources';
import type { Problem } from './types.ts';

/** What can go wrong between a client and the API, beyond what the API itself refuses. */
export const clientErrorCodes = {
  unreachable: 'The controller does not answer at its address, or the connection broke.',
  timeout: 'The controller did not answer in time. A write may have been made all the same.',
  'unexpected-answer': 'Something answered that is not the API: no JSON, or of the wrong shape.',
  compacted:
    'The history that a watch asked for is gone; list again and watch from the revision of the list.',
  'too-slow': 'The watch was ended because its reader fell too far behind.',
} as const;
export type ClientErrorCode = keyof typeof clientErrorCodes;

export interface ApiErrorDetails {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly code: ErrorCode | ClientErrorCode;
  readonly field?: string | undefined;
  readonly value?: unknown;
  readonly fix?: string | undefined;
  readonly cause?: unknown;
}

/** Tells those who want to know of every error that is made. */
const errorsMade = channel('weft:error');

/** A call to the API failed. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ErrorCode | ClientErrorCode;
  readonly field: string | undefined;
  readonly value: unknown;
  readonly fix: string | undefined;
  constructor(message: string, details: ApiErrorDetails) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'ApiError';
    this.status = details.status;
    this.code = details.code;
    this.field = details.field;
    this.value = details.value;
    this.fix = details.fix;
    errorsMade.publish(this);
  }
}

/** The error for an answer with a problem body; anything else becomes `unexpected-answer`. */
export function errorFromAnswer(status: number, body: unknown, where: string): ApiError {
  if (!isProblem(body)) {
    return new ApiError(`${where} answered ${status} without a problem description`, {
      status,
      code: 'unexpected-answer',
      fix: 'Check that the address is the one of a weft controller.',
    });
  }
  return new ApiError(body.detail, {
    status,
    code: body.code,
    field: body.field,
    value: body.value,
    fix: body.fix,
  });
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    typeof (body as Problem).code === 'string' &&
    typeof (body as Problem).detail === 'string'
  );
}
