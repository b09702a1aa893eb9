const nothing: ReadonlyMap<string, number> = new Map();

/** (outer key, inner key) → how often. What is counted down to zero is gone. */
export class Counts {
  readonly #counts = new Map<string, Map<string, number>>();

  /** The counts below one outer key. A live view: it changes with the next update. */
  of(outer: string): ReadonlyMap<string, number> {
    return this.#counts.get(outer) ?? nothing;
  }

  add(outer: string, inner: string, difference: 1 | -1): void {
    const counts = this.#counts.get(outer) ?? new Map<string, number>();
    const count = (counts.get(inner) ?? 0) + difference;
    if (count > 0) {
      counts.set(inner, count);
      this.#counts.set(outer, counts);
      return;
    }
    counts.delete(inner);
    if (counts.size === 0) this.#counts.delete(outer);
  }

  *[Symbol.iterator](): Iterator<[outer: string, inner: string, count: number]> {
    for (const [outer, counts] of this.#counts) {
      for (const [inner, count] of counts) yield [outer, inner, count];
    }
  }
}
