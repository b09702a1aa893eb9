import { everywhere, isSeenBy, type KindName } from '@weft/controller/resources';
import type { FastifyInstance } from 'fastify';
import { callerOf } from './access.ts';
import type { RouteContext } from './context.ts';
import { closedObject, ref, type Schema } from './json-schema.ts';
import { answers, operation } from './operations.ts';

const text: Schema = { type: 'string', maxLength: 300 };
const time = (description: string): Schema => ({
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,3})?)?Z)?$',
  description,
  examples: ['2026-01-31', '2026-01-31T12:00:00Z'],
});

const auditQuery = closedObject(
  {
    principal: { ...text, description: 'only of this key (or `host NAME`)' },
    kind: { ...text, description: 'only writes of this kind' },
    id: { ...text, description: 'only writes of this resource' },
    outcome: { ...text, description: '`done`, or the code of an error' },
    from: time('from this time on, UTC'),
    to: time('before this time, UTC'),
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      description: 'entries in a page, from 1 to 1000; without it 100',
    },
    cursor: { type: 'integer', minimum: 1, description: 'nextCursor of the page before' },
  },
  [],
);

interface AuditRequest {
  readonly principal?: string;
  readonly kind?: string;
  readonly id?: string;
  readonly outcome?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly cursor?: number;
}

/** `GET /v1/audit`: who wrote what, newest first. */
export function registerAuditRoute(server: FastifyInstance, { controller }: RouteContext): void {
  server.route({
    method: 'GET',
    url: '/v1/audit',
    schema: {
      ...operation('service', 'audit', 'Who wrote what, newest first', {
        description:
          'The entries of the account of the caller; admins and operators name another one, or all, with the header `weft-account`.',
      }),
      querystring: auditQuery,
      response: answers({ 200: [ref('AuditPage'), 'one page'] }),
    },
    handler: async (request) => {
      const { limit = 100, cursor: below, ...filters } = request.query as AuditRequest;
      const { account, role } = callerOf(request);
      const entries = await controller.audit.query({
        ...filters,
        account: account === everywhere ? undefined : account,
        below,
        limit: limit + 1,
      });
      const page = entries.slice(0, limit);
      return {
        items: page.filter(({ kind }) => kind === undefined || isSeenBy(kind as KindName, role)),
        ...(entries.length > limit ? { nextCursor: page.at(-1)?.sequence } : {}),
      };
    },
  });
}
