/** What has to be undone, in the reverse order of being done; each once, also when another one fails. */
export class Ends {
  readonly #ends: (() => Promise<void>)[] = [];
  #closing: Promise<void> | undefined;

  /** What comes after the closing has begun, because it was under way, is undone with it or at once. */
  add(end: () => Promise<void>): void {
    this.#ends.push(end);
    if (this.#closing) this.#closing = this.#closing.then(() => this.#undoAll());
  }

  /** @throws the first error, after everything was tried */
  async close(): Promise<void> {
    this.#closing ??= this.#undoAll();
    await this.#closing;
  }

  async #undoAll(): Promise<void> {
    const errors: unknown[] = [];
    for (let end = this.#ends.pop(); end !== undefined; end = this.#ends.pop()) {
      await end().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw errors[0];
  }
}
