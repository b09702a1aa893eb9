import { EventEmitter } from 'node:events';
import type { ConnectionSettings, OpenFlowConnection } from './connection.ts';
import { type ReconnectSettings, ReconnectState, type ReconnectStep } from './reconnect.ts';
import { connect, type PeerAddress } from './server.ts';
import type { CloseReason } from './state.ts';

export interface ClientSettings extends ConnectionSettings {
  readonly reconnect?: Partial<ReconnectSettings>;
}

/** Why there is no connection, and when the next attempt is made. */
export interface Interruption {
  readonly reason: CloseReason;
  readonly error?: Error;
  readonly retryInMs: number;
  /** Attempts that failed one after another, this one included. */
  readonly failures: number;
}

interface ClientEvents {
  /** An attempt has begun: add listeners, then wait for `connection.ready`. */
  connection: [connection: OpenFlowConnection];
  /** The connection has ended, or could not be made. */
  interrupted: [interruption: Interruption];
}

/** Keeps a connection to a peer: connects, and connects again after pauses that grow. */
export class OpenFlowClient extends EventEmitter<ClientEvents> {
  readonly #address: PeerAddress;
  readonly #settings: ClientSettings;
  readonly #state: ReconnectState;
  #connection: OpenFlowConnection | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(address: PeerAddress, settings: ClientSettings = {}) {
    super();
    this.#address = address;
    this.#settings = settings;
    this.#state = new ReconnectState(settings.reconnect);
  }

  /** The connection, when its hello exchange is over. */
  get connection(): OpenFlowConnection | undefined {
    return this.#state.phase === 'active' ? this.#connection : undefined;
  }

  /** Begins to connect; without effect when it was called before. */
  start(): void {
    this.#run(this.#state.start(performance.now()));
  }

  /** Ends the connection and makes no other. */
  close(): void {
    this.#state.close();
    clearTimeout(this.#timer);
    this.#connection?.close();
    this.#connection = undefined;
  }

  #run(steps: readonly ReconnectStep[]): void {
    for (const step of steps) {
      if (step.do === 'connect') this.#connect();
      else if (step.do === 'abandon') this.#connection?.close();
    }
    this.#schedule();
  }

  #connect(): void {
    const connection = connect(this.#address, this.#settings);
    this.#connection = connection;
    connection.once('close', (reason, error) => this.#ended(reason, error));
    connection.ready.then(
      () => this.#run(this.#state.ready(performance.now())),
      // The event 'close' tells why.
      () => undefined,
    );
    this.emit('connection', connection);
  }

  #ended(reason: CloseReason, error: Error | undefined): void {
    const steps = this.#state.ended(performance.now());
    this.#run(steps);
    const wait = steps.find((step) => step.do === 'wait');
    if (!wait) return;
    this.#connection = undefined;
    const { failures } = this.#state;
    this.emit('interrupted', { reason, ...(error ? { error } : {}), retryInMs: wait.forMs, failures });
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const { deadline } = this.#state;
    if (deadline === undefined) return;
    const wait = Math.max(0, Math.ceil(deadline - performance.now()));
    this.#timer = setTimeout(() => this.#run(this.#state.tick(performance.now())), wait);
  }
}
