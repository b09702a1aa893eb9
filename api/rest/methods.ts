import { WeftError } from '@weft/controller/resources';
import type { FastifyInstance, HTTPMethods } from 'fastify';

const methods: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Answers 405 with `Allow` where the address exists and the method does not (RFC 9110, section 15.5.6).
 * Call it before the routes are made; the function that it returns goes after them.
 */
export function refuseOtherMethods(server: FastifyInstance): () => void {
  const allowed = new Map<string, Set<string>>();
  server.addHook('onRoute', (route) => {
    const known = allowed.get(route.url) ?? new Set();
    for (const method of [route.method].flat()) known.add(method);
    allowed.set(route.url, known);
  });
  return () => {
    for (const [url, known] of [...allowed]) {
      const allow = [...known].join(', ');
      server.route({
        method: methods.filter((method) => !known.has(method)),
        url,
        schema: { hide: true },
        handler: async (request, reply) => {
          reply.header('allow', allow);
          throw new WeftError('method-not-allowed', `${request.method} cannot be done at ${request.url}`, {
            value: request.method,
            fix: `Possible here: ${allow}.`,
          });
        },
      });
    }
  };
}
