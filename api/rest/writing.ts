import type { Caller, ObservedController, Receipt, WriteOptions, WriteResult } from '@weft/controller';
import { type ResourceOf, WeftError } from '@weft/controller/resources';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ApiKind, isApiKind } from '../contract/index.ts';
import { callerOf } from './access.ts';
import { present, type RouteContext } from './context.ts';
import { ref, type Schema } from './json-schema.ts';
import { answers, operation } from './operations.ts';

const defaultWaitSeconds = 10;
const longestWaitSeconds = 60;

const timeout: Schema = {
  type: 'number',
  minimum: 0,
  maximum: longestWaitSeconds,
  description: `seconds to wait, from 0 to ${longestWaitSeconds}; without it ${defaultWaitSeconds}`,
};

/** Query of every write. */
export const writeQuery: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    wait: {
      type: 'string',
      enum: ['applied'],
      description: 'applied: answer when every affected host has confirmed; the answer then has a receipt',
    },
    timeout,
  },
  dependencies: { timeout: ['wait'] },
};

const noQuery: Schema = { type: 'object', properties: {}, additionalProperties: false };

/** Writes that have no query refuse what stands there: somebody meant something by it. */
export function refuseUnknownQueries(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    const isReading = [route.method].flat().some((method) => method === 'GET' || method === 'HEAD');
    if (route.schema && !isReading && route.schema.hide !== true) route.schema.querystring ??= noQuery;
  });
}

interface WriteQuery {
  readonly wait?: 'applied';
  readonly timeout?: number;
}

/** A write as the controller has made it, on its way to the caller. */
export interface Written {
  readonly revision: number;
  /** Status when nothing is left to wait for. */
  readonly status: 200 | 201;
  /** Version of the resource for the ETag; the commit's revision where there is no resource. */
  readonly version?: number;
  readonly body: object;
}

/**
 * Answers a write. With `wait=applied` it first waits for the hosts: a receipt joins the answer, and the status is
 * 202 when some have not confirmed in time. The write itself stands in either case.
 */
export async function answerWrite(
  controller: ObservedController,
  request: FastifyRequest,
  reply: FastifyReply,
  written: Written,
): Promise<FastifyReply> {
  const query = request.query as WriteQuery;
  reply.header('etag', etag(written.version ?? written.revision));
  if (query.wait === undefined) return reply.status(written.status).send(written.body);
  const receipt = await awaitReceipt(controller, written.revision, query.timeout);
  return reply.status(receipt.applied ? written.status : 202).send({ ...written.body, receipt });
}

async function awaitReceipt(
  controller: ObservedController,
  revision: number,
  seconds = defaultWaitSeconds,
): Promise<Receipt> {
  const startedAt = performance.now();
  const receipt = await controller.applied(revision, seconds * 1000);
  controller.metrics.receiptAwaited((performance.now() - startedAt) / 1000, receipt.applied);
  return receipt;
}

/** Answers the write of one resource; `more` joins it in the answer. */
export function answerResource<K extends ApiKind>(
  controller: ObservedController,
  request: FastifyRequest,
  reply: FastifyReply,
  { status, resource, revision }: WriteResult<ResourceOf<K>> & { readonly status: 200 | 201 },
  more: object = {},
): Promise<FastifyReply> {
  const body = { ...present(controller, resource), ...more };
  return answerWrite(controller, request, reply, { status, revision, version: resource.revision, body });
}

/** RFC 9110, section 8.8.3. Revisions count commits, so that they are strong tags. */
export const etag = (revision: number) => `"${revision}"`;

/** The precondition in `If-Match`, RFC 9110, section 13.1.1. `*` asks only that the resource exists, as every write does. */
export function preconditionOf(request: FastifyRequest): WriteOptions {
  const header = request.headers['if-match'];
  if (header === undefined || header === '*') return {};
  const digits = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (digits === undefined) {
    throw new WeftError('invalid-value', 'If-Match is no revision', {
      field: 'If-Match',
      value: header,
      fix: 'Send the ETag of the resource as it came, for example If-Match: "12".',
    });
  }
  return { ifRevision: Number(digits) };
}

/** `GET /v1/receipts/{revision}`: the wait of `wait=applied`, for any commit and at any later time. */
export function registerReceiptRoute(server: FastifyInstance, { controller }: RouteContext): void {
  server.route({
    method: 'GET',
    url: '/v1/receipts/:revision',
    schema: {
      ...operation('service', 'receipt', 'Wait until every host that a commit touches has confirmed it', {
        description:
          'For the account that a commit has changed something of, and for operators. For members the receipts of old commits are gone with the history.',
      }),
      params: {
        type: 'object',
        properties: { revision: { type: 'integer', minimum: 1, description: 'revision of the commit' } },
        required: ['revision'],
      },
      querystring: { type: 'object', properties: { timeout }, additionalProperties: false },
      response: answers({
        200: [ref('Receipt'), 'which hosts have confirmed, at the latest after the timeout'],
      }),
    },
    handler: async (request) => {
      const { revision } = request.params as { revision: number };
      await requireCommit(controller, revision, callerOf(request));
      return awaitReceipt(controller, revision, (request.query as WriteQuery).timeout);
    },
  });
}

/**
 * That others have written something is not the caller's to know, nor which hosts they are on.
 * @throws WeftError not-found
 */
async function requireCommit(
  controller: ObservedController,
  revision: number,
  caller: Caller,
): Promise<void> {
  const refuse = (message: string, fix: string) =>
    new WeftError('not-found', message, { field: 'revision', value: revision, fix });
  if (revision > controller.revision) {
    throw refuse(`there is no commit ${revision} yet`, `The newest is ${controller.revision}.`);
  }
  if (caller.role === undefined || caller.role === 'admin' || caller.role === 'operator') return;
  const commit = await controller.commitAt(revision);
  if (commit && controller.visibleChanges(commit, caller).some(({ kind }) => isApiKind(kind))) return;
  throw refuse(
    `there is no commit ${revision} of this account`,
    'Give the revision that a write of yours was answered with.',
  );
}
