import swagger from '@fastify/swagger';
import { kinds } from '@weft/controller/resources';
import type { FastifyInstance } from 'fastify';
import { exposedKinds } from './kinds.ts';

/** Collects the OpenAPI 3.1 document from the routes; register it before them. */
export async function registerOpenapi(server: FastifyInstance): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'weft',
        version: '1',
        description:
          'Virtual private clouds on Open vSwitch. Errors are application/problem+json and name the field and the fix. Every write of resources takes `?wait=applied`; `Idempotency-Key` is taken where it is listed, and refused elsewhere.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: [
        ...exposedKinds.map((kind) => ({ name: kind, description: kinds[kind].description })),
        { name: 'batch', description: 'Several writes as one.' },
        { name: 'agent', description: 'What agents report.' },
        { name: 'watch', description: 'Following changes.' },
        { name: 'service', description: 'The API itself.' },
      ],
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `def-${index}`),
    },
  });
}
