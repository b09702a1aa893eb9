import { WeftError } from '@weft/controller/resources';
import type { FastifyInstance } from 'fastify';
import type { RouteContext } from './context.ts';
import { ref } from './json-schema.ts';
import { answers, operation } from './operations.ts';
import { type ReferenceDocument, referencePage, referencePolicy } from './reference/page.ts';

/** What the server says of itself: whether it lives, whether it is ready, its metrics, its description. */
export function registerServiceRoutes(server: FastifyInstance, context: RouteContext): void {
  registerHealth(server, context);
  registerReadiness(server, context);
  registerMetrics(server, context);
  server.route({
    method: 'GET',
    url: '/v1/openapi.json',
    config: { access: 'public' },
    schema: {
      ...operation('service', 'openapi', 'This document'),
      response: answers({ 200: [{ type: 'object' }, 'OpenAPI 3.1'] }, []),
    },
    handler: async () => server.swagger(),
  });
  registerReference(server);
}

/** The same for people. The page is made once: what it shows does not change while the server runs. */
function registerReference(server: FastifyInstance): void {
  let page: string | undefined;
  server.route({
    method: 'GET',
    url: '/v1/reference',
    config: { access: 'public' },
    schema: {
      ...operation('service', 'reference', 'This document as a page for people'),
      response: { 200: { description: 'HTML', content: { 'text/html': { schema: { type: 'string' } } } } },
    },
    handler: async (_request, reply) => {
      page ??= referencePage(server.swagger() as unknown as ReferenceDocument);
      return reply
        .header('content-type', 'text/html; charset=utf-8')
        .header('content-security-policy', referencePolicy)
        .header('x-content-type-options', 'nosniff')
        .send(page);
    },
  });
}

/** Liveness: as long as this answers, there is no reason to start the controller anew. */
function registerHealth(server: FastifyInstance, { controller }: RouteContext): void {
  server.route({
    method: 'GET',
    url: '/v1/health',
    config: { access: 'public' },
    schema: {
      ...operation('service', 'health', 'Whether the controller answers, and how far its store is'),
      response: answers({ 200: [ref('Health'), 'it answers'] }, []),
    },
    handler: async () => ({ status: 'ok', revision: controller.revision }),
  });
}

function registerReadiness(server: FastifyInstance, { controller }: RouteContext): void {
  server.route({
    method: 'GET',
    url: '/v1/ready',
    config: { access: 'public' },
    schema: {
      ...operation(
        'service',
        'ready',
        'Whether the controller can take writes and bring them to switches; 503 with what is missing',
      ),
      response: answers({ 200: [ref('Ready'), 'it can'] }, ['5xx']),
    },
    handler: async () => {
      const missing = await controller.missingParts();
      if (missing.length === 0) return { status: 'ready', revision: controller.revision };
      const problems = missing.map(({ part, problem }) => `${part}: ${problem}`);
      throw new WeftError('unavailable', `the controller is not ready: ${problems.join('; ')}`, {
        value: missing.map(({ part }) => part),
        fix: 'Wait until it is; when that takes long, see the log of the controller.',
      });
    },
  });
}

/** For Prometheus, at the address where it looks by default. */
function registerMetrics(server: FastifyInstance, { controller }: RouteContext): void {
  server.route({
    method: 'GET',
    url: '/metrics',
    config: { access: 'operators' },
    schema: {
      ...operation('service', 'metrics', "What the controller measures, in Prometheus's text format"),
      response: {
        ...answers({}),
        200: { description: 'all metrics', content: { 'text/plain': { schema: { type: 'string' } } } },
      },
    },
    handler: async (_request, reply) => {
      const exposition = await controller.metrics.exposition();
      return reply.header('content-type', controller.metrics.contentType).send(exposition);
    },
  });
}
