/** Locks that clients of one server share, RFC 7047 sections 4.1.8 to 4.1.10. */

import { EventEmitter } from 'node:events';
import { OvsdbError } from '../errors.ts';
import type { JsonRpcConnection } from '../jsonrpc/connection.ts';
import { checkUuidName } from '../notation/encode.ts';

export interface OvsdbLockEvents {
  /** The lock is ours now. */
  acquired: [];
  /** The lock is not ours any more: it was stolen, or the connection broke. It is asked for again by itself. */
  lost: [];
}

/** What a lock needs of the client. */
export interface LockHost {
  readonly requestTimeoutMs: number;
  /** The lock has been given back. */
  released(lock: OvsdbLock): void;
}

/**
 * A lock that this client owns or waits for. Put `ops.assert(name)` into a transaction to have it refused when the lock
 * has been lost meanwhile: `owned` alone can be out of date.
 */
export class OvsdbLock extends EventEmitter<OvsdbLockEvents> {
  readonly name: string;
  readonly #host: LockHost;
  #connection: JsonRpcConnection | undefined;
  #owned = false;

  /** Locks are made by `OvsdbClient.lock`. */
  constructor(name: string, host: LockHost) {
    super();
    this.name = checkUuidName(name, 'the name of a lock');
    this.#host = host;
  }

  get owned(): boolean {
    return this.#owned;
  }

  /**
   * Asks for the lock over a connection; part of the client.
   *
   * @param method `lock` to wait for it, `steal` to take it
   */
  request(connection: JsonRpcConnection, method: 'lock' | 'steal'): Promise<void> {
    this.#connection = connection;
    return new Promise((resolve, reject) => {
      connection.send(method, [this.name], this.#host.requestTimeoutMs, (error, result) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        if ((result as { locked?: unknown } | null)?.locked === true) {
          this.setOwned(true);
        }
        resolve();
      });
    });
  }

  /** The server or the connection decided; part of the client. */
  setOwned(owned: boolean): void {
    if (this.#owned !== owned) {
      this.#owned = owned;
      this.emit(owned ? 'acquired' : 'lost');
    }
  }

  /** The connection is gone, and the lock with it; part of the client. */
  detach(): void {
    this.#connection = undefined;
    this.setOwned(false);
  }

  /** Gives the lock back, or stops waiting for it. */
  async release(): Promise<void> {
    const connection = this.#connection;
    this.#host.released(this);
    this.#connection = undefined;
    this.setOwned(false);
    if (connection === undefined || connection.ended) {
      return; // The server released it when the connection broke.
    }
    try {
      await connection.request('unlock', [this.name], this.#host.requestTimeoutMs);
    } catch (error) {
      if (!(error instanceof OvsdbError && error.code === 'OVSDB_CONNECTION_LOST')) {
        throw error;
      }
    }
  }
}
