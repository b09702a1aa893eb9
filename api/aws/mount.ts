import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AwsApi, type AwsApiOptions } from './api.ts';
import { AwsError } from './errors.ts';
import { serializeError } from './protocol/xml.ts';

/** Bytes of a form; the longest are those with user data, which has at most 16 KiB. */
const bodyBytes = 1024 * 1024;
const contentType = 'text/xml;charset=UTF-8';

export type MountOptions = Omit<AwsApiOptions, 'onDefect'>;

/**
 * Serves the AWS-compatible API on `/` of a server: `POST`, and `GET` with an Action, which old clients use. The body
 * stays as it came, since its digest is signed.
 */
export function mountAwsApi(server: FastifyInstance, options: MountOptions): void {
  const api = new AwsApi({
    ...options,
    onDefect: (error, about) => server.log.error({ err: error, ...about }, 'defect'),
  });
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyBytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.setErrorHandler((error, request, reply) => refuse(error as { code?: string }, request, reply));
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const { method, url, headersDistinct: headers } = request.raw;
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const answer = await api.answer({ method: method ?? '', url: url ?? '', headers, body }, request.ip);
      return reply
        .status(answer.status)
        .header('content-type', contentType)
        .header('x-amzn-requestid', answer.requestId)
        .send(answer.body);
    };
    scope.route({ method: ['GET', 'POST'], url: '/', schema: { hide: true }, handler });
  });
}

/** What the HTTP server refuses before the API sees it, in the form that its clients read. */
function refuse(error: { code?: string; message?: string }, request: FastifyRequest, reply: FastifyReply) {
  const tooLarge = error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
  const known = tooLarge || error.code?.startsWith('FST_ERR_CTP');
  if (!known) request.log.error({ err: error }, 'defect');
  const refusal = known
    ? new AwsError(
        'MalformedQueryString',
        tooLarge ? 'The form is larger than 1 MiB' : 'The body cannot be read',
      )
    : new AwsError('InternalError', 'An internal error has occurred');
  return reply
    .status(refusal.status)
    .header('content-type', contentType)
    .send(serializeError(refusal.code, refusal.message, request.id));
}
