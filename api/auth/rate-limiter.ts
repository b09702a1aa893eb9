export interface RateLimit {
  /** Requests that may come at once. */
  readonly burst: number;
  /** Requests in a second that may go on for ever. */
  readonly perSecond: number;
}

/** Everybody of an address together may guess so often, which is hopeless against 238 bits, and cheap to refuse. */
export const defaultFailureLimit: RateLimit = { burst: 20, perSecond: 1 };

interface Bucket {
  tokens: number;
  /** When `tokens` was right, in milliseconds. */
  at: number;
}

/**
 * Token buckets, one for each caller. Bounded: when there are too many callers, the one that has been silent for longest
 * is forgotten, which at worst gives it a full bucket again.
 */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #largest: number;
  /** In the order of the last use. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: RateLimit, largest = 50_000) {
    this.#limit = limit;
    this.#largest = largest;
  }

  /**
   * Takes one token.
   * @param now in milliseconds
   * @returns 0 when there was one, else the seconds after which there will be
   */
  take(caller: string, now: number): number {
    const { burst, perSecond } = this.#limit;
    const bucket = this.#buckets.get(caller) ?? { tokens: burst, at: now };
    // A clock that goes back gives nothing and takes nothing.
    const tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    const granted = tokens >= 1;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { tokens: granted ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > this.#largest) this.#forgetOldest();
    return granted ? 0 : (1 - tokens) / perSecond;
  }

  /** How many callers it remembers. */
  get size(): number {
    return this.#buckets.size;
  }

  #forgetOldest(): void {
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      return;
    }
  }
}
