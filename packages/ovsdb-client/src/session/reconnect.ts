/**
 * When to connect, probe, give up and try again: a state machine without sockets or clocks. Its owner tells it the time
 * and what happened, and does what `step` says.
 *
 * ```
 * idle ─start→ waiting ─connect→ connecting ─opened→ active
 *                 ▲                  │ failed            │ failed, silent
 *                 └──────────────────┴───────────────────┘      any ─close→ closed
 * ```
 *
 * Endpoints are tried in turn without a pause; after a whole round of failures, the pause before the next one doubles.
 */

export interface ReconnectSettings {
  /** Number of endpoints; at least 1. */
  readonly endpoints: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  /** Time for a connection to become ready. */
  readonly connectTimeoutMs: number;
  /** Silence after which the peer is probed, and after which it is given up when it does not react. 0: never. */
  readonly probeIntervalMs: number;
  /** `false`: one round over the endpoints, and no connection after the first. */
  readonly retry: boolean;
  /** From 0 to 1; spreads clients that lost the same server. */
  readonly random: () => number;
}

/** What the owner has to do now. */
export type SessionStep =
  | { readonly do: 'connect'; readonly endpoint: number }
  | { readonly do: 'probe' }
  | { readonly do: 'abandon'; readonly because: 'connect timeout' | 'silence' };

type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'waiting'; readonly until: number }
  | { readonly name: 'connecting'; readonly until: number }
  | {
      readonly name: 'active';
      readonly since: number;
      readonly heardAt: number;
      readonly probedAt: number | undefined;
    }
  | { readonly name: 'closed' };

export class ReconnectMachine {
  readonly #settings: ReconnectSettings;
  #phase: Phase = { name: 'idle' };
  /** The endpoint in use, or the next to be tried. */
  #endpoint = 0;
  /** Endpoints that failed one after another since the last pause. */
  #failuresInRound = 0;
  #backoffMs = 0;

  constructor(settings: ReconnectSettings) {
    this.#settings = settings;
  }

  get phase(): Phase['name'] {
    return this.#phase.name;
  }

  /** The first attempt is due at once. */
  start(now: number): void {
    if (this.#phase.name === 'idle') {
      this.#phase = { name: 'waiting', until: now };
    }
  }

  /** The connection asked for is ready for use. */
  opened(now: number): void {
    if (this.#phase.name === 'connecting') {
      this.#failuresInRound = 0;
      this.#phase = { name: 'active', since: now, heardAt: now, probedAt: undefined };
    }
  }

  /** The peer sent something. */
  heard(now: number): void {
    if (this.#phase.name === 'active') {
      this.#phase = { ...this.#phase, heardAt: now, probedAt: undefined };
    }
  }

  /** The connection could not be made, or has ended. The next endpoint is tried, at once or after a pause. */
  failed(now: number): void {
    const phase = this.#phase;
    if (phase.name !== 'connecting' && phase.name !== 'active') {
      return;
    }
    if (phase.name === 'active' && now - phase.since >= this.#settings.maxBackoffMs) {
      this.#backoffMs = 0; // It was good for long enough: this is a new trouble.
    }
    this.#endpoint = (this.#endpoint + 1) % this.#settings.endpoints;
    this.#failuresInRound++;
    const roundIsOver = this.#failuresInRound >= this.#settings.endpoints;
    if (!this.#settings.retry && (roundIsOver || phase.name === 'active')) {
      this.#phase = { name: 'closed' };
      return;
    }
    this.#phase = { name: 'waiting', until: now + (roundIsOver ? this.#pause() : 0) };
  }

  close(): void {
    this.#phase = { name: 'closed' };
  }

  /** When `step` should be called again at the latest; `undefined` when time alone changes nothing. */
  deadline(): number | undefined {
    const phase = this.#phase;
    switch (phase.name) {
      case 'waiting':
      case 'connecting':
        return phase.until;
      case 'active':
        return this.#settings.probeIntervalMs === 0
          ? undefined
          : (phase.probedAt ?? phase.heardAt) + this.#settings.probeIntervalMs;
      default:
        return undefined;
    }
  }

  /** What is due at `now`, if anything. The owner answers `abandon` with `failed` once the connection is gone. */
  step(now: number): SessionStep | undefined {
    const due = this.deadline();
    if (due === undefined || now < due) {
      return undefined;
    }
    const phase = this.#phase;
    switch (phase.name) {
      case 'waiting':
        this.#phase = { name: 'connecting', until: now + this.#settings.connectTimeoutMs };
        return { do: 'connect', endpoint: this.#endpoint };
      case 'connecting':
        return { do: 'abandon', because: 'connect timeout' };
      case 'active':
        if (phase.probedAt !== undefined) {
          return { do: 'abandon', because: 'silence' };
        }
        this.#phase = { ...phase, probedAt: now };
        return { do: 'probe' };
      default:
        return undefined;
    }
  }

  /** Doubles the pause and shortens it by up to a quarter, so that many clients do not come back in one instant. */
  #pause(): number {
    const { minBackoffMs, maxBackoffMs, random } = this.#settings;
    this.#failuresInRound = 0;
    this.#backoffMs = Math.min(maxBackoffMs, Math.max(minBackoffMs, this.#backoffMs * 2));
    return Math.round(this.#backoffMs * (1 - random() / 4));
  }
}
