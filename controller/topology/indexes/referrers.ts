import type { KindName, Reference, ReferenceType } from '../../resources/index.ts';

/** Most targets have one referrer of a kind (an interface one binding): a set of its own for each would cost 200 bytes. */
type IdOrIds = string | Set<string>;

/**
 * (target, edge type, kind of referrer) → ids of the referrers.
 *
 * The graph alone knows only all edges that come in at a node; a VPC has one from each of its interfaces, and
 * whoever asks for its subnets must not walk over those.
 */
export class ReferrerIndex {
  /** One table for each (edge type, kind of referrer, kind of target): a few dozen. */
  readonly #tables = new Map<string, Map<string, IdOrIds>>();

  add(kind: KindName, id: string, reference: Reference): void {
    const name = tableName(reference.kind, reference.type, kind);
    let table = this.#tables.get(name);
    if (!table) {
      table = new Map();
      this.#tables.set(name, table);
    }
    const ids = table.get(reference.id);
    if (ids === undefined) table.set(reference.id, id);
    else if (typeof ids === 'string') table.set(reference.id, new Set([ids, id]));
    else ids.add(id);
  }

  remove(kind: KindName, id: string, reference: Reference): void {
    const table = this.#tables.get(tableName(reference.kind, reference.type, kind));
    const ids = table?.get(reference.id);
    if (ids instanceof Set) {
      ids.delete(id);
      if (ids.size > 0) return;
    }
    table?.delete(reference.id);
  }

  /** A live view: it changes with the next `add` or `remove`. */
  ids(target: { kind: KindName; id: string }, type: ReferenceType, kind: KindName): Iterable<string> {
    const ids = this.#tables.get(tableName(target.kind, type, kind))?.get(target.id);
    if (ids === undefined) return [];
    return typeof ids === 'string' ? [ids] : ids;
  }

  count(target: { kind: KindName; id: string }, type: ReferenceType, kind: KindName): number {
    const ids = this.#tables.get(tableName(target.kind, type, kind))?.get(target.id);
    if (ids === undefined) return 0;
    return typeof ids === 'string' ? 1 : ids.size;
  }

  *describe(): Iterable<string> {
    for (const [name, table] of this.#tables) {
      for (const [targetId, ids] of table) {
        const sorted = typeof ids === 'string' ? ids : [...ids].sort().join(' ');
        yield `referrers ${name} ${targetId} = ${sorted}`;
      }
    }
  }
}

const tableName = (targetKind: KindName, type: ReferenceType, kind: KindName) =>
  `${targetKind} ${type} ${kind}`;
