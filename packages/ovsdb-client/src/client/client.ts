/** One logical connection to an OVSDB server or cluster. */

import { EventEmitter } from 'node:events';
import { OvsdbError } from '../errors.ts';
import { excerpt } from '../excerpt.ts';
import type { AnyDatabase } from '../notation/values.ts';
import { encodeOperations } from '../operations/encode.ts';
import { readResults } from '../operations/results.ts';
import type { Operation, OperationResult } from '../operations/types.ts';
import type { MonitorRequest, Replica } from '../replica/replica.ts';
import type { DatabaseSchema } from '../schema/types.ts';
import { Connector } from './connector.ts';
import { OvsdbLock } from './lock.ts';
import type { WantedTable } from './monitor-methods.ts';
import { startReplica } from './monitoring.ts';
import {
  type ConnectOptions,
  type LockOptions,
  type OvsdbClientOptions,
  type RequestOptions,
  type ResolvedOptions,
  resolveOptions,
} from './options.ts';
import { Subscriptions } from './subscriptions.ts';
import { sendTransaction } from './transaction.ts';

export interface OvsdbClientEvents {
  /** A connection is ready for requests; the argument is its endpoint. */
  connect: [endpoint: string];
  /** The connection was lost. */
  disconnect: [reason: OvsdbError];
  /** An endpoint could not be reached, or its server will not do. The next one is tried. */
  attemptFailed: [endpoint: string, reason: OvsdbError];
  /**
   * The server sent a notification that concerns no replica and no lock of this client: for a monitor that was made with
   * `request`, or late news of something that was given up.
   */
  notification: [method: string, params: readonly unknown[]];
}

/**
 * A client of one server, or of the members of one cluster. It connects again by itself; replicas and locks survive that.
 *
 * A request that cannot be sent waits for a connection as long as its time allows. One that was sent when the connection
 * broke is never sent again: it is rejected with OVSDB_CONNECTION_LOST, and only the caller can know whether to repeat it.
 */
export class OvsdbClient extends EventEmitter<OvsdbClientEvents> {
  readonly #options: ResolvedOptions;
  readonly #subscriptions = new Subscriptions();
  readonly #connector: Connector;

  /** @throws OvsdbError OVSDB_BAD_OPTION */
  constructor(options: OvsdbClientOptions) {
    super();
    this.#options = resolveOptions(options);
    this.#connector = new Connector(this.#options, {
      onUp: (server, endpoint) => {
        this.#subscriptions.attach(server);
        this.emit('connect', endpoint);
      },
      onDown: (reason) => {
        this.#subscriptions.detach();
        this.emit('disconnect', reason);
      },
      onAttemptFailed: (endpoint, reason) => this.emit('attemptFailed', endpoint, reason),
      onNotification: (server, method, params) => {
        if (!this.#subscriptions.deliver(server, method, params)) {
          this.emit('notification', method, params);
        }
      },
    });
  }

  /** Whether there is a connection ready for requests at this moment. */
  get connected(): boolean {
    return this.#connector.server !== undefined;
  }

  /**
   * Starts the client and waits for the first connection.
   *
   * @throws OvsdbError OVSDB_BAD_ENDPOINT; OVSDB_CONNECT_FAILED when time runs out or, with `reconnect: false`, when no
   *   endpoint could be reached; OVSDB_CLOSED
   */
  async connect(options: ConnectOptions = {}): Promise<void> {
    this.#connector.start();
    await this.#connector.ready(options.timeoutMs, undefined, 'OVSDB_CONNECT_FAILED');
  }

  /**
   * Sends any request and gives its result as the server sent it, for methods that have no function here.
   *
   * @throws OvsdbRemoteError when the server refuses
   */
  async request(method: string, params: readonly unknown[], options: RequestOptions = {}): Promise<unknown> {
    const timeoutMs = options.timeoutMs ?? this.#options.requestTimeoutMs;
    const { connection } = await this.#connector.ready(timeoutMs, options.signal, 'OVSDB_NOT_CONNECTED');
    return connection.request(method, params, timeoutMs);
  }

  /** The databases of the server, RFC 7047 section 4.1.1. */
  async listDatabases(): Promise<string[]> {
    const names = await this.request('list_dbs', []);
    return expectReply('list_dbs', names, isStringArray);
  }

  /** The schema of a database, RFC 7047 section 4.1.2. */
  async getSchema(database: string): Promise<DatabaseSchema> {
    const deadline = this.#deadline(undefined);
    return (await this.#connector.serverFor(database, deadline, undefined)).schema;
  }

  /** Has the server send back `params`, RFC 7047 section 4.1.11. */
  async echo(...params: unknown[]): Promise<unknown[]> {
    return expectReply('echo', await this.request('echo', params), Array.isArray);
  }

  /** The identity of the server process, ovsdb-server(7) section 4.1.17. */
  async getServerId(): Promise<string> {
    return expectReply('get_server_id', await this.request('get_server_id', []), isString);
  }

  /**
   * Converts a database to another schema, ovsdb-server(7) section 4.1.19. That takes as long as there are rows: give it
   * time.
   *
   * @param schema the JSON of the new schema
   * @throws OvsdbRemoteError when the schema does not fit the database or its rows; nothing has been changed
   */
  async convert(database: string, schema: object, options: RequestOptions = {}): Promise<void> {
    await this.request('convert', [database, schema], options);
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
    const { server, schema } = await this.#connector.serverFor(database, deadline, options.signal);
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
    if (this.#connector.finished !== undefined) {
      return Promise.reject(this.#connector.finished);
    }
    this.#connector.use(database);
    return startReplica<DB>({
      database,
      tables: tables as Readonly<Record<string, WantedTable>>,
      subscriptions: this.#subscriptions,
      connection: this.#connector.server?.connection,
      timeoutMs: options.timeoutMs ?? this.#options.monitorTimeoutMs,
      signal: options.signal,
      host: {
        monitorTimeoutMs: this.#options.monitorTimeoutMs,
        requestTimeoutMs: this.#options.requestTimeoutMs,
        schemaOf: (connection, name) =>
          this.#connector.serverOf(connection).schemaOf(name, this.#options.requestTimeoutMs),
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
    const { connection } = await this.#connector.ready(
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
    this.#connector.stop(new OvsdbError('OVSDB_CLOSED', 'the client is closed'));
    await this.#subscriptions.closeAll();
  }

  #deadline(timeoutMs: number | undefined): number {
    return performance.now() + (timeoutMs ?? this.#options.requestTimeoutMs);
  }
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isString);
}

/** @throws OvsdbError OVSDB_BAD_MESSAGE when the server answered with something else than the method gives */
function expectReply<T>(method: string, reply: unknown, isRight: (reply: unknown) => reply is T): T {
  if (!isRight(reply)) {
    throw new OvsdbError('OVSDB_BAD_MESSAGE', `the reply to ${method} has no such form: ${excerpt(reply)}`);
  }
  return reply;
}
