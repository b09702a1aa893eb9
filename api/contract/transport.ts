import * as http from 'node:http';
import * as https from 'node:https';
import { ApiError } from './errors.ts';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Time for the whole call, in milliseconds. */
  readonly timeoutMs: number;
  /** True when the call may be made twice without harm: it is repeated once when a kept connection was closed. */
  readonly repeatable: boolean;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What a client shows of itself, and what it asks to act for. */
export interface ClientAccess {
  /** `weft_KEYID_SECRET` */
  readonly token?: string | undefined;
  /** For admins and operators: another account than the key's, or `*` to read those of all. */
  readonly account?: string | undefined;
  /** Another region than the configured one, or `*` to read those of all. */
  readonly region?: string | undefined;
  /** For `https:`, PEM text: whom to trust, when it is no public authority, and a certificate of the client's own. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
}

/** Largest answer that is read, in bytes. A page of 1000 resources is about 1 MB. */
const largestAnswer = 64 * 1024 * 1024;

/**
 * HTTP with kept connections. Written on `node:http` and not on `fetch`, which takes about twice as long for a
 * small call; agents report bindings with it, and that time is part of every start of a VM.
 */
export class Transport {
  readonly url: URL;
  #module: typeof http | typeof https;
  #agent: http.Agent;
  #tls: ClientAccess['tls'];
  #headers: Readonly<Record<string, string>>;
  constructor(url: string, access: ClientAccess = {}) {
    this.url = parseUrl(url);
    this.#module = this.url.protocol === 'https:' ? https : http;
    this.#tls = access.tls;
    this.#agent = new this.#module.Agent({
      keepAlive: true,
      maxSockets: 16,
      maxFreeSockets: 4,
      ...access.tls,
    });
    this.#headers = accessHeaders(access);
  }

  /** @throws ApiError `unreachable` or `timeout` */
  async call(call: Call): Promise<Answer> {
    try {
      return await this.#once(call).catch((error: unknown) => {
        if (call.repeatable && error instanceof StaleConnection) return this.#once(call);
        throw error;
      });
    } catch (error) {
      throw this.#explain(error, call);
    }
  }

  /** Opens an answer without an end, on a connection of its own. `idleMs`: give up when nothing comes for so long. */
  async stream(path: string, idleMs: number, signal?: AbortSignal): Promise<http.IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const request = this.#module.request(new URL(path, this.url), {
      agent: false,
      headers: { accept: 'text/event-stream', ...this.#headers },
      ...this.#tls,
      ...(signal ? { signal } : {}),
    });
    request.setTimeout(idleMs, () => request.destroy(new CallTimeout()));
    request.once('response', resolve);
    request.on('error', reject);
    request.end();
    return await promise.catch((error) => {
      throw this.#explain(error, { method: 'GET', path, timeoutMs: idleMs });
    });
  }

  /** Closes kept connections. Calls under way go on. */
  close(): void {
    this.#agent.destroy();
  }

  #once(call: Call): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const request = this.#module.request(new URL(call.path, this.url), {
      agent: this.#agent,
      method: call.method,
      headers: {
        accept: 'application/json',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        ...this.#headers,
        ...call.headers,
      },
    });
    const timer = setTimeout(() => request.destroy(new CallTimeout()), call.timeoutMs);
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(stale ? new StaleConnection(error) : error);
    };
    request.once('error', fail);
    request.once('response', (response) => {
      readAll(response).then((text) => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, text });
      }, fail);
    });
    request.end(body);
    return promise;
  }

  #explain(error: unknown, call: Pick<Call, 'method' | 'path' | 'timeoutMs'>): unknown {
    if (error instanceof ApiError) return error;
    if (error instanceof CallTimeout) {
      return new ApiError(
        `${call.method} ${call.path}: no answer from ${this.url.origin} in ${call.timeoutMs} ms`,
        {
          status: 0,
          code: 'timeout',
          value: this.url.origin,
          fix: 'Look at the log of the controller; read the resource before a write is repeated.',
          cause: error,
        },
      );
    }
    const reason = error instanceof StaleConnection ? error.cause : error;
    return new ApiError(`cannot reach the controller at ${this.url.origin}: ${describe(reason)}`, {
      status: 0,
      code: 'unreachable',
      value: this.url.origin,
      fix: 'Start the controller, or give its address.',
      cause: reason,
    });
  }
}

function accessHeaders({ token, account, region }: ClientAccess): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(account === undefined ? {} : { 'weft-account': account }),
    ...(region === undefined ? {} : { 'weft-region': region }),
  };
}

class CallTimeout extends Error {}

class StaleConnection extends Error {
  constructor(cause: Error) {
    super('a kept connection was closed by the other side', { cause });
  }
}

async function readAll(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestAnswer) {
      throw new ApiError(`the answer is larger than ${largestAnswer} bytes`, {
        status: response.statusCode ?? 0,
        code: 'unexpected-answer',
        fix: 'Ask for smaller pages.',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Node gathers the failures of several addresses (`localhost` as IPv4 and IPv6) in an error without a message. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new ApiError(`not an address of the API: ${text}`, {
    status: 0,
    code: 'unreachable',
    value: text,
    fix: 'Give it as http://HOST:PORT.',
  });
}
