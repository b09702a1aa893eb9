import { setHostState } from '../features/host/operations.ts';
import type { Logger } from '../southbound/index.ts';
import type { TopologyView } from '../topology/index.ts';
import { type Executor, operator } from './executor.ts';

export interface HostStatesOptions {
  readonly view: TopologyView;
  readonly executor: Pick<Executor, 'run'>;
  /** True while the host's switch is connected. */
  readonly isConnected: (hostId: string) => boolean;
  /** When the host's agent was heard last, in ms; undefined: not since the start. */
  readonly agentSeen: (hostId: string) => number | undefined;
  readonly logger: Logger;
  /** How often is looked, in ms. */
  readonly intervalMs?: number;
  /** How long a switch may be away: a restart of Open vSwitch takes about a second. */
  readonly switchGraceMs?: number;
  /** How long an agent may be silent: its lease. */
  readonly agentLeaseMs?: number;
  /** How long hosts have to come back after a start of the controller, which knows of none then. */
  readonly startGraceMs?: number;
}

/**
 * Writes into the store which hosts are up: those whose switch is connected and whose agent reports. Without its switch a
 * host forwards nothing, without its agent it finds no neighbours outside. Only changes are written, and a host whose
 * word has expired is down, so that what gateways stand on is never older than the grace.
 */
export class HostStates {
  readonly #options: Required<HostStatesOptions>;
  /** Host → when its switch was seen connected last, in ms. */
  readonly #connected = new Map<string, number>();
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;

  constructor(options: HostStatesOptions) {
    this.#options = {
      intervalMs: 500,
      switchGraceMs: 3_000,
      agentLeaseMs: 15_000,
      startGraceMs: 15_000,
      ...options,
    };
  }

  start(now: number): void {
    this.#startedAt = now;
    this.#timer = setInterval(() => this.#roundNow(), this.#options.intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    clearImmediate(this.#soon);
  }

  /** A switch or an agent came: no need to wait for the next look. */
  lookSoon(): void {
    this.#soon ??= setImmediate(() => {
      this.#soon = undefined;
      this.#roundNow();
    });
  }

  /** One look at all hosts; `now` in ms. */
  async round(now: number): Promise<void> {
    const { view, executor, logger } = this.#options;
    const changed = new Map<string, 'up' | 'down'>();
    for (const { id, status } of view.all('host')) {
      const state = this.#stateOf(id, status.state, now);
      if (state !== status.state) changed.set(id, state);
    }
    for (const hostId of this.#connected.keys()) {
      if (!view.get('host', hostId)) this.#connected.delete(hostId);
    }
    if (changed.size === 0) return;
    await executor.run(operator, (draft) => {
      for (const [hostId, state] of changed) {
        const host = draft.get('host', hostId);
        if (host) setHostState(draft, host, state);
      }
    });
    for (const [hostId, state] of changed) logger.info({ hostId, state }, `host is ${state}`);
  }

  #stateOf(hostId: string, stored: 'up' | 'down', now: number): 'up' | 'down' {
    const { isConnected, agentSeen, switchGraceMs, agentLeaseMs, startGraceMs } = this.#options;
    const connected = isConnected(hostId);
    if (connected) this.#connected.set(hostId, now);
    const seen = agentSeen(hostId);
    if (stored === 'down')
      return connected && seen !== undefined && now - seen < agentLeaseMs ? 'up' : 'down';
    const graceEnds = this.#startedAt + startGraceMs;
    const lastConnected = this.#connected.get(hostId);
    const switchEnds = lastConnected === undefined ? graceEnds : lastConnected + switchGraceMs;
    const agentEnds = seen === undefined ? graceEnds : seen + agentLeaseMs;
    return now < switchEnds && now < agentEnds ? 'up' : 'down';
  }

  #roundNow(): void {
    this.round(Date.now()).catch((error: unknown) => {
      this.#options.logger.error(
        { err: error },
        'the states of hosts were not written; the next look tries again',
      );
    });
  }
}
