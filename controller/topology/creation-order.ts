import type { AnyResource } from '../resources/index.ts';

/**
 * The resources of one kind, in order of creation; those of the same millisecond in order of their ids, so that the
 * order does not depend on how they came here.
 */
export class CreationOrder {
  #resources = new Map<string, AnyResource>();
  /** The latest in order that was ever added; what comes after it keeps the order by standing last in the map. */
  #last: AnyResource | undefined;
  #sorted = true;

  get size(): number {
    return this.#resources.size;
  }

  get(id: string): AnyResource | undefined {
    return this.#resources.get(id);
  }

  set(resource: AnyResource): void {
    const before = this.#resources.get(resource.id);
    this.#resources.set(resource.id, resource);
    if (before?.createdAt === resource.createdAt) return;
    if (this.#last && compare(this.#last, resource) > 0) this.#sorted = false;
    else if (before) this.#sorted = false;
    else this.#last = resource;
  }

  delete(id: string): void {
    this.#resources.delete(id);
  }

  values(): Iterable<AnyResource> {
    if (!this.#sorted) this.#sort();
    return this.#resources.values();
  }

  /** Clocks go back and several resources share a millisecond; sorting waits until somebody asks for the order. */
  #sort(): void {
    const resources = [...this.#resources.values()].sort(compare);
    this.#resources = new Map(resources.map((resource) => [resource.id, resource]));
    this.#last = resources.at(-1);
    this.#sorted = true;
  }
}

/** ISO 8601 times in UTC compare as text. */
function compare(a: AnyResource, b: AnyResource): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
