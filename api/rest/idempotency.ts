import { createHash } from 'node:crypto';
import type { TransactionOptions } from '@weft/controller';
import { WeftError } from '@weft/controller/resources';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Schema } from './json-schema.ts';

const form = /^[\x21-\x7e]{1,128}$/;

/** Headers of requests that make something. */
export const idempotencyHeaders: Schema = {
  type: 'object',
  properties: {
    'idempotency-key': {
      type: 'string',
      description:
        'a name for this request, 1 to 128 visible characters; sent again within a day, the request is answered again and not carried out again',
    },
  },
};

/**
 * The key in `Idempotency-Key`, with a digest of what is asked. The header is that of the IETF's draft
 * "The Idempotency-Key HTTP Header Field"; a key with another request is answered with 422, as the draft has it.
 */
export function idempotencyOf(request: FastifyRequest): TransactionOptions {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return {};
  if (typeof key !== 'string' || !form.test(key)) {
    throw new WeftError('invalid-value', 'Idempotency-Key is not 1 to 128 visible ASCII characters', {
      field: 'Idempotency-Key',
      value: key,
      fix: 'Use a random UUID, a new one for each request.',
    });
  }
  const asked = JSON.stringify([request.method, request.routeOptions.url, request.params, request.body]);
  return { idempotencyKey: { key, fingerprint: createHash('sha256').update(asked).digest('base64url') } };
}

/** Tells the caller that the answer is to an earlier request. */
export function noteReplay(reply: FastifyReply, replayed: boolean): void {
  if (replayed) reply.header('idempotency-replayed', 'true');
}
