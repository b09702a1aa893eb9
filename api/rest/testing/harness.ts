import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import { listen } from '../listen.ts';
import { createRestServer, type RestServerOptions } from '../server.ts';
import { FakeController } from './fake-controller.ts';

export interface Harness extends AsyncDisposable {
  readonly controller: FakeController;
  readonly server: FastifyInstance;
  readonly url: string;
  /** Lines of the log, parsed. */
  readonly log: Record<string, unknown>[];
  /** Calls the API; a body that is no string is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

/** What an agent says of its host. */
export const hostSpec = {
  tunnelAddress: '192.0.2.11',
  zone: 'zone-a',
  datapathId: '0000000000000001',
  tunnelPort: 1,
  externalPorts: { external: 2 },
  computeDrivers: ['netns'],
};

/** A REST server on a free port of loopback over a fake controller. */
export async function startHarness(
  options: Partial<RestServerOptions> = {},
  controller = new FakeController(),
  port = 0,
): Promise<Harness> {
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const server = createRestServer(controller, {
    openflowTarget: 'tcp:192.0.2.1:6653',
    logger,
    ...options,
  });
  const url = await listen(server, { host: '127.0.0.1', port });
  const close = () => server.close().then(() => undefined);
  return {
    controller,
    server,
    url,
    log,
    close,
    call: (method, path, body, headers) => call(url + path, method, body, headers),
    [Symbol.asyncDispose]: close,
  };
}

async function call(url: string, method: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text || undefined,
  };
}
