import { channel } from 'node:diagnostics_channel';

/**
 * Why a signed request is refused, by AWS's codes (EC2 API reference, "Client error codes"; STS, "Common errors").
 * Clients decide by these whether to try again, so the codes and statuses are AWS's own.
 */
export const authErrorCodes = {
  MissingAuthenticationToken: { status: 403, meaning: 'The request has no signature.' },
  IncompleteSignature: { status: 400, meaning: 'A part of the signature is absent or cannot be read.' },
  InvalidClientTokenId: { status: 403, meaning: 'No enabled access key has this id.' },
  SignatureDoesNotMatch: { status: 403, meaning: 'The signature is not the one that the secret gives.' },
  RequestExpired: { status: 400, meaning: 'The signature was made too long ago, or in the future.' },
  AuthFailure: { status: 401, meaning: 'The credentials cannot be used here.' },
} as const satisfies Record<string, { status: number; meaning: string }>;
export type AuthErrorCode = keyof typeof authErrorCodes;

/** Tells those who want to know of every error that is made. */
const errorsMade = channel('weft:error');

/** A signed request is refused. The message holds nothing secret and may be sent to the caller. */
export class AuthError extends Error {
  readonly code: AuthErrorCode;
  constructor(code: AuthErrorCode, message: string) {
    super(message);
    this.name = 'AuthError';
    this.code = code;
    errorsMade.publish(this);
  }
  get status(): number {
    return authErrorCodes[this.code].status;
  }
}
