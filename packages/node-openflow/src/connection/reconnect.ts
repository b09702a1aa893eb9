/**
 * When to connect, to give an attempt up and to try again: a state machine without sockets and clocks. Every call says
 * what time it is (in milliseconds, of any origin) and returns what to do.
 *
 * ```
 * idle ─start→ connecting ─ready→ active
 *                 ▲   │ ended, too long   │ ended
 *                 │   ▼                   │
 *                waiting ←────────────────┘        any ─close→ closed
 * ```
 *
 * Silence of the peer is found out by echo requests of the connection itself (`ConnectionState`), which then ends.
 */
export interface ReconnectSettings {
  /** The first pause after a failure; each further one is twice as long. Default 500. */
  readonly minBackoffMs: number;
  /** The longest pause. Default 8000. */
  readonly maxBackoffMs: number;
  /** Time in which a connection must become ready, hello exchange included. Default 10000. */
  readonly connectTimeoutMs: number;
  /** A connection that ends earlier after its hello exchange counts as a failure like any other. Default 5000. */
  readonly stableAfterMs: number;
  /** From 0 to 1: shortens each pause by up to a quarter, so that not all clients of a restarted peer come at once. */
  readonly random: () => number;
}

/** What the owner of the state machine has to do. */
export type ReconnectStep =
  | { readonly do: 'connect' }
  /** The attempt takes too long: end it, and say so with `ended`. */
  | { readonly do: 'abandon' }
  | { readonly do: 'wait'; readonly forMs: number };

type Phase = 'idle' | 'connecting' | 'active' | 'waiting' | 'closed';

const defaults: ReconnectSettings = {
  minBackoffMs: 500,
  maxBackoffMs: 8000,
  connectTimeoutMs: 10_000,
  stableAfterMs: 5000,
  random: Math.random,
};

export class ReconnectState {
  readonly #settings: ReconnectSettings;
  #phase: Phase = 'idle';
  /** When the phase began. */
  #since = 0;
  /** When the pause or the attempt is over. */
  #until = 0;
  #backoffMs = 0;
  #failures = 0;

  constructor(settings: Partial<ReconnectSettings> = {}) {
    this.#settings = { ...defaults, ...settings };
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Attempts that failed one after another, and connections that did not last. */
  get failures(): number {
    return this.#failures;
  }

  /** The first attempt is made at once. */
  start(now: number): ReconnectStep[] {
    return this.#phase === 'idle' ? this.#connect(now) : [];
  }

  /** The hello exchange is over. */
  ready(now: number): ReconnectStep[] {
    if (this.#phase === 'connecting') this.#enter('active', now);
    return [];
  }

  /** The connection could not be made, or is no more. */
  ended(now: number): ReconnectStep[] {
    if (this.#phase !== 'connecting' && this.#phase !== 'active') return [];
    const lasted = this.#phase === 'active' && now - this.#since >= this.#settings.stableAfterMs;
    if (lasted) {
      this.#backoffMs = 0;
      this.#failures = 0;
    }
    this.#failures++;
    const forMs = this.#nextPause();
    this.#enter('waiting', now);
    this.#until = now + forMs;
    return [{ do: 'wait', forMs }];
  }

  /** Time has passed. */
  tick(now: number): ReconnectStep[] {
    const { deadline } = this;
    if (deadline === undefined || now < deadline) return [];
    if (this.#phase === 'waiting') return this.#connect(now);
    // Said once: the owner answers with `ended`.
    this.#until = Number.POSITIVE_INFINITY;
    return [{ do: 'abandon' }];
  }

  /** When `tick` should be called next; undefined when there is nothing to wait for. */
  get deadline(): number | undefined {
    const waits = this.#phase === 'waiting' || this.#phase === 'connecting';
    return waits && Number.isFinite(this.#until) ? this.#until : undefined;
  }

  /** Nothing is to be done any more. */
  close(): void {
    this.#phase = 'closed';
  }

  #enter(phase: Phase, now: number): void {
    this.#phase = phase;
    this.#since = now;
  }

  #connect(now: number): ReconnectStep[] {
    this.#enter('connecting', now);
    this.#until = now + this.#settings.connectTimeoutMs;
    return [{ do: 'connect' }];
  }

  #nextPause(): number {
    const { minBackoffMs, maxBackoffMs, random } = this.#settings;
    this.#backoffMs = Math.min(maxBackoffMs, Math.max(minBackoffMs, this.#backoffMs * 2));
    return Math.round(this.#backoffMs * (1 - random() / 4));
  }
}
