import type { Caller, Commit, WriteOptions } from '@weft/controller';
import {
  type AnyResource,
  isVisible,
  type KindName,
  kinds,
  type ResourceOf,
  WeftError,
} from '@weft/controller/resources';

export type Change = Commit['changes'][number];
export type Listener = (commit: Commit) => void;

/** What a caller or the controller writes of a resource. */
export interface Parts {
  readonly spec: unknown;
  readonly status: unknown;
  readonly tags: Readonly<Record<string, string>>;
}

/** As the store's error: the API knows it by its name. */
class StoreCompacted extends Error {
  readonly oldestRevision: number;
  constructor(oldestRevision: number) {
    super(`history starts with revision ${oldestRevision}`);
    this.name = 'StoreCompacted';
    this.oldestRevision = oldestRevision;
  }
}

/** Resources with revisions and a history, in a map. */
export class MemoryStore {
  revision = 0;
  /** History before this revision is gone. */
  oldestRevision = 1;
  #resources = new Map<string, AnyResource>();
  readonly #history: Commit[] = [];
  readonly #listeners = new Set<Listener>();

  get watchers(): number {
    return this.#listeners.size;
  }

  values(): Iterable<AnyResource> {
    return this.#resources.values();
  }

  get<K extends KindName>(kind: K, id: string): ResourceOf<K> | undefined {
    return this.#resources.get(`${kind} ${id}`) as ResourceOf<K> | undefined;
  }

  commitAt(revision: number): Commit | undefined {
    return revision < this.oldestRevision
      ? undefined
      : this.#history.find((one) => one.revision === revision);
  }

  has(kind: KindName, id: string): boolean {
    return this.#resources.has(`${kind} ${id}`);
  }

  /** Does what `work` does with it, and forgets it again: when it throws, or when it is told so. */
  attempt<T>(work: () => T, keep: boolean): T {
    const before = new Map(this.#resources);
    let done = false;
    try {
      const result = work();
      done = keep;
      return result;
    } finally {
      if (!done) this.#resources = before;
    }
  }

  watch(afterRevision: number, listener: Listener) {
    if (afterRevision + 1 < this.oldestRevision) throw new StoreCompacted(this.oldestRevision);
    for (const commit of this.#history) if (commit.revision > afterRevision) listener(commit);
    this.#listeners.add(listener);
    return { close: () => void this.#listeners.delete(listener) };
  }

  /** Writes one resource, and adds that to the changes of a commit to come. */
  write<K extends KindName>(
    changes: Change[],
    kind: K,
    id: string,
    parts: Parts,
    caller: Caller,
  ): ResourceOf<K> {
    const before = this.#resources.get(`${kind} ${id}`);
    const made = this.revision + changes.length;
    const resource = {
      kind,
      id,
      account: kinds[kind].operatorOwned ? '' : caller.account,
      region: kinds[kind].operatorOwned ? '' : caller.region,
      revision: this.revision + 1,
      createdAt: before?.createdAt ?? new Date(Date.UTC(2026, 0, 1) + made * 1000).toISOString(),
      ...(kinds[kind].numbered ? { number: made + 1 } : {}),
      ...parts,
    } as AnyResource;
    this.#resources.set(`${kind} ${id}`, resource);
    changes.push({ kind, id, before, after: resource });
    return resource as ResourceOf<K>;
  }

  remove(changes: Change[], before: AnyResource): void {
    const { kind, id } = before;
    this.#resources.delete(`${kind} ${id}`);
    changes.push({ kind, id, before, after: undefined });
  }

  /** @returns the new revision */
  commit(changes: readonly Change[]): number {
    this.revision++;
    const commit: Commit = { revision: this.revision, changes };
    this.#history.push(commit);
    for (const listener of [...this.#listeners]) listener(commit);
    return this.revision;
  }

  /** @throws WeftError not-found, precondition-failed */
  expect(kind: KindName, id: string, caller: Caller, options: WriteOptions = {}): AnyResource {
    const resource = this.#resources.get(`${kind} ${id}`);
    if (!resource || !isVisible(resource, caller, this)) {
      throw new WeftError('not-found', `there is no ${kind} ${id}`, {
        field: 'id',
        value: id,
        fix: 'Look it up in the list.',
      });
    }
    if (options.ifRevision !== undefined && options.ifRevision !== resource.revision) {
      throw new WeftError('precondition-failed', `${id} is at revision ${resource.revision}`, {
        field: 'If-Match',
        value: options.ifRevision,
        fix: 'Read it again.',
      });
    }
    return resource;
  }
}
