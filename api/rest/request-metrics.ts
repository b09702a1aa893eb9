import type { ControllerMetrics } from '@weft/controller';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { watchUrl } from './watch-routes.ts';

/** Others share one label, since a client may send any method that HTTP knows. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Counts and times every answer. Labels are the patterns of routes, so that there are only as many as routes. */
export function measureRequests(server: FastifyInstance, metrics: ControllerMetrics): void {
  server.addHook('onResponse', (request, reply, done) => {
    if (!isWatch(request, reply)) {
      metrics.requestAnswered({
        route: request.routeOptions.url ?? 'none',
        method: methods.has(request.method) ? request.method : 'other',
        status: reply.statusCode,
        seconds: reply.elapsedTime / 1000,
      });
    }
    done();
  });
}

/** A watch lasts for as long as its client likes, which says nothing of the server. A refused one is an answer like any. */
const isWatch = (request: FastifyRequest, reply: FastifyReply) =>
  request.routeOptions.url === watchUrl && reply.statusCode === 200;
