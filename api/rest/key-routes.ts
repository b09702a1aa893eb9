import type { NewAccessKey } from '@weft/controller/resources';
import { WeftError } from '@weft/controller/resources';
import type { FastifyInstance } from 'fastify';
import { callerOf } from './access.ts';
import type { RouteContext } from './context.ts';
import { ref } from './json-schema.ts';
import { idParams, operation, writeAnswers } from './operations.ts';
import { answerWrite, writeQuery } from './writing.ts';

/** `POST /v1/accounts/{id}/keys`: the one answer that has a secret in it. */
export function registerKeyRoutes(server: FastifyInstance, { controller, keys }: RouteContext): void {
  server.route({
    method: 'POST',
    url: '/v1/accounts/:id/keys',
    schema: {
      ...operation('access-key', 'createAccessKey', 'Make an access key', {
        description:
          'The answer has the secret, for the AWS-compatible API, and the same as a token for this one. They are shown now and never again, so that this takes no Idempotency-Key.',
      }),
      params: idParams('account'),
      querystring: writeQuery,
      body: ref('NewAccessKey'),
      response: writeAnswers('CreatedAccessKey', 'made', { status: 201 }),
    },
    handler: async (request, reply) => {
      if (!keys) throw new WeftError('unavailable', 'this controller was started without access keys');
      const { id } = request.params as { id: string };
      const created = await keys.create(id, request.body as NewAccessKey, callerOf(request));
      const { resource, secret, token } = created;
      reply.header('cache-control', 'no-store');
      const body = { ...resource, secret, token };
      const { revision } = resource;
      return answerWrite(controller, request, reply, { status: 201, revision, body });
    },
  });
}
