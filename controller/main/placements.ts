import type { Placer } from '../features/placement/placer.ts';
import type { Logger } from '../southbound/index.ts';
import type { Commit } from '../store/index.ts';

/** How long after a failure the next attempt is made, in ms. */
const retryMs = 1_000;

/** Lets the placer decide soon after each commit that calls for it, one decision at a time. */
export class Placements {
  readonly #placer: Placer;
  readonly #logger: Logger;
  #running = false;
  #started = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(placer: Placer, logger: Logger) {
    this.#placer = placer;
    this.#logger = logger;
  }

  /** Decides what was left open when the controller stopped. */
  start(): void {
    this.#started = true;
    this.#placer.load();
    this.#decide();
  }

  stop(): void {
    this.#started = false;
    clearTimeout(this.#retry);
  }

  follow(commit: Commit): void {
    if (this.#placer.follow(commit)) this.#decide();
  }

  #decide(): void {
    if (this.#running || !this.#started) return;
    this.#running = true;
    // Not within the turn of the commit: its listeners come first.
    setImmediate(() => void this.#settle());
  }

  async #settle(): Promise<void> {
    try {
      if (this.#started) await this.#placer.settle();
      this.#running = false;
    } catch (error) {
      this.#logger.error({ err: error }, 'gateways were not placed; trying again soon');
      this.#running = false;
      if (!this.#started) return;
      this.#retry = setTimeout(() => this.#decide(), retryMs);
      this.#retry.unref();
    }
  }
}
