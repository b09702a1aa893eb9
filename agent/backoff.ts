import { setTimeout as delay } from 'node:timers/promises';

/** Pauses that double from the first to the longest one; half of each is random, so that hosts do not act as one. */
export class Backoff {
  #firstMs: number;
  #longestMs: number;
  #nextMs: number;
  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#nextMs = firstMs;
  }

  /** The next pause, in milliseconds. */
  next(): number {
    const pause = this.#nextMs * (0.5 + Math.random() / 2);
    this.#nextMs = Math.min(this.#nextMs * 2, this.#longestMs);
    return pause;
  }

  /** After a success: begin with short pauses again. */
  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}

/** Resolves after the time, or at once when the signal is aborted: the caller looks at the signal. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
