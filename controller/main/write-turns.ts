/** Time for writes in one turn of the event loop, in milliseconds; at least one write is made in each. */
const budgetMs = 8;

/**
 * Makes writes in the order in which they come, and leaves those that would hold up a turn of the event loop for later
 * turns: reads are answered in between, and do not stand in line behind hundreds of writes.
 */
export class WriteTurns {
  readonly #budgetMs: number;
  readonly #now: () => number;
  #spentMs = 0;
  #waiting: (() => void)[] = [];
  #working = false;
  #nextTurn: NodeJS.Immediate | undefined;

  /** @param now in milliseconds */
  constructor(budget = budgetMs, now: () => number = () => performance.now()) {
    this.#budgetMs = budget;
    this.#now = now;
  }

  /** Does the work at once when there is time left in this turn and nobody waits, else when its turn has come. */
  run<T>(work: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    });
    this.#go();
    return promise;
  }

  #go(): void {
    // Who hears of a write may ask for another one: that comes after it, and not inside of it.
    if (this.#working) return;
    this.#working = true;
    while (this.#spentMs < this.#budgetMs) {
      const next = this.#waiting.shift();
      if (!next) break;
      const startedAt = this.#now();
      next();
      this.#spentMs += this.#now() - startedAt;
    }
    this.#working = false;
    this.#nextTurn ??= setImmediate(() => {
      this.#nextTurn = undefined;
      this.#spentMs = 0;
      if (this.#waiting.length > 0) this.#go();
    });
  }
}
