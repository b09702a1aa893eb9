import { closeSync, openSync, renameSync, writeSync } from 'node:fs';

const maximumBytes = 8 * 1024 * 1024;

/** A log that is appended to at once and bounded: it keeps between 8 and 16 MiB, the older half as `<path>.1`. */
export class LogFile {
  readonly path: string;
  #descriptor: number | undefined;
  #bytes = 0;

  constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(path, 'a', 0o600);
  }

  /** Text that comes after `close` is dropped. */
  append(text: string): void {
    if (this.#descriptor === undefined) return;
    this.#bytes += writeSync(this.#descriptor, text);
    if (this.#bytes < maximumBytes) return;
    closeSync(this.#descriptor);
    // Labs live in /run, that is, in memory.
    renameSync(this.path, `${this.path}.1`);
    this.#descriptor = openSync(this.path, 'a', 0o600);
    this.#bytes = 0;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
