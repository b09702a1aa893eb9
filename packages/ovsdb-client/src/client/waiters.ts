/** Those who wait for a connection. */

import { OvsdbError } from '../errors.ts';

interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: OvsdbError) => void;
}

export class Waiters<T> {
  readonly #waiting = new Set<Waiter<T>>();
  readonly #limit: number;

  /** @param limit how many may wait at once */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Waits for `resolveAll`.
   *
   * @param timeoutMs no limit when `undefined`
   * @param timedOut makes the error for a wait that took too long
   * @throws OvsdbError OVSDB_OVERFLOW, OVSDB_CANCELED, or what `timedOut` or `rejectAll` say
   */
  wait(
    timeoutMs: number | undefined,
    signal: AbortSignal | undefined,
    timedOut: () => OvsdbError,
  ): Promise<T> {
    if (this.#waiting.size >= this.#limit) {
      return Promise.reject(
        new OvsdbError('OVSDB_OVERFLOW', `${this.#limit} requests already wait for a connection`),
      );
    }
    return new Promise((resolve, reject) => {
      const cancel = () =>
        waiter.reject(new OvsdbError('OVSDB_CANCELED', 'canceled before anything was sent'));
      const timer =
        timeoutMs === undefined ? undefined : setTimeout(() => waiter.reject(timedOut()), timeoutMs);
      const settle = () => {
        this.#waiting.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
      };
      const waiter: Waiter<T> = {
        resolve: (value) => {
          settle();
          resolve(value);
        },
        reject: (reason) => {
          settle();
          reject(reason);
        },
      };
      this.#waiting.add(waiter);
      signal?.addEventListener('abort', cancel);
    });
  }

  resolveAll(value: T): void {
    for (const waiter of [...this.#waiting]) {
      waiter.resolve(value);
    }
  }

  rejectAll(reason: OvsdbError): void {
    for (const waiter of [...this.#waiting]) {
      waiter.reject(reason);
    }
  }
}
