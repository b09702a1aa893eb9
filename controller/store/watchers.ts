import type { Commit, Watch } from './store.ts';

interface Watcher {
  /** Newest revision that it has seen. */
  revision: number;
  readonly listener: (commit: Commit) => void;
}

/**
 * Tells every watcher of every commit, once and in order.
 *
 * A listener may commit again while it is being told. Its commit then waits in the queue until all watchers have
 * seen the present one: otherwise those behind it in the list would see the two in reverse.
 */
export class Watchers {
  readonly #watchers = new Set<Watcher>();
  readonly #onError: (error: unknown) => void;
  #queue: Commit[] = [];
  #delivering = false;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Registers a listener for the commits after `revision`. */
  add(revision: number, listener: (commit: Commit) => void): Watch {
    const watcher: Watcher = { revision, listener };
    this.#watchers.add(watcher);
    return { close: () => this.#watchers.delete(watcher) };
  }

  /** Calls every listener before it returns, unless a listener is what called it; then soon after that. */
  deliver(commit: Commit): void {
    this.#queue.push(commit);
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#deliverOne(next);
    } finally {
      this.#delivering = false;
    }
  }

  /** Calls one listener; what it throws goes to the error handler and neither to the committer nor to the others. */
  call(listener: (commit: Commit) => void, commit: Commit): void {
    try {
      listener(commit);
    } catch (error) {
      this.#onError(error);
    }
  }

  clear(): void {
    this.#watchers.clear();
    this.#queue = [];
  }

  #deliverOne(commit: Commit): void {
    for (const watcher of this.#watchers) {
      if (commit.revision <= watcher.revision) continue;
      watcher.revision = commit.revision;
      this.call(watcher.listener, commit);
    }
  }
}

/** Ends the process, unless it handles uncaught exceptions: a projection that missed a commit must not live on. */
export function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
