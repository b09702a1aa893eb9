import { WeftError } from '../resources/index.ts';
import type { Commit, Watch } from './store.ts';
import { Watchers } from './watchers.ts';

/** The disk below a store. */
export interface Disk {
  /** Writes what the operating system holds back of the store's file. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes written commits durable, all that wait by one call of the disk. A disk takes from 0.1 to 10 ms for that, however
 * much there is to write: commit by commit it would be the limit of the controller, and keep it from reading meanwhile.
 */
export class Durability {
  readonly #disk: Disk | undefined;
  readonly #onFailure: (error: unknown) => void;
  readonly #watchers: Watchers;
  /** Commits that are written and may not be on the disk. */
  #waiting: Commit[] = [];
  /** Everything up to it is on the disk. */
  #revision: number;
  #running: Promise<void> = Promise.resolve();
  /** The call that begins when the running one has ended; what is written until then is part of it. */
  #next: Promise<void> | undefined;

  /**
   * @param revision the newest of the opened store, which is durable
   * @param disk absent for a store in memory
   * @param onFailure told when nobody can say any more what is on the disk; the process must not go on
   */
  constructor(
    revision: number,
    disk: Disk | undefined,
    onFailure: (error: unknown) => void,
    onWatcherError: (error: unknown) => void,
  ) {
    this.#revision = revision;
    this.#disk = disk;
    this.#onFailure = onFailure;
    this.#watchers = new Watchers(onWatcherError);
  }

  /** The newest durable revision. */
  get revision(): number {
    return this.#revision;
  }

  /** Resolves when the commit, which has just been written, is on the disk. */
  async settle(commit: Commit): Promise<void> {
    this.#waiting.push(commit);
    if (!this.#disk) return this.#settled(commit.revision);
    this.#next ??= this.#running.then(() => this.#run());
    await this.#next;
  }

  /** Tells a listener of durable commits after `revision`. */
  watch(revision: number, listener: (commit: Commit) => void): Watch {
    return this.#watchers.add(revision, listener);
  }

  /** Resolves when nothing waits any more. */
  async close(): Promise<void> {
    // Whoever waited for a disk that has failed was told.
    await (this.#next ?? this.#running).catch(() => undefined);
    this.#watchers.clear();
    await this.#disk?.close();
  }

  async #run(): Promise<void> {
    this.#running = this.#next as Promise<void>;
    this.#next = undefined;
    const newest = this.#waiting.at(-1)?.revision ?? this.#revision;
    try {
      await this.#disk?.sync();
    } catch (error) {
      // After a failed fsync the kernel may have dropped what it could not write: a second try proves nothing.
      this.#onFailure(error);
      throw failure(error);
    }
    this.#settled(newest);
  }

  #settled(revision: number): void {
    this.#revision = revision;
    while (this.#waiting[0] && this.#waiting[0].revision <= revision) {
      this.#watchers.deliver(this.#waiting.shift() as Commit);
    }
  }
}

function failure(cause: unknown): WeftError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const error = new WeftError('unavailable', `the disk of the store has failed: ${reason}`, {
    fix: 'Look at the system log for errors of the disk; read again what was written last.',
  });
  error.cause = cause;
  return error;
}
