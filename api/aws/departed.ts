const keptMs = 60 * 60 * 1000;
const most = 10_000;

interface Entry {
  readonly owners: readonly string[];
  readonly since: number;
  readonly item: unknown;
}

/**
 * What was deleted, as it is shown for an hour after: waiters of clients end when they see an instance terminated or a
 * gateway deleted, and fail when it is not there. Kept in memory; the oldest go first when there are too many.
 */
export class Departed {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @param owners who sees it: account and region, as one text */
  add(owners: string | readonly string[], id: string, item: unknown): void {
    this.#entries.set(id, { owners: [owners].flat(), since: this.#now(), item });
    for (const [key, { since }] of this.#entries) {
      if (this.#entries.size <= most && this.#now() - since < keptMs) break;
      this.#entries.delete(key);
    }
  }

  /** @param prefix of the ids that such items have: anybody may ask for any id */
  find<T>(owner: string, prefix: string, id: string): T | undefined {
    const entry = id.startsWith(`${prefix}-`) ? this.#entries.get(id) : undefined;
    return entry?.owners.includes(owner) && this.#now() - entry.since < keptMs
      ? (entry.item as T)
      : undefined;
  }

  /** Items of the owner whose id has the prefix. */
  *list<T>(owner: string, prefix: string): Iterable<T> {
    for (const [id, { owners, since, item }] of this.#entries) {
      if (owners.includes(owner) && id.startsWith(`${prefix}-`) && this.#now() - since < keptMs)
        yield item as T;
    }
  }
}

/** Whose a departed item is. */
export const ownerOf = ({ account, region }: { account: string; region: string }) => `${account}/${region}`;
