import { createHash } from 'node:crypto';
import type { TransactionOptions } from '@weft/controller';
import { WeftError } from '@weft/controller/resources';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Schema } from './json-schema.ts';

const form = /^[\x21-\x7e]{1,128}$/;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes `Idempotency-Key`. */
    idempotent?: true;
  }
}

/** Headers of writes that are carried out once under a key. */
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

/** Headers of changes and deletions. */
export const changeHeaders: Schema = {
  type: 'object',
  properties: {
    ...(idempotencyHeaders.properties as object),
    'if-match': {
      type: 'string',
      description: 'an ETag, for example "12": refused with 412 when the resource is at another revision',
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
  const { method, params, body, headers } = request;
  const asked = JSON.stringify([method, request.routeOptions.url, params, body, headers['if-match']]);
  return { idempotencyKey: { key, fingerprint: createHash('sha256').update(asked).digest('base64url') } };
}

/** Refuses the header where a request that comes twice would be carried out twice all the same. */
export function refuseIdempotencyElsewhere(server: FastifyInstance): void {
  server.addHook('preValidation', async ({ headers, method, routeOptions }) => {
    if (headers['idempotency-key'] === undefined || method === 'GET' || routeOptions.config.idempotent)
      return;
    throw new WeftError('invalid-value', `${method} ${routeOptions.url} takes no Idempotency-Key`, {
      field: 'Idempotency-Key',
      value: headers['idempotency-key'],
      fix: 'Leave it out. A key that was made and not received is deleted, and another one made; reports of agents can be repeated.',
    });
  });
}

/**
 * For answers to an earlier request: what it has made may be gone since.
 * @throws WeftError wrong-state
 */
export function requireStillThere<T>(replayed: boolean, name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!replayed || !(error instanceof WeftError) || error.code !== 'not-found') throw error;
    throw new WeftError('wrong-state', `the request was carried out before, and ${name} was deleted since`, {
      field: 'Idempotency-Key',
      fix: 'Send it with a new key to carry it out again.',
    });
  }
}

/** Tells the caller that the answer is to an earlier request. */
export function noteReplay(reply: FastifyReply, replayed: boolean): void {
  if (replayed) reply.header('idempotency-replayed', 'true');
}
