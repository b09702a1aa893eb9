/** What a run of the tests has met of the error codes that there are. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Records the error codes that are made in this process's children from now on. */
export class ErrorRecord implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'weft-errors-'));
  readonly #file = join(this.#folder, 'codes');

  constructor() {
    writeFileSync(this.#file, '');
  }

  /** What the processes of the tests need in their environment. */
  get environment(): Readonly<Record<string, string>> {
    const recorder = new URL('./error-recorder.mjs', import.meta.url).href;
    const { NODE_OPTIONS: others = '' } = process.env;
    return { WEFT_TEST_ERRORS: this.#file, NODE_OPTIONS: `${others} --import=${recorder}`.trim() };
  }

  /**
   * Codes that nothing has made: `CliError not-applied`.
   * @param registries error class → its codes
   */
  missing(registries: Readonly<Record<string, object>>): string[] {
    const seen = new Set(readFileSync(this.#file, 'utf8').split('\n'));
    return Object.entries(registries)
      .flatMap(([name, codes]) => Object.keys(codes).map((code) => `${name} ${code}`))
      .filter((line) => !seen.has(line));
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
