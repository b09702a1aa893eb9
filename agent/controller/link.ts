import { ApiError, type WeftClient } from '@weft/api/contract';
import type { Logger } from 'pino';
import { Backoff, sleep } from '../backoff.ts';
import { AgentError, reasonOf } from '../errors.ts';

export type HostSpec = Parameters<WeftClient['registerHost']>[1];

export interface ControllerLinkOptions {
  readonly client: Pick<WeftClient, 'registerHost' | 'heartbeat' | 'url'>;
  readonly host: string;
  readonly logger: Logger;
  /** What the host says of itself, at this moment. */
  readonly spec: () => HostSpec;
  /** Where the controller wants the switch to connect to. */
  readonly onTargets: (targets: readonly string[]) => Promise<void>;
  /** The host is registered: everything that the controller may have missed is to be reported. */
  readonly onRegistered: () => Promise<void>;
  /** The controller's lease is 15 s. Default 5 s. */
  readonly heartbeatMs?: number;
}

/**
 * Keeps the host registered and alive at the controller. One loop does one thing at a time: register, report, beat.
 * After any failure it begins at the front, because what the controller knows is uncertain then.
 */
export class ControllerLink {
  #options: ControllerLinkOptions;
  #stop = new AbortController();
  #wake = new AbortController();
  #stale = false;
  #loop: Promise<void> | undefined;

  constructor(options: ControllerLinkOptions) {
    this.#options = options;
  }

  /**
   * Registers for the first time, reports, and keeps both up from then on.
   * @throws AgentError `controller-unreachable` or `registration-refused`
   */
  async start(): Promise<void> {
    try {
      await this.#register();
    } catch (error) {
      throw error instanceof ApiError ? explain(error, this.#options.client.url) : error;
    }
    this.#loop = this.#run();
  }

  /** Something that the controller was told is not so any more, or it may not know it: register and report again. */
  refresh(): void {
    this.#stale = true;
    this.#wake.abort();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#loop;
  }

  async #register(): Promise<void> {
    const { client, host, spec, onTargets, onRegistered } = this.#options;
    this.#stale = false;
    const { openflowTargets } = await client.registerHost(host, spec());
    await onTargets(openflowTargets);
    await onRegistered();
  }

  async #run(): Promise<void> {
    const { client, host, logger, heartbeatMs = 5000 } = this.#options;
    const backoff = new Backoff(100, heartbeatMs);
    let lost = false;
    while (!this.#stop.signal.aborted) {
      await this.#pause(lost || this.#stale ? backoff.next() : heartbeatMs, lost);
      if (this.#stop.signal.aborted) return;
      try {
        if (lost || this.#stale) await this.#register();
        else await client.heartbeat(host).then(() => backoff.reset());
        if (lost) logger.info({ controller: client.url }, 'the controller is back');
        lost = false;
      } catch (error) {
        if (!lost)
          logger.warn(
            { controller: client.url, reason: reasonOf(error) },
            'not in touch with the controller; trying again',
          );
        lost = true;
      }
    }
  }

  /** A heartbeat's pause ends early when there is something to report; a pause after a failure does not. */
  async #pause(milliseconds: number, lost: boolean): Promise<void> {
    this.#wake = new AbortController();
    const interruptible = !lost && !this.#stale;
    const signals = interruptible ? [this.#stop.signal, this.#wake.signal] : [this.#stop.signal];
    await sleep(milliseconds, AbortSignal.any(signals));
  }
}

/** The failure of the first call, on one line. */
export function explain(error: ApiError, url: string): AgentError {
  if (error.status === 0) {
    return new AgentError(
      'controller-unreachable',
      `the controller at ${url} does not answer: ${error.message}`,
      {
        value: url,
        fix: 'Check that it runs there (weft controller --api HOST:PORT), and that this host reaches the address.',
        cause: error,
      },
    );
  }
  return new AgentError(
    'registration-refused',
    `the controller at ${url} refuses this host: ${error.message}`,
    {
      value: error.value,
      fix: error.fix ?? 'Look at the log of the controller.',
      cause: error,
    },
  );
}
