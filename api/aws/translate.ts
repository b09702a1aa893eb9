import type { ErrorCode, WeftError } from '@weft/controller/resources';
import { AwsError, type AwsErrorCode } from './errors.ts';
import { nameOfId, noSuchResource } from './resource-names.ts';

/** What an action says when the controller refuses for this reason, or for this reason because of this field. */
export type Refusals = Readonly<Partial<Record<ErrorCode | `${ErrorCode} spec.${string}`, AwsErrorCode>>>;

const usual: Readonly<Record<ErrorCode, AwsErrorCode>> = {
  'invalid-value': 'InvalidParameterValue',
  'unknown-field': 'InvalidParameterValue',
  'missing-field': 'MissingParameter',
  'malformed-request': 'InvalidParameterValue',
  'not-found': 'InvalidParameterValue',
  'unknown-reference': 'InvalidParameterValue',
  overlap: 'InvalidParameterValue',
  'address-in-use': 'InvalidIPAddress.InUse',
  'address-outside': 'InvalidParameterValue',
  'no-free-address': 'InsufficientFreeAddressesInSubnet',
  'in-use': 'DependencyViolation',
  'already-exists': 'Resource.AlreadyAssociated',
  'wrong-state': 'IncorrectState',
  conflict: 'RequestLimitExceeded',
  'precondition-failed': 'RequestLimitExceeded',
  'idempotency-mismatch': 'IdempotentParameterMismatch',
  'no-host': 'InsufficientInstanceCapacity',
  'number-space-full': 'ResourceLimitExceeded',
  'quota-exceeded': 'ResourceLimitExceeded',
  unauthenticated: 'AuthFailure',
  forbidden: 'UnauthorizedOperation',
  'rate-limited': 'RequestLimitExceeded',
  'too-large': 'InvalidParameterValue',
  'method-not-allowed': 'OperationNotPermitted',
  unavailable: 'ServiceUnavailable',
  internal: 'InternalError',
};

/** A refusal of the controller in AWS's words: the code of the action, else the usual one. */
export function translate(error: WeftError, refusals: Refusals = {}): AwsError {
  const { code, value, field } = error;
  if ((code === 'not-found' || code === 'unknown-reference') && typeof value === 'string') {
    const name = nameOfId(value);
    if (name) return noSuchResource(name, value);
  }
  return new AwsError(
    refusals[`${code} ${field as `spec.${string}`}`] ?? refusals[code] ?? usual[code],
    sentence(error),
  );
}

function sentence({ message, value, fix }: WeftError): string {
  const shown =
    typeof value === 'string' || typeof value === 'number' ? ` (${String(value).slice(0, 200)})` : '';
  // Parameters are called otherwise here; the value tells which one is meant.
  const plain = message.replace(/^spec\./, '');
  const text = plain.charAt(0).toUpperCase() + plain.slice(1);
  return `${text}${text.includes(String(value)) ? '' : shown}.${fix ? ` ${fix}` : ''}`;
}
