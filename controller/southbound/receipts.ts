import type { HostReceipt, Receipt } from '../resources/index.ts';
import type { Context } from './context.ts';

interface Waiter {
  readonly revision: number;
  /** Hosts that have not said anything final. */
  readonly unsettled: Set<string>;
  readonly resolve: (receipt: Receipt) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Tells which hosts have confirmed a revision. Remembered is only which hosts a revision touches; what a host has
 * confirmed is asked of its session.
 */
export class Receipts {
  readonly #context: Context;
  /** Lists of touched hosts, of the last revisions. Lists are shared between revisions. */
  readonly #touched = new Map<number, readonly (readonly string[])[]>();
  readonly #waiters = new Set<Waiter>();
  /** Those whose revision is not there yet. */
  readonly #early = new Set<Waiter>();
  readonly #byHost = new Map<string, Set<Waiter>>();

  constructor(context: Context) {
    this.#context = context;
  }

  record(revision: number, touched: readonly (readonly string[])[]): void {
    this.#touched.set(revision, touched);
    const [oldest] = this.#touched.keys();
    if (this.#touched.size > this.#context.limits.rememberedRevisions && oldest !== undefined) {
      this.#touched.delete(oldest);
    }
    for (const waiter of this.#early) {
      if (waiter.revision > revision) continue;
      this.#early.delete(waiter);
      this.#settleOrWait(waiter);
    }
  }

  /** Resolves when every touched host has confirmed, refused or is away; after the timeout with what is missing. */
  applied(revision: number, timeoutMs: number): Promise<Receipt> {
    const { promise, resolve } = Promise.withResolvers<Receipt>();
    if (this.#waiters.size >= this.#context.limits.receiptWaiters) {
      resolve(this.#receipt(revision));
      return promise;
    }
    const timer = setTimeout(() => this.#finish(waiter), timeoutMs);
    const waiter: Waiter = { revision, unsettled: new Set(), resolve, timer };
    this.#waiters.add(waiter);
    if (revision <= this.#context.revision) this.#settleOrWait(waiter);
    else this.#early.add(waiter);
    return promise;
  }

  /** The host confirmed something, came or went. */
  hostChanged(hostId: string): void {
    for (const waiter of [...(this.#byHost.get(hostId) ?? [])]) {
      if (this.#stateOf(hostId, waiter.revision) === 'pending') continue;
      this.#unlink(waiter, hostId);
      if (waiter.unsettled.size === 0) this.#settleOrWait(waiter);
    }
  }

  /** Answers all that wait, with what is known. */
  closeAll(): void {
    for (const waiter of [...this.#waiters]) this.#finish(waiter);
  }

  /** Looks at all hosts anew: one that was away may have come back meanwhile. */
  #settleOrWait(waiter: Waiter): void {
    for (const hostId of this.#hostsOf(waiter.revision)) {
      if (this.#stateOf(hostId, waiter.revision) !== 'pending') continue;
      waiter.unsettled.add(hostId);
      const waiters = this.#byHost.get(hostId) ?? new Set();
      this.#byHost.set(hostId, waiters.add(waiter));
    }
    if (waiter.unsettled.size === 0) this.#finish(waiter);
  }

  #finish(waiter: Waiter): void {
    clearTimeout(waiter.timer);
    for (const hostId of [...waiter.unsettled]) this.#unlink(waiter, hostId);
    this.#waiters.delete(waiter);
    this.#early.delete(waiter);
    waiter.resolve(this.#receipt(waiter.revision));
  }

  #unlink(waiter: Waiter, hostId: string): void {
    waiter.unsettled.delete(hostId);
    const waiters = this.#byHost.get(hostId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#byHost.delete(hostId);
  }

  #receipt(revision: number): Receipt {
    const hosts = [...this.#hostsOf(revision)].map((host): HostReceipt => {
      const error = this.#context.hosts.get(host)?.session?.rejectionOf(revision);
      const state = this.#stateOf(host, revision);
      return { host, state, ...(error === undefined ? {} : { error }) };
    });
    const isKnown = revision <= this.#context.revision;
    return { revision, applied: isKnown && hosts.every(({ state }) => state === 'applied'), hosts };
  }

  /**
   * Of a revision that is remembered no more, or from before the start, every host may be touched. One that was removed
   * cannot confirm anything, and nobody waits for it.
   */
  #hostsOf(revision: number): Set<string> {
    const { hosts } = this.#context;
    if (revision > this.#context.revision) return new Set();
    const touched = this.#touched.get(revision);
    if (touched) return new Set(touched.flat().filter((hostId) => hosts.get(hostId) !== undefined));
    return new Set([...hosts.all()].map(({ hostId }) => hostId));
  }

  #stateOf(hostId: string, revision: number): HostReceipt['state'] {
    const session = this.#context.hosts.get(hostId)?.session;
    return session ? session.stateOf(revision) : 'disconnected';
  }
}
