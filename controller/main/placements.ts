import type { Placer } from '../features/placement/placer.ts';
import type { Receipt } from '../resources/index.ts';
import type { Logger } from '../southbound/index.ts';
import type { Commit } from '../store/index.ts';

/** How long after a failure the next attempt is made, in ms. */
const retryMs = 1_000;
/** So many commits are remembered for which gateways got their hosts. */
const rememberedCommits = 1_000;

type Confirm = (revision: number, timeoutMs: number) => Promise<Receipt>;

/** Lets the placer decide soon after each commit that calls for it, one decision at a time. */
export class Placements {
  readonly #placer: Pick<Placer, 'load' | 'follow' | 'settle'>;
  readonly #logger: Logger;
  #running = false;
  #started = false;
  #retry: NodeJS.Timeout | undefined;
  /** Commits that wait for a decision. */
  readonly #open = new Set<number>();
  /** Commit → the commits that gave its gateways their hosts. */
  readonly #decided = new Map<number, readonly number[]>();
  /** Commits with placements since the decision began. */
  #placed: number[] = [];
  #settled = Promise.withResolvers<void>();

  constructor(placer: Pick<Placer, 'load' | 'follow' | 'settle'>, logger: Logger) {
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
    this.#settled.resolve();
  }

  follow(commit: Commit): void {
    if (commit.changes.some(({ kind }) => kind === 'placement')) this.#placed.push(commit.revision);
    if (!this.#placer.follow(commit)) return;
    this.#open.add(commit.revision);
    this.#decide();
  }

  /**
   * The receipt of a commit together with those of the commits by which its gateways got their hosts.
   * @param confirm tells which hosts have confirmed a revision
   */
  async applied(revision: number, timeoutMs: number, confirm: Confirm): Promise<Receipt> {
    const deadline = performance.now() + timeoutMs;
    const left = () => Math.max(0, deadline - performance.now());
    const isDecided = await this.#whenDecided(revision, left());
    const own = await confirm(revision, left());
    if (!isDecided) return { ...own, applied: false };
    const others = (this.#decided.get(revision) ?? []).map((one) => confirm(one, left()));
    return (await Promise.all(others)).reduce(together, own);
  }

  /** @returns false when it was not decided in time */
  async #whenDecided(revision: number, timeoutMs: number): Promise<boolean> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, timeoutMs);
    let isLate = false;
    void late.promise.then(() => {
      isLate = true;
    });
    while (this.#open.has(revision) && this.#started && !isLate) {
      await Promise.race([this.#settled.promise, late.promise]);
    }
    clearTimeout(timer);
    return !this.#open.has(revision);
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
      this.#noteDecided();
    } catch (error) {
      this.#logger.error({ err: error }, 'gateways were not placed; trying again soon');
      this.#running = false;
      if (!this.#started) return;
      this.#retry = setTimeout(() => this.#decide(), retryMs);
      this.#retry.unref();
    }
  }

  /** The placer goes on until nothing is due, so that everything that was open is decided now. */
  #noteDecided(): void {
    for (const revision of this.#open) this.#decided.set(revision, this.#placed);
    this.#open.clear();
    this.#placed = [];
    for (const revision of this.#decided.keys()) {
      if (this.#decided.size <= rememberedCommits) break;
      this.#decided.delete(revision);
    }
    this.#settled.resolve();
    this.#settled = Promise.withResolvers();
  }
}

/** Both receipts as one: a host has confirmed when it has confirmed both. */
function together(one: Receipt, other: Receipt): Receipt {
  const answers = new Map(one.hosts.map((answer) => [answer.host, answer]));
  for (const answer of other.hosts) {
    const known = answers.get(answer.host)?.state ?? 'applied';
    if (known === 'applied' || (known === 'pending' && answer.state === 'rejected'))
      answers.set(answer.host, answer);
  }
  const hosts = [...answers.values()];
  return { revision: one.revision, applied: one.applied && other.applied, hosts };
}
