/** One logical connection to an OVSDB server or cluster. */

import { EventEmitter } from 'node:events';
import { OvsdbError } from '../errors.ts';
import type { JsonRpcConnection } from '../jsonrpc/connection.ts';
import { parseEndpoint } from '../jsonrpc/endpoint.ts';
import type { AnyDatabase } from '../notation/values.ts';
import { encodeOperations } from '../operations/encode.ts';
import { readResults } from '../operations/results.ts';
import type { Operation, OperationResult } from '../operations/types.ts';
import type { MonitorRequest, Replica } from '../replica/replica.ts';
import type { DatabaseSchema } from '../schema/types.ts';
import { Link } from './link.ts';
import { OvsdbLock } from './lock.ts';
import { isUpdateMethod, type WantedTable } from './monitor-methods.ts';
import { startReplica } from './monitoring.ts';
import {
  type ConnectOptions,
  type LockOptions,
  type OvsdbClientOptions,
  type RequestOptions,
  type ResolvedOptions,
  resolveOptions,
} from './options.ts';
import { Server } from './server.ts';
import { serverMonitorId, unfitness } from './server-status.ts';
import { Subscriptions } from './subscriptions.ts';
import { sendTransaction } from './transaction.ts';
import { Waiters } from './waiters.ts';

export interface OvsdbClientEvents {
  /** A connection is ready for requests; the argument is its endpoint. */
  connect: [endpoint: string];
  /** The connection was lost. */
  disconnect: [reason: OvsdbError];
  /** An endpoint could not be reached, or its server will not do. The next one is tried. */
  attemptFailed: [endpoint: string, reason: OvsdbError];
}

const maxDepth = 100;
const maxQueuedBytes = 256 * 1024 * 1024;

/**
 * A client of one server, or of the members of one cluster. It connects again by itself; replicas and locks survive that.
 *
 * A request that cannot be sent waits for a connection as long as its time allows. One that was sent when the connection
 * broke is never sent again: it is rejected with OVSDB_CONNECTION_LOST, and only the caller can know whether to repeat it.
 */
export class OvsdbClient extends EventEmitter<OvsdbClientEvents> {
  readonly #options: ResolvedOptions;
  readonly #subscriptions = new Subscriptions();
  readonly #waiters: Waiters<Server>;
  readonly #databasesInUse = new Set<string>();
  readonly #seenIndexes = new Map<string, number>();
  readonly #servers = new WeakMap<JsonRpcConnection, Server>();
  #link: Link | undefined;
  #server: Server | undefined;
  #lastFailure: OvsdbError | undefined;
  /** Why there will be no connection any more. */
  #finished: OvsdbError | undefined;

  /** @throws OvsdbError OVSDB_BAD_OPTION */
  constructor(options: OvsdbClientOptions) {
    super();
    this.#options = resolveOptions(options);
    this.#waiters = new Waiters(this.#options.maxPendingRequests);
  }

  /** Whether there is a connection ready for requests at this moment. */
  get connected(): boolean {
    return this.#server !== undefined;
  }

  /**
   * Starts the client and waits for the first connection.
   *
   * @throws OvsdbError OVSDB_BAD_ENDPOINT; OVSDB_CONNECT_FAILED when time runs out or, with `reconnect: false`, when no
   *   endpoint could be reached; OVSDB_CLOSED
   */
  async connect(options: ConnectOptions = {}): Promise<void> {
    this.#link ??= this.#startLink();
    await this.#readyServer(options.timeoutMs, undefined, 'OVSDB_CONNECT_FAILED');
  }

  /** The databases of the server, RFC 7047 section 4.1.1. */
  async listDatabases(): Promise<string[]> {
    return (await this.#request('list_dbs', [])) as string[];
  }

  /** The schema of a database, RFC 7047 section 4.1.2. */
  async getSchema(database: string): Promise<DatabaseSchema> {
    const deadline = this.#deadline(undefined);
    return (await this.#serverFor(database, deadline, undefined)).schema;
  }

  /** Has the server send back `params`, RFC 7047 section 4.1.11. */
  async echo(...params: unknown[]): Promise<unknown[]> {
    return (await this.#request('echo', params)) as unknown[];
  }

  /** The identity of the server process, ovsdb-server(7) section 4.1.17. */
  async getServerId(): Promise<string> {
    return (await this.#request('get_server_id', [])) as string;
  }

  /**
   * Converts a database to another schema, ovsdb-server(7) section 4.1.19.
   *
   * @param schema the JSON of the new schema
   */
  async convert(database: string, schema: object): Promise<void> {
    await this.#request('convert', [database, schema]);
  }

  /**
   * Executes operations as one transaction, RFC 7047 section 4.1.3: all of them or none. Changes that a replica of this
   * client sees are in the replica when the promise is resolved.
   *
   * @returns one result an operation
   * @throws OvsdbOperationError when the server refused an operation or the commit; nothing has been changed
   * @throws OvsdbError before anything is sent when an operation does not fit the schema; OVSDB_NOT_CONNECTED when it
   *   could not be sent; OVSDB_CONNECTION_LOST or OVSDB_TIMEOUT when it is unknown whether it was committed (see
   *   `isOutcomeUnknown`)
   */
  async transact<DB extends object = AnyDatabase>(
    database: string,
    operations: readonly Operation<NoInfer<DB>>[],
    options: RequestOptions = {},
  ): Promise<OperationResult[]> {
    const steps = operations as unknown as readonly Operation[];
    const deadline = this.#deadline(options.timeoutMs);
    const { server, schema } = await this.#serverFor(database, deadline, options.signal);
    const params = [database, ...encodeOperations(steps, schema)];
    const timeoutMs = Math.max(1, deadline - performance.now());
    const results = await sendTransaction(server.connection, params, timeoutMs, options.signal);
    return readResults(results, steps, schema);
  }

  /**
   * Replicates tables. Resolves with the first contents in place.
   *
   * @param options `timeoutMs` defaults to `monitorTimeoutMs`
   * @throws OvsdbError when the database, a table or a column does not exist; OVSDB_TIMEOUT
   */
  monitor<DB extends object = AnyDatabase>(
    database: string,
    tables: MonitorRequest<NoInfer<DB>>,
    options: RequestOptions = {},
  ): Promise<Replica<DB>> {
    if (this.#finished !== undefined) {
      return Promise.reject(this.#finished);
    }
    this.#use(database);
    return startReplica<DB>({
      database,
      tables: tables as Readonly<Record<string, WantedTable>>,
      subscriptions: this.#subscriptions,
      connection: this.#server?.connection,
      timeoutMs: options.timeoutMs ?? this.#options.monitorTimeoutMs,
      signal: options.signal,
      host: {
        monitorTimeoutMs: this.#options.monitorTimeoutMs,
        requestTimeoutMs: this.#options.requestTimeoutMs,
        schemaOf: (connection, name) =>
          this.#serverOf(connection).schemaOf(name, this.#options.requestTimeoutMs),
        register: (monitorId, session) => this.#subscriptions.registerMonitor(monitorId, session),
        forget: (monitorId) => this.#subscriptions.forgetMonitor(monitorId),
      },
    });
  }

  /**
   * Asks for a lock. Resolves when the server has answered: the lock is owned, or is waited for.
   *
   * @throws OvsdbError OVSDB_BAD_VALUE when the name is no identifier; OVSDB_BAD_OPTION when the client asked before
   */
  async lock(name: string, options: LockOptions = {}): Promise<OvsdbLock> {
    if (this.#subscriptions.lock(name) !== undefined) {
      throw new OvsdbError(
        'OVSDB_BAD_OPTION',
        `this client has asked for the lock ${name} already; release it first`,
      );
    }
    const lock = new OvsdbLock(name, {
      requestTimeoutMs: this.#options.requestTimeoutMs,
      released: (released) => this.#subscriptions.removeLock(released),
    });
    const { connection } = await this.#readyServer(
      this.#options.requestTimeoutMs,
      undefined,
      'OVSDB_NOT_CONNECTED',
    );
    this.#subscriptions.addLock(lock);
    try {
      await lock.request(connection, options.steal === true ? 'steal' : 'lock');
    } catch (error) {
      this.#subscriptions.removeLock(lock);
      throw error;
    }
    return lock;
  }

  /** Ends the connection, all replicas and all locks. Requests without a reply are rejected. */
  async close(): Promise<void> {
    this.#finished ??= new OvsdbError('OVSDB_CLOSED', 'the client is closed');
    this.#link?.stop();
    this.#waiters.rejectAll(this.#finished);
    await this.#subscriptions.closeAll();
  }

  #startLink(): Link {
    const settings = { ...this.#options, endpoints: this.#options.endpoints.map(parseEndpoint) };
    const { maxMessageBytes, maxPendingRequests, inactivityProbeMs } = this.#options;
    const limits = { maxMessageBytes, maxPendingRequests, maxDepth, maxQueuedBytes };
    const link = new Link(
      { ...settings, limits, probeIntervalMs: inactivityProbeMs },
      {
        prepare: (connection) => this.#prepare(connection),
        onUp: (connection, endpoint) => this.#onUp(connection, endpoint),
        onNotification: (connection, method, params) => this.#onNotification(connection, method, params),
        onDown: (reason) => this.#onDown(reason),
        onAttemptFailed: (endpoint, reason) => this.#onAttemptFailed(endpoint, reason),
        onGivenUp: (reason) => this.#onGivenUp(reason),
      },
    );
    link.start();
    return link;
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

  #onUp(connection: JsonRpcConnection, endpoint: string): void {
    const server = this.#serverOf(connection);
    this.#server = server;
    this.#lastFailure = undefined;
    this.#subscriptions.attach(server);
    this.#waiters.resolveAll(server);
    this.emit('connect', endpoint);
  }

  #onDown(reason: OvsdbError): void {
    this.#server = undefined;
    this.#lastFailure = reason;
    this.#subscriptions.detach();
    this.emit('disconnect', reason);
  }

  #onAttemptFailed(endpoint: string, reason: OvsdbError): void {
    this.#lastFailure = reason;
    this.emit('attemptFailed', endpoint, reason);
  }

  #onGivenUp(cause: OvsdbError): void {
    this.#finished = new OvsdbError('OVSDB_CONNECT_FAILED', `no endpoint will do: ${cause.message}`, {
      cause,
    });
    this.#waiters.rejectAll(this.#finished);
  }

  #onNotification(connection: JsonRpcConnection, method: string, params: readonly unknown[]): void {
    const server = this.#serverOf(connection);
    if (!isUpdateMethod(method) || params[0] !== serverMonitorId) {
      this.#subscriptions.deliver(server, method, params);
      return;
    }
    try {
      server.news(method, params);
    } catch (error) {
      connection.end(error as OvsdbError);
    }
    this.#leaveUnfit(server);
  }

  /** Notes that a database matters. The server may not do for it. */
  #use(database: string): void {
    if (!this.#databasesInUse.has(database)) {
      this.#databasesInUse.add(database);
      if (this.#server !== undefined) {
        this.#leaveUnfit(this.#server);
      }
    }
  }

  #leaveUnfit(server: Server): void {
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

  #serverOf(connection: JsonRpcConnection): Server {
    return this.#servers.get(connection) as Server;
  }

  async #request(method: string, params: readonly unknown[]): Promise<unknown> {
    const { requestTimeoutMs } = this.#options;
    const { connection } = await this.#readyServer(requestTimeoutMs, undefined, 'OVSDB_NOT_CONNECTED');
    return connection.request(method, params, requestTimeoutMs);
  }

  /** A server that will do for a database, and the database's schema there. */
  async #serverFor(
    database: string,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<{ server: Server; schema: DatabaseSchema }> {
    this.#use(database);
    for (;;) {
      const timeoutMs = Math.max(1, deadline - performance.now());
      const server = await this.#readyServer(timeoutMs, signal, 'OVSDB_NOT_CONNECTED');
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
    }
  }

  #readyServer(
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

  #deadline(timeoutMs: number | undefined): number {
    return performance.now() + (timeoutMs ?? this.#options.requestTimeoutMs);
  }
}
