import { setTimeout as sleep } from 'node:timers/promises';

/** When the controller was not there: calls of these times may fail, all others must not. */
export class Outages {
  #down = 0;
  #lastUp = Number.NEGATIVE_INFINITY;

  get isDown(): boolean {
    return this.#down > 0;
  }

  /** Runs what takes the controller down and brings it back. */
  async during(work: () => Promise<void>): Promise<void> {
    this.#down++;
    try {
      await work();
    } finally {
      this.#down--;
      this.#lastUp = performance.now();
    }
  }

  /** True when the controller was away at some time since `began` (of `performance.now`). */
  touched(began: number): boolean {
    return this.isDown || this.#lastUp >= began;
  }

  async over(): Promise<void> {
    while (this.isDown) await sleep(20);
  }
}
