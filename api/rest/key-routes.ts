import type { NewAccessKey } from '@weft/controller/resources';
import { WeftError } from '@weft/controller/resources';
import type { FastifyInstance } from 'fastify';
import { callerOf } from './access.ts';
import type { RouteContext } from './context.ts';
import { ref } from './json-schema.ts';
import { answers, idParams, operation } from './operations.ts';
import { etag } from './writing.ts';

/** `POST /v1/accounts/{id}/keys`: the one answer that has a secret in it. */
export function registerKeyRoutes(server: FastifyInstance, { keys }: RouteContext): void {
  server.route({
    method: 'POST',
    url: '/v1/accounts/:id/keys',
    schema: {
      ...operation('access-key', 'createAccessKey', 'Make an access key', {
        description:
          'The answer has the secret, for the AWS-compatible API, and the same as a token for this one. They are shown now and never again.',
      }),
      params: idParams('account'),
      body: ref('NewAccessKey'),
      response: answers({ 201: [ref('CreatedAccessKey'), 'made'] }),
    },
    handler: async (request, reply) => {
      if (!keys) throw new WeftError('unavailable', 'this controller was started without access keys');
      const { id } = request.params as { id: string };
      const created = await keys.create(id, request.body as NewAccessKey, callerOf(request));
      const { resource, secret, token } = created;
      reply.header('cache-control', 'no-store').header('etag', etag(resource.revision));
      return reply.status(201).send({ ...resource, secret, token });
    },
  });
}
