/** The logical connection: opens sockets as the reconnect machine asks, and has at most one connection at a time. */

import { OvsdbError } from '../errors.ts';
import { type ConnectionLimits, JsonRpcConnection } from '../jsonrpc/connection.ts';
import { type Endpoint, openEndpoint, type TlsOptions } from '../jsonrpc/endpoint.ts';
import { ReconnectMachine, type ReconnectSettings } from '../session/reconnect.ts';

export interface LinkSettings extends Omit<ReconnectSettings, 'endpoints' | 'random'> {
  readonly endpoints: readonly Endpoint[];
  readonly tls: TlsOptions | undefined;
  readonly limits: ConnectionLimits;
}

export interface LinkHandlers {
  /** Makes a fresh connection ready for use; a rejection gives it up. */
  prepare(connection: JsonRpcConnection): Promise<void>;
  /** The connection is ready. */
  onUp(connection: JsonRpcConnection, endpoint: string): void;
  onNotification(connection: JsonRpcConnection, method: string, params: readonly unknown[]): void;
  /** A connection that was up has ended. */
  onDown(reason: OvsdbError): void;
  /** A connection did not come up. */
  onAttemptFailed(endpoint: string, reason: OvsdbError): void;
  /** There will be no further attempt. */
  onGivenUp(reason: OvsdbError): void;
}

export class Link {
  readonly #settings: LinkSettings;
  readonly #handlers: LinkHandlers;
  readonly #machine: ReconnectMachine;
  #timer: NodeJS.Timeout | undefined;
  /** The connection being opened or in use. Events of any other are ignored. */
  #connection: JsonRpcConnection | undefined;
  #up = false;
  #stopped = false;

  constructor(settings: LinkSettings, handlers: LinkHandlers) {
    this.#settings = settings;
    this.#handlers = handlers;
    this.#machine = new ReconnectMachine({
      ...settings,
      endpoints: settings.endpoints.length,
      random: Math.random,
    });
  }

  start(): void {
    this.#machine.start(performance.now());
    this.#step();
  }

  /** Ends everything; no handler but `onDown` is called any more. */
  stop(): void {
    this.#stopped = true;
    this.#machine.close();
    clearTimeout(this.#timer);
    this.#connection?.end(new OvsdbError('OVSDB_CLOSED', 'the client was closed'));
  }

  #step(): void {
    const step = this.#machine.step(performance.now());
    switch (step?.do) {
      case 'connect':
        this.#open(this.#settings.endpoints[step.endpoint] as Endpoint);
        break;
      case 'probe':
        this.#probe();
        break;
      case 'abandon': {
        const limit = this.#up ? this.#settings.probeIntervalMs : this.#settings.connectTimeoutMs;
        this.#connection?.end(
          new OvsdbError('OVSDB_TIMEOUT', `gave the connection up after ${limit} ms: ${step.because}`),
        );
        break;
      }
    }
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const deadline = this.#machine.deadline();
    if (deadline !== undefined) {
      const delay = Math.max(0, Math.ceil(deadline - performance.now()));
      // After a stall of the event loop, timers run before the sockets are read. Waiting for one round of reading keeps
      // a busy client from taking its own pause for the silence of the server.
      this.#timer = setTimeout(() => setImmediate(() => this.#step()), delay);
    }
  }

  #open(endpoint: Endpoint): void {
    const connection = this.#connectionTo(endpoint);
    this.#connection = connection;
    this.#handlers.prepare(connection).then(
      () => this.#ready(connection, endpoint),
      (error: unknown) => connection.end(asOvsdbError(error)),
    );
  }

  #connectionTo(endpoint: Endpoint): JsonRpcConnection {
    const connection: JsonRpcConnection = new JsonRpcConnection(
      openEndpoint(endpoint, this.#settings.tls),
      this.#settings.limits,
      {
        onActivity: () => this.#machine.heard(performance.now()),
        onNotification: (method, params) => this.#handlers.onNotification(connection, method, params),
        onEnd: (reason) => {
          if (this.#connection === connection) {
            this.#connection = undefined;
            this.#fail(endpoint, reason);
          }
        },
      },
    );
    return connection;
  }

  #ready(connection: JsonRpcConnection, endpoint: Endpoint): void {
    if (this.#connection === connection) {
      this.#up = true;
      this.#machine.opened(performance.now());
      this.#schedule();
      this.#handlers.onUp(connection, endpoint.text);
    }
  }

  #fail(endpoint: Endpoint, reason: OvsdbError): void {
    const wasUp = this.#up;
    this.#up = false;
    this.#machine.failed(performance.now());
    this.#schedule();
    if (wasUp) {
      this.#handlers.onDown(reason);
    } else if (!this.#stopped) {
      this.#handlers.onAttemptFailed(endpoint.text, reason);
    }
    if (!this.#stopped && this.#machine.phase === 'closed') {
      this.#handlers.onGivenUp(reason);
    }
  }

  #probe(): void {
    this.#connection?.probe(this.#settings.probeIntervalMs * 2);
  }
}

function asOvsdbError(error: unknown): OvsdbError {
  return error instanceof OvsdbError
    ? error
    : new OvsdbError('OVSDB_CONNECT_FAILED', String(error), { cause: error });
}
