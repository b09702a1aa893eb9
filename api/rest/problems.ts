import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, errorCodes, WeftError } from '@weft/controller/resources';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../contract/index.ts';

const problemType = 'application/problem+json; charset=utf-8';

/** The body of an error answer. */
function problemOf(error: WeftError): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    code: error.code,
    detail: error.message,
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.value === undefined ? {} : { value: shortened(error.value) }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
  };
}

/** Answers an error of any origin. What is no mistake of the caller is logged and told by its request id only. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = error instanceof WeftError ? error : fromFramework(error as FastifyError);
  if (known && known.code !== 'internal') {
    return send(reply, problemOf(known));
  }
  // The logger of a request brings its id along, as `requestId`.
  request.log.error({ err: error, method: request.method, url: request.url }, 'defect');
  const problem = problemOf(new WeftError('internal', 'the controller failed to answer; this is a defect'));
  return send(reply, { ...problem, requestId: request.id });
}

function send(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.status(problem.status).header('content-type', problemType).send(problem);
}

/** Errors that fastify raises before a handler runs. */
function fromFramework(error: FastifyError): WeftError | undefined {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new WeftError('too-large', 'the body is larger than 1 MiB', {
        fix: 'Send less at once: split the request.',
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new WeftError('malformed-request', 'the body is not declared as JSON', {
        field: 'Content-Type',
        fix: 'Send content-type: application/json.',
      });
    case 'FST_ERR_BAD_URL':
      return new WeftError('malformed-request', 'the address has a wrong percent escape', {
        fix: 'Escape a percent sign as %25.',
      });
  }
  if (error.statusCode === undefined || error.statusCode >= 500) return undefined;
  return new WeftError('malformed-request', `the request cannot be read: ${error.message}`, {
    fix: 'Send one JSON object, in UTF-8, with a content-length that fits.',
  });
}

/** For requests that Node refuses before there is a request object. The socket takes no other answer. */
export function refuseOnSocket(error: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const code: ErrorCode = tooLarge ? 'too-large' : 'malformed-request';
  const detail = tooLarge ? 'the headers are larger than 16 KiB' : 'this is not HTTP, or it came too slowly';
  const body = JSON.stringify(problemOf(new WeftError(code, detail)));
  const status = errorCodes[code].status;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${problemType}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** Values come from the caller; one that is long, or nested too deeply to be written again, is not sent back whole. */
function shortened(value: unknown): unknown {
  try {
    const text = JSON.stringify(value) ?? '';
    return text.length <= 1000 ? value : `${text.slice(0, 1000)}…`;
  } catch (error) {
    if (error instanceof RangeError) return '…';
    throw error;
  }
}
