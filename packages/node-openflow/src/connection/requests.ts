import { OpenFlowError } from '../errors.ts';
import { joinReplies } from '../messages/multipart.ts';
import type { MultipartReply } from '../messages/multipart-types.ts';
import type { ErrorMessage } from '../messages/session-types.ts';
import type { DecodedMessage } from '../messages/types.ts';

/** A switch refused a request. */
export class SwitchError extends Error {
  readonly code = 'OPENFLOW_SWITCH_ERROR';
  readonly errorType: number;
  readonly errorCode: number;
  /** Empty where the error has no name. */
  readonly typeName: string;
  readonly codeName: string;
  readonly errorMessage: ErrorMessage;

  constructor(message: ErrorMessage) {
    const name = message.codeName ?? `type ${message.errorType} code ${message.errorCode}`;
    super(`OPENFLOW_SWITCH_ERROR: the switch refused the request: ${name}`);
    this.name = 'SwitchError';
    this.errorType = message.errorType;
    this.errorCode = message.errorCode;
    this.typeName = message.typeName ?? '';
    this.codeName = message.codeName ?? '';
    this.errorMessage = message;
  }
}

interface Pending {
  resolve(message: DecodedMessage): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
  parts: DecodedMessage[];
  bytes: number;
}

/** Requests that wait for their replies, by transaction id. */
export class PendingRequests {
  readonly #pending = new Map<number, Pending>();
  readonly #maxMultipartBytes: number;

  constructor(maxMultipartBytes: number) {
    this.#maxMultipartBytes = maxMultipartBytes;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Waits for the reply to `xid`. */
  add(xid: number, what: string, timeoutMs: number): Promise<DecodedMessage> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(xid);
        reject(new OpenFlowError('OPENFLOW_TIMEOUT', `no reply to ${what} (xid ${xid}) in ${timeoutMs} ms`));
      }, timeoutMs);
      this.#pending.set(xid, { resolve, reject, timer, parts: [], bytes: 0 });
    });
  }

  /** Gives a message to the request it answers; false when there is none. `size` is its length in bytes. */
  settle(message: DecodedMessage, size: number): boolean {
    const pending = this.#pending.get(message.xid);
    if (!pending) return false;
    if (message.type === 'error') this.#finish(message.xid, pending).reject(new SwitchError(message));
    else if (message.type === 'multipart-reply') this.#addPart(message.xid, pending, message, size);
    else this.#finish(message.xid, pending).resolve(message);
    return true;
  }

  #addPart(xid: number, pending: Pending, message: DecodedMessage & MultipartReply, size: number): void {
    pending.parts.push(message);
    pending.bytes += size;
    if (pending.bytes > this.#maxMultipartBytes) {
      const limit = `the reply is longer than ${this.#maxMultipartBytes} bytes: ask for less, or raise maxMultipartBytes`;
      this.#finish(xid, pending).reject(new OpenFlowError('OPENFLOW_OVERFLOW', limit));
      return;
    }
    if (message.more) return;
    const parts = pending.parts as (DecodedMessage & MultipartReply)[];
    if (parts.some((part) => part.part !== message.part)) {
      const reason = 'the parts of a multipart reply are of different kinds';
      this.#finish(xid, pending).reject(new OpenFlowError('OPENFLOW_BAD_VALUE', reason));
      return;
    }
    const { version } = message;
    this.#finish(xid, pending).resolve({ ...joinReplies(parts), xid, version });
  }

  #finish(xid: number, pending: Pending): Pending {
    clearTimeout(pending.timer);
    this.#pending.delete(xid);
    return pending;
  }

  /** Rejects one request, which could not be sent. */
  abandon(xid: number, error: Error): void {
    const pending = this.#pending.get(xid);
    if (pending) this.#finish(xid, pending).reject(error);
  }

  /** Rejects everything that still waits. */
  abort(error: Error): void {
    for (const [xid, pending] of [...this.#pending]) this.#finish(xid, pending).reject(error);
  }
}
