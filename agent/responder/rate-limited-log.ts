/** The part of a logger that is used. */
interface Warner {
  warn(details: object, message: string): void;
}

/** One line per topic and interval; the next one says how many were left out. */
export class RateLimitedLog {
  #logger: Warner;
  #intervalMs: number;
  #topics = new Map<string, { since: number; suppressed: number }>();
  constructor(logger: Warner, intervalMs = 10_000) {
    this.#logger = logger;
    this.#intervalMs = intervalMs;
  }

  /** `topic` must come from a small fixed set: every topic is remembered. */
  warn(topic: string, details: object, message: string, now = performance.now()): void {
    const state = this.#topics.get(topic);
    if (state && now - state.since < this.#intervalMs) {
      state.suppressed++;
      return;
    }
    this.#topics.set(topic, { since: now, suppressed: 0 });
    this.#logger.warn(
      { ...details, ...(state?.suppressed ? { suppressed: state.suppressed } : {}) },
      message,
    );
  }
}
