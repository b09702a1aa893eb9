import type { ApiKind, WatchChange, WeftClient } from '@weft/api/contract';
import type { Journal } from './journal.ts';

/** Kinds of which the clients of a run make something. */
const watched = ['network-interface', 'elastic-ip', 'dhcp-options'] as const satisfies readonly ApiKind[];
const patienceMs = 30_000;

/**
 * Follows every commit from the start of a run to its end, however often the controller goes and comes, and so keeps a copy
 * of what is there: a gap, a repetition or a wrong order would leave another copy.
 */
export class Watcher {
  readonly #api: WeftClient;
  readonly #journal: Journal;
  readonly #abort = new AbortController();
  readonly #copy = new Map<string, NonNullable<WatchChange['after']>>();
  readonly #seen = new Set<number>();
  readonly #following: Promise<void>;
  #newest: number;
  #connections = 0;

  /** @param after a revision at which nothing of what is watched was there */
  constructor(api: WeftClient, after: number, journal: Journal) {
    this.#api = api;
    this.#journal = journal;
    this.#newest = after;
    this.#following = this.#follow(after);
  }

  get connections(): number {
    return this.#connections;
  }

  async #follow(after: number): Promise<void> {
    const onConnect = () => this.#connections++;
    const { signal } = this.#abort;
    const options = { after, kinds: watched, signal, onConnect };
    for await (const { revision, changes } of this.#api.watch(options)) {
      if (revision <= this.#newest) {
        this.#journal.violation(`the watch told of revision ${revision} after ${this.#newest}`);
      }
      this.#newest = revision;
      this.#seen.add(revision);
      for (const { kind, id, after } of changes) {
        if (after) this.#copy.set(`${kind}/${id}`, after);
        else if (!this.#copy.delete(`${kind}/${id}`)) {
          this.#journal.violation(
            `the watch told that ${kind} ${id} was deleted, and never that it was made`,
          );
        }
      }
    }
  }

  /** Waits until the watch has come to the end of what was written, and compares. */
  async finish(): Promise<void> {
    const { revision } = await this.#api.create('dhcp-options', { spec: { domainName: 'end.example' } });
    const deadline = performance.now() + patienceMs;
    while (this.#newest < revision) {
      if (performance.now() > deadline) throw new Error(`the watch stands at ${this.#newest} of ${revision}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#abort.abort();
    await this.#following;
    for (const kind of watched) await this.#compare(kind);
    await this.#compareWithAudit();
  }

  async #compare(kind: ApiKind): Promise<void> {
    const { items } = await this.#api.listAll(kind);
    const there = new Map(items.map((item) => [item.id, item.revision]));
    for (const { id, revision } of items) {
      const copy = this.#copy.get(`${kind}/${id}`);
      if (copy?.revision === revision) continue;
      this.#journal.violation(`${kind} ${id} is at ${revision}, and the watch told of ${copy?.revision}`);
    }
    for (const { kind: other, id } of this.#copy.values()) {
      if (other === kind && !there.has(id))
        this.#journal.violation(`the watch never told that ${id} was deleted`);
    }
  }

  /** Every version that was ever written, as the audit log has it, was told. */
  async #compareWithAudit(): Promise<void> {
    for (const kind of watched) {
      let cursor: number | undefined;
      do {
        const page = await this.#api.audit({
          ...{ kind, outcome: 'done', limit: 1000 },
          ...(cursor ? { cursor } : {}),
        });
        for (const { id, after } of page.items) {
          if (after === undefined || this.#seen.has(after)) continue;
          this.#journal.violation(`the watch missed revision ${after}, of ${id}`);
        }
        cursor = page.nextCursor;
      } while (cursor !== undefined);
    }
  }
}
