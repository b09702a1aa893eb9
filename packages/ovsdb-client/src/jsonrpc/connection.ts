/** One JSON-RPC connection over a stream, from its opening to its end; it never comes back. */

import type { Duplex } from 'node:stream';
import { OvsdbError } from '../errors.ts';
import { excerpt } from '../excerpt.ts';
import { remoteErrorFrom } from '../remote-errors.ts';
import { classifyMessage, type Message, type ReplyMessage } from './messages.ts';
import { JsonStreamSplitter, type SplitterLimits } from './splitter.ts';

export interface ConnectionLimits extends SplitterLimits {
  /** Upper bound of requests that wait for a reply. */
  readonly maxPendingRequests: number;
  /** Upper bound of bytes that wait to be sent. */
  readonly maxQueuedBytes: number;
}

export interface ConnectionHandlers {
  /** The peer sent something, be it only part of a message. */
  onActivity(): void;
  onNotification(method: string, params: readonly unknown[]): void;
  /** The connection has ended; called once, after all waiting requests have been rejected. */
  onEnd(reason: OvsdbError): void;
}

/** Gets the outcome of a request, in the order in which the peer sent replies and notifications. */
export type ReplyHandler = (error: OvsdbError | undefined, result: unknown) => void;

interface PendingRequest {
  readonly method: string;
  readonly onReply: ReplyHandler;
  readonly timer: NodeJS.Timeout;
}

export class JsonRpcConnection {
  readonly #stream: Duplex;
  readonly #limits: ConnectionLimits;
  readonly #handlers: ConnectionHandlers;
  readonly #splitter: JsonStreamSplitter;
  readonly #pending = new Map<number, PendingRequest>();
  #lastId = 0;
  #ended = false;

  constructor(stream: Duplex, limits: ConnectionLimits, handlers: ConnectionHandlers) {
    this.#stream = stream;
    this.#limits = limits;
    this.#handlers = handlers;
    this.#splitter = new JsonStreamSplitter(limits);
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('error', (cause) =>
      this.end(new OvsdbError('OVSDB_CONNECTION_LOST', `the connection failed: ${cause.message}`, { cause })),
    );
    const closed = () => this.end(new OvsdbError('OVSDB_CONNECTION_LOST', 'the peer closed the connection'));
    stream.on('end', closed);
    stream.on('close', closed);
  }

  get ended(): boolean {
    return this.#ended;
  }

  get pendingRequests(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request.
   *
   * @param onReply called exactly once: with the result; with the peer's error; with OVSDB_TIMEOUT after `timeoutMs`; or
   *   with OVSDB_CONNECTION_LOST when the connection ends before. It runs before later messages of the peer are looked
   *   at, which a promise could not promise.
   * @returns the id of the request, as `cancel` needs it
   */
  send(method: string, params: readonly unknown[], timeoutMs: number, onReply: ReplyHandler): number {
    if (this.#ended) {
      throw new OvsdbError('OVSDB_NOT_CONNECTED', `cannot send ${method}: the connection has ended`);
    }
    if (this.#pending.size >= this.#limits.maxPendingRequests) {
      throw new OvsdbError('OVSDB_OVERFLOW', `${this.#pending.size} requests already wait for a reply`);
    }
    return this.#sendRequest(method, params, timeoutMs, onReply);
  }

  /** Asks for a sign of life. Not held back by the limit of waiting requests; the reply itself is of no interest. */
  probe(timeoutMs: number): void {
    if (!this.#ended) {
      this.#sendRequest('echo', [], timeoutMs, () => undefined);
    }
  }

  #sendRequest(method: string, params: readonly unknown[], timeoutMs: number, onReply: ReplyHandler): number {
    const id = ++this.#lastId;
    const timer = setTimeout(() => this.#timeOut(id, timeoutMs), timeoutMs);
    this.#pending.set(id, { method, onReply, timer });
    this.#write({ method, params, id });
    return id;
  }

  /** Sends a request and gives its result. See `send` for the errors. */
  request(method: string, params: readonly unknown[], timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.send(method, params, timeoutMs, (error, result) => (error ? reject(error) : resolve(result)));
    });
  }

  notify(method: string, params: readonly unknown[]): void {
    if (!this.#ended) {
      this.#write({ method, params, id: null });
    }
  }

  /** Ends the connection: waiting requests are rejected with `reason`, nothing is delivered any more. */
  end(reason: OvsdbError): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    this.#stream.destroy();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const request of pending) {
      clearTimeout(request.timer);
      const lost = `${request.method} was sent and not answered: ${reason.message}`;
      request.onReply(new OvsdbError('OVSDB_CONNECTION_LOST', lost, { cause: reason }), undefined);
    }
    this.#handlers.onEnd(reason);
  }

  #receive(chunk: Buffer): void {
    if (this.#ended) {
      return;
    }
    this.#handlers.onActivity();
    for (const message of this.#parse(chunk)) {
      if (this.#ended) {
        return;
      }
      this.#deliver(message);
    }
  }

  #parse(chunk: Buffer): Message[] {
    try {
      return this.#splitter.push(chunk).map(classifyMessage);
    } catch (error) {
      if (!(error instanceof OvsdbError)) {
        throw error;
      }
      this.end(error);
      return [];
    }
  }

  #deliver(message: Message): void {
    try {
      this.#dispatch(message);
    } catch (cause) {
      this.end(new OvsdbError('OVSDB_LISTENER_FAILED', `a listener threw ${String(cause)}`, { cause }));
      throw cause;
    }
  }

  #dispatch(message: Message): void {
    switch (message.kind) {
      case 'reply':
        this.#settle(message);
        return;
      case 'notification':
        this.#handlers.onNotification(message.method, message.params);
        return;
      case 'request':
        this.#answer(message.method, message.params, message.id);
    }
  }

  /** The only request a server may send is `echo`, RFC 7047 section 4.1.11. */
  #answer(method: string, params: readonly unknown[], id: unknown): void {
    this.#write(
      method === 'echo'
        ? { result: params, error: null, id }
        : { result: null, error: { error: 'unknown method', details: `no method ${method}` }, id },
    );
  }

  #settle(reply: ReplyMessage): void {
    const { id } = reply;
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > this.#lastId) {
      this.end(
        new OvsdbError('OVSDB_BAD_MESSAGE', `a reply has the id ${excerpt(id)}, which no request had`),
      );
      return;
    }
    const request = this.#pending.get(id);
    if (request === undefined) {
      return; // The reply to a request that has timed out.
    }
    this.#pending.delete(id);
    clearTimeout(request.timer);
    if (reply.error === null) {
      request.onReply(undefined, reply.result);
    } else {
      request.onReply(remoteErrorFrom(reply.error, request.method), undefined);
    }
  }

  #timeOut(id: number, timeoutMs: number): void {
    const request = this.#pending.get(id);
    if (request !== undefined) {
      this.#pending.delete(id);
      const reason = `${request.method} was not answered within ${timeoutMs} ms`;
      request.onReply(new OvsdbError('OVSDB_TIMEOUT', reason), undefined);
    }
  }

  #write(message: object): void {
    this.#stream.write(JSON.stringify(message));
    if (this.#stream.writableLength > this.#limits.maxQueuedBytes) {
      const reason = `the peer does not read: ${this.#stream.writableLength} bytes wait to be sent`;
      this.end(new OvsdbError('OVSDB_OVERFLOW', reason));
    }
  }
}
