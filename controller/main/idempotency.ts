import type { IdempotencyKey } from '../controller.ts';
import type { Draft } from '../features/operations/draft.ts';
import { WeftError } from '../resources/index.ts';

/** How long a request is remembered, as long as AWS's clients may send one again. */
export const recordLifetimeMs = 24 * 60 * 60 * 1000;

const recordId = ({ account, region }: Draft['owner'], { key }: IdempotencyKey) =>
  `${account}/${region}/${key}`;

/**
 * What an earlier request with the same key has given, with the revision of its commit.
 * @throws WeftError idempotency-mismatch when that request asked for something else
 */
export function earlierResult<T>(
  draft: Draft,
  key: IdempotencyKey,
): { result: T; revision: number } | undefined {
  const record = draft.get('request-record', recordId(draft.owner, key));
  if (!record) return undefined;
  if (record.spec.fingerprint === key.fingerprint) {
    return { result: record.spec.result as T, revision: record.revision };
  }
  throw new WeftError('idempotency-mismatch', 'this idempotency key was used for another request', {
    field: 'Idempotency-Key',
    value: key.key,
    fix: 'Use a new key for each request, and the same one only to send the same request again.',
  });
}

/** Keeps what a request has given, in the commit that carries it out: the two cannot come apart. */
export function keepResult(draft: Draft, key: IdempotencyKey, result: unknown): void {
  draft.create('request-record', {
    id: recordId(draft.owner, key),
    // Nothing becomes null, so that a request without a result is remembered as well.
    spec: { fingerprint: key.fingerprint, result: result ?? null },
  });
}
