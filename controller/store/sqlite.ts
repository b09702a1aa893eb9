import { WeftError } from '../resources/index.ts';
import type { Store } from './store.ts';

export interface SqliteStoreOptions {
  /** How many commits are kept for watchers that come back. Default 100,000. */
  readonly historyLimit?: number;
  /** Called when a watcher throws. Default: rethrown in a microtask, so that it ends the process loudly. */
  readonly onWatcherError?: (error: unknown) => void;
}

/**
 * Opens, or makes, the store in one file. Only one process can hold a file at a time.
 *
 * @param path of the database file, or `:memory:`
 * @throws WeftError `unavailable` when the file is held by another process, is of a newer version or cannot be opened
 */
export function openSqliteStore(path: string, _options: SqliteStoreOptions = {}): Promise<Store> {
  return Promise.reject(new WeftError('unavailable', `no engine yet for ${path}`));
}
