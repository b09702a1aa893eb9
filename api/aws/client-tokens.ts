import { createHash } from 'node:crypto';
import { AwsError } from './errors.ts';

const mostTokens = 10_000;
/** AWS remembers the tokens of EC2 for at least a day. */
const keptMs = 24 * 60 * 60 * 1000;

interface Remembered {
  readonly digest: string;
  readonly since: number;
  readonly answer: Promise<unknown>;
}

/**
 * Answers of requests with a client token: the same request again, as clients send it when an answer got lost, gets the
 * same answer and changes nothing. Kept in memory; the oldest go first when there are too many.
 */
export class ClientTokens {
  readonly #remembered = new Map<string, Remembered>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * @param key whose token it is, of which action
   * @param parameters what must be the same again
   * @throws AwsError IdempotentParameterMismatch
   */
  run<T>(key: string, parameters: ReadonlyMap<string, string>, action: () => Promise<T>): Promise<T> {
    const digest = createHash('sha256')
      .update(JSON.stringify([...parameters].sort(([a], [b]) => (a < b ? -1 : 1))))
      .digest('hex');
    const known = this.#remembered.get(key);
    if (known && this.#now() - known.since < keptMs) {
      if (known.digest === digest) return known.answer as Promise<T>;
      throw new AwsError(
        'IdempotentParameterMismatch',
        'The client token you have provided is associated with a request of different parameters',
      );
    }
    const answer = action();
    this.#remembered.set(key, { digest, since: this.#now(), answer });
    // What failed may be tried again with the same token.
    answer.catch(() => this.#remembered.delete(key));
    for (const [oldest] of this.#remembered) {
      if (this.#remembered.size <= mostTokens) break;
      this.#remembered.delete(oldest);
    }
    return answer;
  }
}
