import type { CreateInput, UpdateInput } from '@weft/controller';
import { kinds } from '@weft/controller/resources';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ApiKind, collections, schemaName } from '../contract/index.ts';
import { callerOf } from './access.ts';
import { present, type RouteContext } from './context.ts';
import {
  changeHeaders,
  idempotencyHeaders,
  idempotencyOf,
  noteReplay,
  requireStillThere,
} from './idempotency.ts';
import { ref } from './json-schema.ts';
import { exposedKinds } from './kinds.ts';
import { type ListQuery, listQuery, lookupsOf, pageOf } from './lists.ts';
import { answers, idParams, operation, writeAnswers } from './operations.ts';
import { fieldsOf, fieldsParameter } from './sparse.ts';
import { answerResource, answerWrite, etag, preconditionOf, writeQuery } from './writing.ts';

/** Routes of every kind of resource: what exists follows from the registry of kinds. */
export function registerResourceRoutes(server: FastifyInstance, context: RouteContext): void {
  for (const kind of exposedKinds) {
    registerReading(server, context, kind);
    if (kinds[kind].removable !== false) registerRemoval(server, context, kind);
    if (kinds[kind].create) registerCreation(server, context, kind);
    if (kinds[kind].update) registerUpdate(server, context, kind);
  }
}

const collectionUrl = (kind: ApiKind) => `/v1/${collections[kind]}`;
const resourceUrl = (kind: ApiKind) => `${collectionUrl(kind)}/:id`;
const idOf = (request: FastifyRequest) => (request.params as { id: string }).id;

function registerReading(server: FastifyInstance, { controller }: RouteContext, kind: ApiKind): void {
  const name = schemaName(kind);
  server.route({
    method: 'GET',
    url: collectionUrl(kind),
    config: { access: kind === 'instance' ? 'everybody' : 'accounts' },
    schema: {
      ...operation(kind, `list${name}s`, `List resources of kind ${kind}`, {
        description: `Filters: any field of the spec or status by equality (\`?spec.zone=a\`), and tags (\`?tag.Name=web\`). Lists match by any member.`,
      }),
      querystring: listQuery,
      response: answers({ 200: [ref(`${name}Page`), 'one page'] }),
    },
    handler: async (request) => {
      // The controller's lists and its revision are read in one turn, so that they belong together.
      const query = request.query as ListQuery;
      const candidates = controller.list(kind, callerOf(request), lookupsOf(kind, query));
      const { items, nextCursor } = pageOf(kind, candidates, query);
      const pick = fieldsOf(kind, query.fields);
      return {
        items: items.map((item) => pick(present(controller, item))),
        revision: controller.revision,
        ...(nextCursor === undefined ? {} : { nextCursor }),
      };
    },
  });
  server.route({
    method: 'GET',
    url: resourceUrl(kind),
    config: { access: 'everybody' },
    schema: {
      ...operation(kind, `get${name}`, `Read one ${kind}`),
      params: idParams(kind),
      querystring: { type: 'object', properties: { fields: fieldsParameter }, additionalProperties: false },
      response: answers({ 200: [ref(name), 'the resource; its ETag is its revision'] }),
    },
    handler: async (request, reply) => {
      const resource = controller.read(kind, idOf(request), callerOf(request));
      reply.header('etag', etag(resource.revision));
      return fieldsOf(kind, (request.query as { fields?: string }).fields)(present(controller, resource));
    },
  });
}

function registerCreation(server: FastifyInstance, { controller }: RouteContext, kind: ApiKind): void {
  const name = schemaName(kind);
  server.route({
    method: 'POST',
    url: collectionUrl(kind),
    config: { idempotent: true },
    schema: {
      ...operation(kind, `create${name}`, `Create one ${kind}`, { description: kinds[kind].description }),
      headers: idempotencyHeaders,
      querystring: writeQuery,
      body: ref(`${name}CreateRequest`),
      response: writeAnswers(name, 'created', { status: 201 }),
    },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const { result, revision, replayed } = await controller.transaction(
        caller,
        (batch) => batch.create(kind, request.body as CreateInput).id,
        idempotencyOf(request),
      );
      noteReplay(reply, replayed);
      const read = () => controller.read(kind, result, caller);
      const resource = requireStillThere(replayed, `${kind} ${result}`, read);
      return answerResource(controller, request, reply, { status: 201, resource, revision });
    },
  });
}

function registerUpdate(server: FastifyInstance, { controller }: RouteContext, kind: ApiKind): void {
  const name = schemaName(kind);
  server.route({
    method: 'PATCH',
    url: resourceUrl(kind),
    config: { idempotent: true },
    schema: {
      ...operation(kind, `update${name}`, `Change one ${kind}`, {
        description:
          'Fields given replace; null removes where it is allowed. If-Match makes it depend on the revision.',
      }),
      params: idParams(kind),
      headers: changeHeaders,
      querystring: writeQuery,
      body: ref(`${name}UpdateRequest`),
      response: writeAnswers(name, 'changed'),
    },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const [id, precondition] = [idOf(request), preconditionOf(request)];
      const { revision, replayed } = await controller.transaction(
        caller,
        (batch) => void batch.update(kind, id, request.body as UpdateInput, precondition),
        idempotencyOf(request),
      );
      noteReplay(reply, replayed);
      const resource = requireStillThere(replayed, `${kind} ${id}`, () => controller.read(kind, id, caller));
      return answerResource(controller, request, reply, { status: 200, resource, revision });
    },
  });
}

function registerRemoval(server: FastifyInstance, { controller }: RouteContext, kind: ApiKind): void {
  server.route({
    method: 'DELETE',
    url: resourceUrl(kind),
    config: { idempotent: true },
    schema: {
      ...operation(kind, `delete${schemaName(kind)}`, `Delete one ${kind}`, {
        description: 'If-Match makes it depend on the revision.',
      }),
      params: idParams(kind),
      headers: changeHeaders,
      querystring: writeQuery,
      response: writeAnswers('Removed', 'deleted'),
    },
    handler: async (request, reply) => {
      const precondition = preconditionOf(request);
      const { revision, replayed } = await controller.transaction(
        callerOf(request),
        (batch) => batch.remove(kind, idOf(request), precondition),
        idempotencyOf(request),
      );
      noteReplay(reply, replayed);
      return answerWrite(controller, request, reply, { status: 200, revision, body: { revision } });
    },
  });
}
