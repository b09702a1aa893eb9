export type { Role } from '@weft/controller/resources';
export {
  Authenticator,
  type AuthenticatorOptions,
  defaultRegion,
  developmentAuthenticator,
  developmentKey,
  firstAccount,
  type KeyDirectory,
  type KnownKey,
  type ShownCredentials,
} from './authenticator.ts';
export { AuthError, type AuthErrorCode, authErrorCodes } from './errors.ts';
export { hasAdmin, hasSecrets, KeyRing, type NewCredentials } from './key-ring.ts';
export type { Principal } from './principal.ts';
export { defaultFailureLimit, type RateLimit, RateLimiter } from './rate-limiter.ts';
export { withScope } from './scope.ts';
export { openKeyFile, SecretBox } from './secret-box.ts';
export type { SignedRequestHeaders } from './signature/parse.ts';
export {
  type SignedRequest,
  type VerifiedSignature,
  type VerifyOptions,
  verifySignature,
} from './signature/verify.ts';
export { type Access, type AccessMode, type AccessOptions, isLoopback, openAccess } from './start.ts';
export { newAccessKeyId, newSecret, parseToken, tokenOf } from './token.ts';
