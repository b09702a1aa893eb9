import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { OpenFlowError } from '../errors.ts';
import { decodeMessage, encodeMessage } from '../messages/registry.ts';
import type { ReplyTo } from '../messages/reply-types.ts';
import type { ErrorMessage } from '../messages/session-types.ts';
import type { DecodedMessage, Envelope, Message, Version } from '../messages/types.ts';
import { MessageFramer } from './framer.ts';
import { PendingRequests } from './requests.ts';
import { type CloseReason, ConnectionState, type Step } from './state.ts';
import { nextXid } from './xid.ts';

export interface ConnectionSettings {
  /** Default [4, 5, 6]: OpenFlow 1.3, 1.4 and 1.5. */
  readonly versions?: readonly Version[];
  /** Silence after which an echo request is sent; default 5000. */
  readonly echoIntervalMs?: number;
  /** Silence after that echo request which ends the connection; default 5000. */
  readonly echoTimeoutMs?: number;
  /** Time for the peer's hello; default 5000. */
  readonly helloTimeoutMs?: number;
  /** Default time for a reply; default 30000. */
  readonly requestTimeoutMs?: number;
  /** What this side is; kept for the owner's use. Default 'controller'. */
  readonly role?: 'controller' | 'switch';
  /** Bytes waiting to be sent beyond which the connection ends as `overflow`; default 64 MiB. */
  readonly maxQueuedBytes?: number;
  /** Bytes of one multipart reply, all its messages together; default 256 MiB. */
  readonly maxMultipartBytes?: number;
}

export interface RequestOptions {
  readonly timeoutMs?: number;
}

interface ConnectionEvents {
  /** A message that answers no request of this side. */
  message: [message: DecodedMessage];
  /** A refusal of something that was sent without waiting for an answer. */
  'error-message': [message: ErrorMessage & Envelope];
  close: [reason: CloseReason, error?: Error];
  /** The socket's buffer is empty again. */
  drain: [];
}

const megabyte = 1024 * 1024;

function withDefaults(settings: ConnectionSettings): Required<ConnectionSettings> {
  return {
    versions: [4, 5, 6],
    echoIntervalMs: 5000,
    echoTimeoutMs: 5000,
    helloTimeoutMs: 5000,
    requestTimeoutMs: 30000,
    role: 'controller',
    maxQueuedBytes: 64 * megabyte,
    maxMultipartBytes: 256 * megabyte,
    ...settings,
  };
}

/** One OpenFlow connection over a duplex stream, which it owns from now on. */
export class OpenFlowConnection extends EventEmitter<ConnectionEvents> {
  readonly socket: Duplex;
  /** Resolves after the hello exchange; rejects when the connection ends before. */
  readonly ready: Promise<{ readonly version: Version }>;
  readonly role: 'controller' | 'switch';
  readonly #settings: Required<ConnectionSettings>;
  readonly #state: ConnectionState;
  readonly #framer = new MessageFramer();
  readonly #requests: PendingRequests;
  readonly #settleReady: { resolve(value: { version: Version }): void; reject(error: Error): void };
  #timer: NodeJS.Timeout | undefined;
  #closeError: Error | undefined;

  constructor(socket: Duplex, settings: ConnectionSettings = {}) {
    super();
    this.socket = socket;
    this.#settings = withDefaults(settings);
    this.role = this.#settings.role;
    this.#state = new ConnectionState(this.#settings);
    this.#requests = new PendingRequests(this.#settings.maxMultipartBytes);
    const { promise, ...settle } = Promise.withResolvers<{ version: Version }>();
    this.ready = promise;
    this.#settleReady = settle;
    // Whoever does not wait for `ready` learns of the end from the event 'close'.
    promise.catch(() => undefined);
    this.#attach();
  }

  /** The negotiated version; undefined before `ready`. */
  get version(): Version | undefined {
    return this.#state.version;
  }

  get closed(): boolean {
    return this.#state.phase === 'closed';
  }

  /** Requests that wait for their replies. */
  get pendingRequests(): number {
    return this.#requests.size;
  }

  #attach(): void {
    const { socket } = this;
    socket.on('data', (chunk: Uint8Array) => this.#received(chunk));
    socket.on('error', (error: Error) => this.#end('socket-error', error));
    socket.on('end', () => this.#end('peer-closed'));
    socket.on('close', () => this.#end('peer-closed'));
    socket.on('drain', () => this.emit('drain'));
    const connecting = 'connecting' in socket && socket.connecting === true;
    if (connecting) socket.once('connect', () => this.#open());
    else this.#open();
  }

  #open(): void {
    if (this.closed) return;
    this.#run(this.#state.open(performance.now()));
  }

  #received(chunk: Uint8Array): void {
    if (this.closed) return;
    try {
      for (const bytes of this.#framer.push(chunk)) {
        if (this.closed) return;
        this.#run(this.#state.received(decodeMessage(bytes), performance.now()), bytes.length);
      }
    } catch (error) {
      if (!(error instanceof OpenFlowError)) throw error;
      this.#end('protocol-error', error);
    }
  }

  #run(steps: readonly Step[], size = 0): void {
    for (const step of steps) {
      if (step.do === 'send')
        this.#write(encodeMessage(step.message, { version: step.version, xid: step.xid ?? nextXid() }));
      else if (step.do === 'ready') this.#becomeReady(step.version);
      else if (step.do === 'deliver') this.#deliver(step.message, size);
      else this.#finish(step.reason);
    }
    this.#schedule();
  }

  #becomeReady(version: Version): void {
    // The timer was set for the hello and may be too late for the first echo.
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#settleReady.resolve({ version });
  }

  #deliver(message: DecodedMessage, size: number): void {
    if (this.#requests.settle(message, size)) return;
    if (message.type === 'error') this.emit('error-message', message);
    else this.emit('message', message);
  }

  #schedule(): void {
    const { deadline } = this.#state;
    if (deadline === undefined || this.#timer) return;
    const wait = Math.max(0, Math.ceil(deadline - performance.now()));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#run(this.#state.tick(performance.now()));
    }, wait);
  }

  /**
   * Encodes and sends; returns the transaction id, a new one unless `xid` is given.
   * @throws OpenFlowError OPENFLOW_CLOSED before `ready` and after the end
   */
  send(message: Message, xid = nextXid()): number {
    this.#write(encodeMessage(message, { version: this.#requireVersion(), xid }));
    return xid;
  }

  /** Sends bytes that were encoded before, as they are. False when the socket's buffer is full: wait for 'drain'. */
  write(bytes: Uint8Array): boolean {
    this.#requireVersion();
    return this.#write(bytes);
  }

  #requireVersion(): Version {
    const { version, phase } = this.#state;
    if (version !== undefined && phase === 'ready') return version;
    const when = phase === 'closed' ? 'has ended' : 'is not ready yet: wait for `ready`';
    throw new OpenFlowError('OPENFLOW_CLOSED', `the connection ${when}`);
  }

  #write(bytes: Uint8Array): boolean {
    const { socket } = this;
    if (!socket.writable) return false;
    const flowing = socket.write(bytes);
    if (socket.writableLength > this.#settings.maxQueuedBytes) {
      const reason = `${socket.writableLength} bytes wait to be sent and the peer does not take them`;
      this.#end('overflow', new OpenFlowError('OPENFLOW_OVERFLOW', reason));
    }
    return flowing;
  }

  /**
   * Sends and waits for the reply with the same transaction id; the parts of a multipart reply come as one. A request to
   * which no reply is defined never gets one: use `send` and `barrier`.
   * @throws SwitchError when the switch refuses; OpenFlowError OPENFLOW_TIMEOUT, OPENFLOW_CLOSED, OPENFLOW_OVERFLOW
   */
  async request<const M extends Message>(
    message: M,
    options: RequestOptions = {},
  ): Promise<ReplyTo<M> & Envelope> {
    this.#requireVersion();
    const xid = nextXid();
    const reply = this.#requests.add(xid, message.type, options.timeoutMs ?? this.#settings.requestTimeoutMs);
    try {
      this.send(message, xid);
    } catch (error) {
      this.#requests.abandon(xid, error as Error);
    }
    return (await reply) as ReplyTo<M> & Envelope;
  }

  /** Resolves when the switch has processed everything sent before. */
  async barrier(options: RequestOptions = {}): Promise<void> {
    await this.request({ type: 'barrier-request' }, options);
  }

  /**
   * Stops to read, so that a peer that sends faster than this side can take waits too. What one chunk has brought (at most
   * 64 KB as a rule) is still emitted. Replies, and the peer's echo requests, wait as well: resume soon.
   */
  pause(): void {
    this.#state.pause();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.socket.pause();
  }

  /** Reads on. */
  resume(): void {
    this.#state.resume(performance.now());
    this.socket.resume();
    this.#schedule();
  }

  /** Ends the connection; what was sent before is still delivered. */
  close(): void {
    this.#end('closed');
  }

  #end(reason: CloseReason, error?: Error): void {
    if (this.closed) return;
    this.#closeError = error;
    this.#run(this.#state.close(reason));
  }

  #finish(reason: CloseReason): void {
    clearTimeout(this.#timer);
    const cause = this.#closeError;
    const error = new OpenFlowError(
      'OPENFLOW_CLOSED',
      `the connection ended: ${cause ? cause.message : reason}`,
    );
    this.#settleReady.reject(error);
    this.#requests.abort(error);
    const orderly = reason === 'closed' || reason === 'version-mismatch';
    if (orderly && this.socket instanceof Socket) this.socket.destroySoon();
    else if (orderly) this.socket.end();
    else this.socket.destroy();
    if (cause) this.emit('close', reason, cause);
    else this.emit('close', reason);
  }
}
