/** Finds a server that will do, keeps the connection to it, and has requests wait while there is none. */

import { OvsdbError } from '../errors.ts';
import type { JsonRpcConnection } from '../jsonrpc/connection.ts';
import { checkTls, type Endpoint, parseEndpoint } from '../jsonrpc/endpoint.ts';
import type { DatabaseSchema } from '../schema/types.ts';
import { Link } from './link.ts';
import { isUpdateMethod } from './monitor-methods.ts';
import type { ResolvedOptions } from './options.ts';
import { Server } from './server.ts';
import { serverMonitorId, unfitness } from './server-status.ts';
import { Waiters } from './waiters.ts';

export interface ConnectorHandlers {
  /** A server is ready; called before any waiting request goes on. */
  onUp(server: Server, endpoint: string): void;
  onDown(reason: OvsdbError): void;
  onAttemptFailed(endpoint: string, reason: OvsdbError): void;
  /** A notification that is not about the server itself. */
  onNotification(server: Server, method: string, params: readonly unknown[]): void;
}

const maxDepth = 100;
const maxQueuedBytes = 256 * 1024 * 1024;

export class Connector {
  readonly #options: ResolvedOptions;
  readonly #handlers: ConnectorHandlers;
  readonly #waiters: Waiters<Server>;
  readonly #servers = new WeakMap<JsonRpcConnection, Server>();
  readonly #databasesInUse = new Set<string>();
  readonly #seenIndexes = new Map<string, number>();
  #link: Link | undefined;
  #server: Server | undefined;
  #lastFailure: OvsdbError | undefined;
  /** Why there will be no connection any more. */
  #finished: OvsdbError | undefined;

  constructor(options: ResolvedOptions, handlers: ConnectorHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#waiters = new Waiters(options.maxPendingRequests);
  }

  /** The server in use, while there is one. */
  get server(): Server | undefined {
    return this.#server;
  }

  get finished(): OvsdbError | undefined {
    return this.#finished;
  }

  /**
   * Begins to connect; once is enough.
   *
   * @throws OvsdbError OVSDB_BAD_ENDPOINT; OVSDB_BAD_OPTION when the certificates are unusable
   */
  start(): void {
    if (this.#link === undefined && this.#finished === undefined) {
      const endpoints = this.#options.endpoints.map(parseEndpoint);
      checkTls(endpoints, this.#options.tls);
      this.#link = this.#makeLink(endpoints);
      this.#link.start();
    }
  }

  /** Ends the connection for good. */
  stop(reason: OvsdbError): void {
    this.#finished ??= reason;
    this.#link?.stop();
    this.#waiters.rejectAll(this.#finished);
  }

  /** Notes that a database matters: the server must be fit for it, or is left. */
  use(database: string): void {
    if (!this.#databasesInUse.has(database)) {
      this.#databasesInUse.add(database);
      if (this.#server !== undefined) {
        this.#leaveIfUnfit(this.#server);
      }
    }
  }

  /**
   * The server, as soon as there is one.
   *
   * @param timeoutCode the error when there is none in time
   */
  ready(
    timeoutMs: number | undefined,
    signal: AbortSignal | undefined,
    timeoutCode: 'OVSDB_CONNECT_FAILED' | 'OVSDB_NOT_CONNECTED',
  ): Promise<Server> {
    if (this.#finished !== undefined) {
      return Promise.reject(this.#finished);
    }
    if (this.#link === undefined) {
      return Promise.reject(new OvsdbError('OVSDB_NOT_CONNECTED', 'call connect() first'));
    }
    if (signal?.aborted === true) {
      return Promise.reject(new OvsdbError('OVSDB_CANCELED', 'canceled before anything was sent'));
    }
    if (this.#server !== undefined) {
      return Promise.resolve(this.#server);
    }
    return this.#waiters.wait(timeoutMs, signal, () => {
      const cause = this.#lastFailure;
      const why = cause === undefined ? '' : `; last: ${cause.message}`;
      return new OvsdbError(timeoutCode, `no connection within ${timeoutMs} ms${why}`, { cause });
    });
  }

  /**
   * A server that is fit for a database, and the database's schema there.
   *
   * @param deadline until when, on the clock of `performance.now`
   */
  async serverFor(
    database: string,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<{ server: Server; schema: DatabaseSchema }> {
    this.use(database);
    for (;;) {
      const timeoutMs = Math.max(1, Math.ceil(deadline - performance.now()));
      const server = await this.ready(timeoutMs, signal, 'OVSDB_NOT_CONNECTED');
      try {
        const schema = await server.schemaOf(database, timeoutMs);
        if (!server.connection.ended) {
          return { server, schema };
        }
      } catch (error) {
        if (!server.connection.ended) {
          throw error;
        }
      }
      // The connection broke before anything was sent that matters: the next server will do as well.
    }
  }

  serverOf(connection: JsonRpcConnection): Server {
    return this.#servers.get(connection) as Server;
  }

  #makeLink(endpoints: readonly Endpoint[]): Link {
    const { maxMessageBytes, maxPendingRequests, inactivityProbeMs } = this.#options;
    return new Link(
      {
        ...this.#options,
        endpoints,
        probeIntervalMs: inactivityProbeMs,
        limits: { maxMessageBytes, maxPendingRequests, maxDepth, maxQueuedBytes },
      },
      {
        prepare: (connection) => this.#prepare(connection),
        onUp: (connection, endpoint) => this.#onUp(this.serverOf(connection), endpoint),
        onNotification: (connection, method, params) =>
          this.#onNotification(this.serverOf(connection), method, params),
        onDown: (reason) => this.#onDown(reason),
        onAttemptFailed: (endpoint, reason) => this.#onAttemptFailed(endpoint, reason),
        onGivenUp: (cause) =>
          this.stop(
            new OvsdbError('OVSDB_CONNECT_FAILED', `no endpoint will do: ${cause.message}`, { cause }),
          ),
      },
    );
  }

  async #prepare(connection: JsonRpcConnection): Promise<void> {
    const server = new Server(connection);
    this.#servers.set(connection, server);
    await server.prepare(this.#options.connectTimeoutMs);
    const problem = this.#problemOf(server);
    if (problem !== undefined) {
      throw problem;
    }
  }

  #onUp(server: Server, endpoint: string): void {
    this.#server = server;
    this.#lastFailure = undefined;
    this.#handlers.onUp(server, endpoint);
    this.#waiters.resolveAll(server);
  }

  #onDown(reason: OvsdbError): void {
    this.#server = undefined;
    this.#lastFailure = reason;
    this.#handlers.onDown(reason);
  }

  #onAttemptFailed(endpoint: string, reason: OvsdbError): void {
    this.#lastFailure = reason;
    this.#handlers.onAttemptFailed(endpoint, reason);
  }

  #onNotification(server: Server, method: string, params: readonly unknown[]): void {
    if (!isUpdateMethod(method) || params[0] !== serverMonitorId) {
      this.#handlers.onNotification(server, method, params);
      return;
    }
    try {
      server.news(method, params);
    } catch (error) {
      server.connection.end(error as OvsdbError);
    }
    this.#leaveIfUnfit(server);
  }

  #leaveIfUnfit(server: Server): void {
    const problem = this.#problemOf(server);
    if (problem !== undefined && server === this.#server) {
      server.connection.end(problem);
    }
  }

  #problemOf(server: Server): OvsdbError | undefined {
    return unfitness(server.databases, {
      inUse: this.#databasesInUse,
      leaderOnly: this.#options.leaderOnly,
      seenIndexes: this.#seenIndexes,
    });
  }
}
