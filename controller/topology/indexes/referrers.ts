import type { KindName, Reference, ReferenceType } from '../../resources/index.ts';
import { IdTables } from './id-tables.ts';

type Target = { readonly kind: KindName; readonly id: string };

/**
 * (target, edge type, kind of referrer) → ids of the referrers.
 *
 * The graph alone knows only all edges that come in at a node; a VPC has one from each of its interfaces, and
 * whoever asks for its subnets must not walk over those.
 */
export class ReferrerIndex {
  /** One table for each (edge type, kind of referrer, kind of target): a few dozen. */
  readonly #tables = new IdTables();

  add(kind: KindName, id: string, reference: Reference): void {
    this.#tables.add(tableName(reference.kind, reference.type, kind), reference.id, id);
  }

  remove(kind: KindName, id: string, reference: Reference): void {
    this.#tables.remove(tableName(reference.kind, reference.type, kind), reference.id, id);
  }

  /** A live view: it changes with the next `add` or `remove`. */
  ids(target: Target, type: ReferenceType, kind: KindName): Iterable<string> {
    return this.#tables.ids(tableName(target.kind, type, kind), target.id);
  }

  count(target: Target, type: ReferenceType, kind: KindName): number {
    return this.#tables.count(tableName(target.kind, type, kind), target.id);
  }

  *describe(): Iterable<string> {
    for (const line of this.#tables.describe()) yield `referrers ${line}`;
  }
}

const tableName = (targetKind: KindName, type: ReferenceType, kind: KindName) =>
  `${targetKind} ${type} ${kind}`;
