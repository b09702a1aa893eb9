import {
  answerWithinMs,
  expire,
  failedShownMs,
  shownAfterwardsMs,
} from '../features/vpc-peering-connection/operations.ts';
import type { ResourceOf } from '../resources/index.ts';
import type { Logger } from '../southbound/index.ts';
import type { Commit } from '../store/index.ts';
import type { TopologyView } from '../topology/index.ts';
import { type Executor, operator } from './executor.ts';
import { recordLifetimeMs } from './idempotency.ts';

export interface HousekeepingOptions {
  readonly view: TopologyView;
  readonly executor: Executor;
  /** Newest revision that every registered host has confirmed. */
  readonly confirmedEverywhere: () => number;
  /** Newest revision that one host has confirmed. */
  readonly confirmedBy: (hostId: string) => number;
  readonly logger: Logger;
  readonly intervalMs?: number;
  /** How long a set of groups without members stays, so that flapping members do not make it anew each time. */
  readonly unusedIdentityMs?: number;
  /** Most removals of one kind in one round. */
  readonly batch?: number;
}

/**
 * Gives numbers and addresses back when no host can have them any more, removes sets of groups that nobody is in, forgets requests
 * with idempotency keys after a day, ends requests for peering after a week, and removes those that have ended two days later, failed ones after two hours.
 */
export class Housekeeping {
  readonly #options: Required<HousekeepingOptions>;
  /** Identity → when it lost its last member, in ms. */
  readonly #unused = new Map<string, number>();
  /** Ids of peering connections that wait for an answer, of those that have ended, and of those that failed at once. */
  readonly #pendingPeerings = new Set<string>();
  readonly #endedPeerings = new Set<string>();
  readonly #failedPeerings = new Set<string>();
  /** Ids of claims to addresses whose owner is gone. */
  readonly #heldClaims = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HousekeepingOptions) {
    this.#options = { intervalMs: 2_000, unusedIdentityMs: 60_000, batch: 1000, ...options };
  }

  start(): void {
    for (const identity of this.#options.view.all('identity')) this.#look(identity.id);
    for (const { id, spec } of this.#options.view.all('address-claim')) {
      if (spec.hostIds) this.#heldClaims.add(id);
    }
    for (const connection of this.#options.view.all('vpc-peering-connection')) this.#notePeering(connection);
    this.#timer = setInterval(() => {
      this.round(Date.now()).catch((error: unknown) => {
        this.#options.logger.error({ err: error }, 'housekeeping failed; it goes on with the next round');
      });
    }, this.#options.intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Notes sets of groups that a commit may have emptied or filled, and addresses that it has given back. */
  follow({ changes }: Commit): void {
    for (const { kind, id, before, after } of changes) {
      if (kind === 'vpc-peering-connection') {
        if (after) this.#notePeering(after as ResourceOf<'vpc-peering-connection'>);
        else this.#forgetPeering(id);
      }
      if (kind === 'address-claim') {
        if ((after as ResourceOf<'address-claim'> | undefined)?.spec.hostIds) this.#heldClaims.add(id);
        else this.#heldClaims.delete(id);
      }
      if (kind !== 'network-interface') continue;
      for (const resource of [before, after] as (ResourceOf<'network-interface'> | undefined)[]) {
        if (resource) this.#look(resource.status.identityId);
      }
    }
  }

  /** One round; `now` in ms. */
  async round(now: number): Promise<void> {
    await this.#removeIdentities(now);
    await this.#releaseNumbers();
    await this.#releaseAddresses();
    await this.#forgetRequests(now);
    await this.#expirePeerings(now);
  }

  #look(identityId: string): void {
    const { view } = this.#options;
    if (!view.get('identity', identityId) || this.#members(identityId) > 0) this.#unused.delete(identityId);
    else if (!this.#unused.has(identityId)) this.#unused.set(identityId, Date.now());
  }

  #members(identityId: string): number {
    return this.#options.view.countReferrers(
      { kind: 'identity', id: identityId },
      'in-identity',
      'network-interface',
    );
  }

  async #removeIdentities(now: number): Promise<void> {
    const { executor, unusedIdentityMs, batch } = this.#options;
    const due = [...this.#unused].filter(([, since]) => now - since >= unusedIdentityMs).slice(0, batch);
    if (due.length === 0) return;
    await executor.run(operator, (draft) => {
      for (const [id] of due) {
        const identity = draft.get('identity', id);
        if (identity && this.#members(id) === 0) draft.remove(identity);
      }
    });
    for (const [id] of due) this.#unused.delete(id);
  }

  async #releaseNumbers(): Promise<void> {
    const { view, executor, confirmedEverywhere, batch } = this.#options;
    const confirmed = confirmedEverywhere();
    const free: ResourceOf<'retired-number'>[] = [];
    for (const retired of view.all('retired-number')) {
      if (free.length === batch || retired.revision > confirmed) break;
      free.push(retired);
    }
    if (free.length === 0) return;
    await executor.run(operator, (draft) => {
      for (const retired of free) draft.remove(retired);
    });
  }

  async #releaseAddresses(): Promise<void> {
    const { view, executor, confirmedBy, batch } = this.#options;
    const free: string[] = [];
    for (const id of this.#heldClaims) {
      const claim = view.get('address-claim', id);
      const isHeld = (hostId: string) =>
        view.get('host', hostId) !== undefined && confirmedBy(hostId) < (claim?.revision ?? 0);
      if (claim?.spec.hostIds?.some(isHeld)) continue;
      free.push(id);
      if (free.length === batch) break;
    }
    if (free.length === 0) return;
    await executor.run(operator, (draft) => {
      for (const id of free) {
        const claim = draft.get('address-claim', id);
        if (claim?.spec.hostIds) draft.remove(claim);
      }
    });
  }

  async #forgetRequests(now: number): Promise<void> {
    const { view, executor, batch } = this.#options;
    const old: ResourceOf<'request-record'>[] = [];
    for (const record of view.all('request-record')) {
      if (old.length === batch || now - Date.parse(record.createdAt) < recordLifetimeMs) break;
      old.push(record);
    }
    if (old.length === 0) return;
    await executor.run(operator, (draft) => {
      for (const record of old) draft.remove(record);
    });
  }

  #forgetPeering(id: string): void {
    this.#pendingPeerings.delete(id);
    this.#endedPeerings.delete(id);
    this.#failedPeerings.delete(id);
  }

  #notePeering({ id, spec: { state } }: ResourceOf<'vpc-peering-connection'>): void {
    this.#forgetPeering(id);
    if (state === 'pending-acceptance') this.#pendingPeerings.add(id);
    else if (state === 'failed') this.#failedPeerings.add(id);
    else if (state !== 'active') this.#endedPeerings.add(id);
  }

  async #expirePeerings(now: number): Promise<void> {
    const { executor, batch } = this.#options;
    const old = [
      ...this.#olderThan(this.#pendingPeerings, now - answerWithinMs),
      ...this.#olderThan(this.#endedPeerings, now - answerWithinMs - shownAfterwardsMs),
      ...this.#olderThan(this.#failedPeerings, now - failedShownMs),
    ].slice(0, batch);
    if (old.length === 0) return;
    await executor.run(operator, (draft) => {
      for (const id of old) {
        const connection = draft.get('vpc-peering-connection', id);
        if (connection) expire(draft, connection);
      }
    });
  }

  #olderThan(connectionIds: Iterable<string>, time: number): string[] {
    const { view } = this.#options;
    return [...connectionIds].filter((id) => {
      const connection = view.get('vpc-peering-connection', id);
      return connection !== undefined && Date.parse(connection.createdAt) <= time;
    });
  }
}
