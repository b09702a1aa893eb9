import { ApiError, type WeftClient } from '@weft/api/contract';
import type { Logger } from 'pino';
import { reasonOf } from '../errors.ts';
import { RateLimitedLog } from '../responder/rate-limited-log.ts';
import type { Announcement } from '../responder/responder.ts';

export interface AnnouncementReporterOptions {
  readonly client: Pick<WeftClient, 'announce'>;
  readonly host: string;
  readonly logger: Logger;
  /** The controller does not answer, or does not know the host: `tellAgain` has to be called when it is back. */
  readonly onLost: () => void;
  /** Shortest time between two reports of one address of one interface. Default 300 ms. */
  readonly pauseMs?: number;
}

/** Most addresses that are remembered; an interface announces at most 16 different ones. */
const mostAddresses = 1024;
/** Calls at a time. */
const mostCalls = 4;
/** What the controller will say again, whenever it is told. */
const refusals = new Set<string>(['invalid-value', 'address-in-use']);
/** The port of the interface is not the one that counts: a machine that is being moved here announces before that is known. */
const tooEarly = 'wrong-state';
/** After a refusal because of that, the next attempt; each further one after twice the time, in ms. */
const firstRetryMs = 200;
/** As long as a move may take; whoever has not got its address then announces it again. */
const keptMs = 60_000;

interface Heard {
  readonly announcement: Announcement;
  /** When it was announced last, in ms. */
  at: number;
  /** Not before this time, in ms. */
  notBefore: number;
  /** How long to wait after the next refusal because it is too early, in ms. */
  retryMs: number;
}

/**
 * Tells the controller of shared addresses that interfaces of this host announce. However often they do that, each one is told
 * of at most once in a pause. What cannot be told is kept, and told when the controller is back, with its age; what is told too
 * early, before the port is the one that traffic goes to, is told again soon, and at once when the port is reported. Before
 * `tellAgain` is called for the first time, nothing is told.
 */
export class AnnouncementReporter {
  readonly #options: Required<AnnouncementReporterOptions>;
  readonly #log: RateLimitedLog;
  /** In the order in which they were announced last. */
  readonly #heard = new Map<string, Heard>();
  /** What the controller still has to hear of. */
  readonly #news = new Set<string>();
  #calls = 0;
  #timer: NodeJS.Timeout | undefined;
  #live = false;

  constructor(options: AnnouncementReporterOptions) {
    this.#options = { pauseMs: 300, ...options };
    this.#log = new RateLimitedLog(options.logger);
  }

  /** An interface has announced an address; `now` in ms. */
  heard(announcement: Announcement, now: number): void {
    const key = `${announcement.networkInterfaceId} ${announcement.address} ${announcement.macAddress}`;
    const notBefore = this.#heard.get(key)?.notBefore ?? now;
    this.#heard.delete(key);
    this.#heard.set(key, { announcement, at: now, notBefore, retryMs: firstRetryMs });
    this.#news.add(key);
    if (this.#heard.size > mostAddresses) this.#forget(this.#heard.keys().next().value as string);
    this.#tell();
  }

  /**
   * The controller may have missed something, or may have freed addresses while it did not hear of this host: it is told
   * of everything again, and knows by the ages what others have announced since.
   */
  tellAgain(): void {
    this.#live = true;
    for (const key of this.#heard.keys()) this.#news.add(key);
    this.#tell();
  }

  /** The controller has heard that the machine of an interface is here: what was too early is not any more. */
  bound(networkInterfaceId: string): void {
    for (const [key, heard] of this.#heard) {
      if (heard.announcement.networkInterfaceId !== networkInterfaceId || !this.#news.has(key)) continue;
      heard.notBefore = Math.min(heard.notBefore, Date.now());
    }
    this.#tell();
  }

  close(): void {
    this.#live = false;
    clearTimeout(this.#timer);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    if (!this.#live) return;
    const now = Date.now();
    let next = Number.POSITIVE_INFINITY;
    for (const key of this.#news) {
      const heard = this.#heard.get(key) as Heard;
      if (this.#calls >= mostCalls) break;
      if (heard.notBefore > now) next = Math.min(next, heard.notBefore);
      else void this.#report(key, heard);
    }
    if (next < Number.POSITIVE_INFINITY) {
      this.#timer = setTimeout(() => this.#tell(), next - now);
      this.#timer.unref();
    }
  }

  async #report(key: string, heard: Heard): Promise<void> {
    const { client, host, logger, pauseMs } = this.#options;
    this.#news.delete(key);
    heard.notBefore = Date.now() + pauseMs;
    this.#calls++;
    try {
      const ageMs = Math.max(0, Date.now() - heard.at);
      const holder = await client.announce(host, { ...heard.announcement, ageMs });
      logger.debug({ ...heard.announcement, holder: holder.spec.networkInterfaceId }, 'address announced');
    } catch (error) {
      this.#failed(key, heard, error);
    } finally {
      this.#calls--;
      this.#tell();
    }
  }

  #forget(key: string): void {
    this.#heard.delete(key);
    this.#news.delete(key);
  }

  /** What the controller refuses is forgotten; what it has not heard waits until the host is registered again. */
  #failed(key: string, heard: Heard, error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    const details = { ...heard.announcement, reason: reasonOf(error) };
    if (error.code === tooEarly && Date.now() - heard.at < keptMs) {
      heard.notBefore = Date.now() + heard.retryMs;
      heard.retryMs *= 2;
      if (this.#heard.get(key) === heard) this.#news.add(key);
    } else if (error.code === tooEarly || refusals.has(error.code)) {
      if (this.#heard.get(key) === heard) this.#forget(key);
      this.#log.warn(error.code, details, 'the interface does not get the address that it has announced');
    } else if (this.#live) {
      this.#log.warn(error.code, details, 'an announced address could not be told; it will be told again');
      this.#live = false;
      this.#options.onLost();
    }
  }
}
