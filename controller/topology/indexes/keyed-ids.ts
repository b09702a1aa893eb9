/**
 * (outer key, inner key) → id, for values that only one resource at a time may have.
 *
 * Within one commit a value may go to its new holder before the old one has lost it, so an id removes only its own.
 */
export class KeyedIds<Inner extends string | number> {
  readonly #ids = new Map<string, Map<Inner, string>>();

  get(outer: string, inner: Inner): string | undefined {
    return this.#ids.get(outer)?.get(inner);
  }

  set(outer: string, inner: Inner, id: string): void {
    const ids = this.#ids.get(outer);
    if (ids) ids.set(inner, id);
    else this.#ids.set(outer, new Map([[inner, id]]));
  }

  remove(outer: string, inner: Inner, id: string): void {
    const ids = this.#ids.get(outer);
    if (ids?.get(inner) !== id) return;
    ids.delete(inner);
    if (ids.size === 0) this.#ids.delete(outer);
  }

  *[Symbol.iterator](): Iterator<[outer: string, inner: Inner, id: string]> {
    for (const [outer, ids] of this.#ids) {
      for (const [inner, id] of ids) yield [outer, inner, id];
    }
  }
}
