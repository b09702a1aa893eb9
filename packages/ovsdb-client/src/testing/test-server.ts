/**
 * An OVSDB server inside the test process that does what the test says, well-behaved or not. It answers the requests of
 * a client's introduction by itself; everything else is up to the handlers.
 */

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { classifyMessage } from '../jsonrpc/messages.ts';
import { JsonStreamSplitter } from '../jsonrpc/splitter.ts';

/** A handler that returns this leaves the request without a reply. */
export const noReply: unique symbol = Symbol('no reply');

/** Thrown by a handler to answer with an error. */
export class ErrorReply extends Error {
  readonly error: unknown;

  /** @param error what the `error` member of the reply holds */
  constructor(error: unknown) {
    super('the handler answers with an error');
    this.error = error;
  }
}

/** Answers a request: returns the result, throws an `ErrorReply`, or returns `noReply`. */
export type RequestHandler = (params: readonly unknown[], peer: TestPeer, id: unknown) => unknown;

export interface TestServerOptions {
  /** Handlers by method; they take precedence over the server's own. */
  readonly handlers?: Readonly<Record<string, RequestHandler>>;
  /** Schemas that `get_schema` gives, by database. */
  readonly schemas?: Readonly<Record<string, object>>;
  /** Rows of `_Server.Database` in `<table-updates2>` notation, by uuid; without them there is no `_Server`. */
  readonly databases?: Readonly<Record<string, object>>;
}

/** One client as the server sees it. */
export class TestPeer {
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Sends bytes as they are. */
  sendRaw(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  send(message: object): void {
    this.sendRaw(JSON.stringify(message));
  }

  notify(method: string, params: readonly unknown[]): void {
    this.send({ id: null, method, params });
  }

  reply(id: unknown, result: unknown): void {
    this.send({ id, result, error: null });
  }
}

/** A request or notification that arrived. */
export interface Arrival {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly id: unknown;
}

export class TestServer {
  readonly arrivals: Arrival[] = [];
  readonly peers = new Set<TestPeer>();
  /** May be changed while the server runs. */
  readonly handlers: Record<string, RequestHandler>;
  readonly #options: TestServerOptions;
  readonly #server: Server;

  /** Use `startTestServer`. */
  constructor(options: TestServerOptions) {
    this.#options = options;
    this.handlers = { ...this.#ownHandlers(), ...options.handlers };
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** The endpoint that clients connect to. */
  get endpoint(): string {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? `tcp:127.0.0.1:${address.port}` : '';
  }

  /** Listens on the loopback interface, on a free port unless one is given. */
  async listen(port = 0): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** What arrived for a method. */
  arrived(method: string): Arrival[] {
    return this.arrivals.filter((arrival) => arrival.method === method);
  }

  /** The client that connected last. */
  get peer(): TestPeer {
    const peer = [...this.peers].at(-1);
    if (peer === undefined) {
      throw new Error('no client is connected');
    }
    return peer;
  }

  /** Breaks all connections; new ones are accepted. */
  disconnectAll(): void {
    for (const peer of this.peers) {
      peer.socket.destroy();
    }
  }

  async close(): Promise<void> {
    this.disconnectAll();
    if (this.#server.listening) {
      this.#server.close();
      await once(this.#server, 'close');
    }
  }

  #accept(socket: Socket): void {
    const peer = new TestPeer(socket);
    const splitter = new JsonStreamSplitter({ maxMessageBytes: 1 << 26, maxDepth: 100 });
    this.peers.add(peer);
    socket.on('close', () => this.peers.delete(peer));
    // A client that goes away is part of many tests.
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const json of splitter.push(chunk)) {
        this.#receive(peer, json);
      }
    });
  }

  #receive(peer: TestPeer, json: object): void {
    const message = classifyMessage(json);
    if (message.kind === 'reply') {
      return;
    }
    const id = message.kind === 'request' ? message.id : null;
    this.arrivals.push({ method: message.method, params: message.params, id });
    if (id === null) {
      return;
    }
    try {
      const handler = this.handlers[message.method];
      if (handler === undefined) {
        throw new ErrorReply('unknown method');
      }
      const result = handler(message.params, peer, id);
      if (result !== noReply) {
        peer.reply(id, result);
      }
    } catch (error) {
      if (!(error instanceof ErrorReply)) {
        throw error;
      }
      peer.send({ id, error: error.error });
    }
  }

  #ownHandlers(): Record<string, RequestHandler> {
    const { schemas = {}, databases } = this.#options;
    return {
      echo: (params) => params,
      set_db_change_aware: () => ({}),
      list_dbs: () => Object.keys(schemas),
      get_schema: ([name]) => schemas[String(name)] ?? fail('unknown database'),
      monitor_cond: ([name]) =>
        name === '_Server' && databases !== undefined ? { Database: databases } : fail('unknown database'),
      monitor_cancel: () => ({}),
    };
  }
}

function fail(error: string): never {
  throw new ErrorReply({ error, details: 'so says the test server' });
}

/** Starts a server on the loopback interface. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const server = new TestServer(options);
  await server.listen();
  return server;
}
