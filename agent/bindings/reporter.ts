import { ApiError, type ReportedPort, type WeftClient } from '@weft/api/contract';
import type { Logger } from 'pino';
import { reasonOf } from '../errors.ts';

export interface ReporterOptions {
  readonly client: Pick<WeftClient, 'bind' | 'unbind' | 'reportBindings'>;
  readonly host: string;
  readonly logger: Logger;
  /** The controller does not answer, or does not know the host: `reportAll` has to be called when it is back. */
  readonly onLost: (error: ApiError) => void;
  /** The controller has taken it that the machine of an interface is here. */
  readonly onBound?: (networkInterfaceId: string) => void;
  /** Pause before interfaces that the controller did not know are reported again. Default 2 s. */
  readonly unknownRetryMs?: number;
  /** Shortest time between two reports that the machine of an interface is here. Default 300 ms. */
  readonly awakePauseMs?: number;
}

/** How long a report waits for all hosts to confirm, when somebody wants to know. */
const appliedSeconds = 10;

/**
 * Keeps the controller's idea of the host's ports equal to the real one. It knows two states, what is and what was
 * reported, and sends the difference, one call at a time for each interface: so nothing overtakes, and what changes
 * while a call is under way is sent after it, once.
 */
export class BindingReporter {
  #options: ReporterOptions;
  #actual: ReadonlyMap<string, number> = new Map();
  #reported = new Map<string, number>();
  #unknown = new Set<string>();
  #complained = new Set<string>();
  /** Interfaces of which the controller is being told, or was a moment ago, that their machine is here. */
  #waking = new Set<string>();
  #underWay = new Map<string, Promise<void>>();
  #waiters = new Map<string, (() => void)[]>();
  #live = false;
  #unknownTimer: NodeJS.Timeout | undefined;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** The ports as they are now: network interface → OpenFlow port. */
  update(actual: ReadonlyMap<string, number>): void {
    this.#actual = actual;
    for (const id of this.#unknown) if (!actual.has(id)) this.#unknown.delete(id);
    for (const id of this.#complained) if (!actual.has(id)) this.#complained.delete(id);
    this.#sendDifferences();
  }

  /**
   * Reports the complete list, and from then on every change.
   * @throws ApiError when the controller does not take it; nothing is reported then until the next call
   */
  async reportAll(): Promise<void> {
    this.#live = false;
    await Promise.all(this.#underWay.values());
    const ports = new Map(this.#actual);
    const list = [...ports].map(
      ([networkInterfaceId, ofport]): ReportedPort => ({ networkInterfaceId, ofport }),
    );
    const { unknown } = await this.#options.client.reportBindings(this.#options.host, list);
    this.#unknown = new Set(unknown);
    for (const id of unknown) ports.delete(id);
    this.#reported = ports;
    this.#live = true;
    this.#options.logger.info({ ports: ports.size, unknown: unknown.length }, 'reported all ports');
    this.#retryUnknown();
    this.#sendDifferences();
    for (const id of ports.keys()) this.#wake(id);
  }

  /**
   * Resolves when the interface's port is reported and all hosts have confirmed it, or have had their time.
   * To be called before the port is made, so that the report itself can wait.
   */
  async bound(networkInterfaceId: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted || (this.#live && this.#reported.has(networkInterfaceId))) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiters = this.#waiters.get(networkInterfaceId) ?? [];
    this.#waiters.set(networkInterfaceId, [...waiters, resolve]);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
  }

  /**
   * Something has come out of a port that may be in standby, because another host has the interface, too: the machine is here
   * now. However often that is heard, the controller is told once at a time; what it does not hear is heard again.
   */
  async awake(networkInterfaceId: string): Promise<void> {
    const ofport = this.#reported.get(networkInterfaceId);
    if (!this.#live || ofport === undefined || this.#waking.has(networkInterfaceId)) return;
    const { client, host, logger, awakePauseMs = 300 } = this.#options;
    this.#waking.add(networkInterfaceId);
    try {
      await client.bind(host, { networkInterfaceId, ofport, active: true });
      this.#options.onBound?.(networkInterfaceId);
      logger.info(
        { networkInterface: networkInterfaceId, ofport },
        'the machine of a port in standby is here',
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      logger.warn(
        { networkInterface: networkInterfaceId, reason: reasonOf(error) },
        'cannot tell that a machine is here',
      );
    } finally {
      setTimeout(() => this.#waking.delete(networkInterfaceId), awakePauseMs).unref();
    }
  }

  close(): void {
    this.#live = false;
    clearTimeout(this.#unknownTimer);
  }

  #sendDifferences(): void {
    if (!this.#live) return;
    for (const id of new Set([...this.#actual.keys(), ...this.#reported.keys()])) {
      if (this.#isDue(id) && !this.#underWay.has(id)) {
        this.#underWay.set(
          id,
          this.#send(id).finally(() => this.#underWay.delete(id)),
        );
      }
    }
  }

  #isDue(id: string): boolean {
    return this.#live && !this.#unknown.has(id) && this.#actual.get(id) !== this.#reported.get(id);
  }

  async #send(id: string): Promise<void> {
    try {
      while (this.#isDue(id)) await this.#sendOnce(id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#failed(id, error);
    }
  }

  async #sendOnce(id: string): Promise<void> {
    const { client, host, logger } = this.#options;
    const ofport = this.#actual.get(id);
    if (ofport === undefined) {
      await client.unbind(host, id);
      this.#reported.delete(id);
      logger.info({ networkInterface: id }, 'port gone');
      return;
    }
    const query = this.#waiters.has(id) ? { waitSeconds: appliedSeconds } : {};
    const { receipt } = await client.bind(host, { networkInterfaceId: id, ofport }, query);
    this.#reported.set(id, ofport);
    this.#options.onBound?.(id);
    logger.info({ networkInterface: id, ofport, applied: receipt?.applied }, 'port bound');
    this.#wake(id);
  }

  #failed(id: string, error: ApiError): void {
    const unknownHost = error.code === 'not-found' && error.field === 'name';
    if (error.status === 0 || error.status >= 500 || unknownHost) {
      if (!this.#live) return;
      this.#live = false;
      this.#options.onLost(error);
      return;
    }
    if (!this.#complained.has(id)) {
      this.#complained.add(id);
      this.#options.logger.warn(
        { networkInterface: id, code: error.code, reason: reasonOf(error) },
        'the controller does not take a port; it is reported again until it does',
      );
    }
    this.#unknown.add(id);
    this.#retryUnknown();
  }

  /** An interface may be created after its port: nothing says when, so it is asked for again. */
  #retryUnknown(): void {
    if (this.#unknown.size === 0 || this.#unknownTimer) return;
    this.#unknownTimer = setTimeout(() => {
      this.#unknownTimer = undefined;
      this.#unknown.clear();
      this.#sendDifferences();
    }, this.#options.unknownRetryMs ?? 2000);
  }

  #wake(id: string): void {
    for (const resolve of this.#waiters.get(id) ?? []) resolve();
    this.#waiters.delete(id);
  }
}
