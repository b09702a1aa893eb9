import type { AnyResource, KindName } from '../../resources/index.ts';
import type { TopologyIndex } from './index.ts';
import { KeyedIds } from './keyed-ids.ts';

/** (kind, number) → id, for the kinds that flows name by a number. */
export class NumberIndex implements TopologyIndex {
  readonly #ids = new KeyedIds<number>();

  get(kind: KindName, number: number): string | undefined {
    return this.#ids.get(kind, number);
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    if (before?.number === after?.number) return;
    if (before?.number !== undefined) this.#ids.remove(before.kind, before.number, before.id);
    if (after?.number !== undefined) this.#ids.set(after.kind, after.number, after.id);
  }

  *describe(): Iterable<string> {
    for (const [kind, number, id] of this.#ids) yield `number ${kind} ${number} = ${id}`;
  }
}
