/** Most keys have one id (an interface one binding): a set of its own for each would cost 200 bytes. */
type IdOrIds = string | Set<string>;

/** (table, key) → ids. What names no id any more is gone, so that nothing grows with what was. */
export class IdTables {
  readonly #tables = new Map<string, Map<string, IdOrIds>>();

  add(name: string, key: string, id: string): void {
    let table = this.#tables.get(name);
    if (!table) {
      table = new Map();
      this.#tables.set(name, table);
    }
    const ids = table.get(key);
    if (ids === undefined) table.set(key, id);
    else if (typeof ids === 'string') table.set(key, new Set([ids, id]));
    else ids.add(id);
  }

  remove(name: string, key: string, id: string): void {
    const table = this.#tables.get(name);
    const ids = table?.get(key);
    if (ids instanceof Set) {
      ids.delete(id);
      if (ids.size > 0) return;
    }
    table?.delete(key);
    if (table?.size === 0) this.#tables.delete(name);
  }

  /** A live view: it changes with the next `add` or `remove`. */
  ids(name: string, key: string): Iterable<string> {
    const ids = this.#tables.get(name)?.get(key);
    if (ids === undefined) return [];
    return typeof ids === 'string' ? [ids] : ids;
  }

  count(name: string, key: string): number {
    const ids = this.#tables.get(name)?.get(key);
    if (ids === undefined) return 0;
    return typeof ids === 'string' ? 1 : ids.size;
  }

  /** The keys of a table that have ids. */
  keys(name: string): Iterable<string> {
    return this.#tables.get(name)?.keys() ?? [];
  }

  *describe(): Iterable<string> {
    for (const [name, table] of this.#tables) {
      for (const [key, ids] of table) {
        yield `${name} ${key} = ${typeof ids === 'string' ? ids : [...ids].sort().join(' ')}`;
      }
    }
  }
}
