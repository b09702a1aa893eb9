import type { AnyResource, ResourceOf } from '../../resources/index.ts';
import type { TopologyIndex } from './index.ts';
import { KeyedIds } from './keyed-ids.ts';

/** (host, slot for conntrack zones) → the binding or placement that holds it. */
export class ZoneSlotIndex implements TopologyIndex {
  readonly #holders = new KeyedIds<number>();

  isTaken(hostId: string, slot: number): boolean {
    return this.#holders.get(hostId, slot) !== undefined;
  }

  update(before: AnyResource | undefined, after: AnyResource | undefined): void {
    if (before && holdsZones(before)) {
      this.#holders.remove(before.spec.hostId, before.spec.zoneSlot, before.id);
    }
    if (after && holdsZones(after)) this.#holders.set(after.spec.hostId, after.spec.zoneSlot, after.id);
  }

  *describe(): Iterable<string> {
    for (const [hostId, slot, id] of this.#holders) yield `zone slot ${hostId} ${slot} = ${id}`;
  }
}

function holdsZones(resource: AnyResource): resource is ResourceOf<'binding'> | ResourceOf<'placement'> {
  return resource.kind === 'binding' || resource.kind === 'placement';
}
