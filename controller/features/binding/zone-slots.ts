import { WeftError } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import type { Draft } from '../operations/draft.ts';

/** Two conntrack zones a slot: 64,000 of the 65,535 zones that a host has. */
const zoneSlots = 32000;

/** A free slot, sought behind the last one used, so that a slot rests as long as possible. */
export function chooseZoneSlot(
  view: TopologyView,
  hostId: string,
  taken: ReadonlySet<number>,
  after: number,
): number {
  for (let step = 0; step < zoneSlots; step++) {
    const slot = 1 + ((after + step) % zoneSlots);
    if (!taken.has(slot) && !view.zoneSlotTaken(hostId, slot)) return slot;
  }
  throw new WeftError('number-space-full', `host ${hostId} has no conntrack zone left`, {
    field: 'hostId',
    value: hostId,
    fix: `A host can have ${zoneSlots} ports and gateways; move some to other hosts.`,
  });
}

/** Gives slots of several hosts, and remembers the last one of each host from draft to draft. */
export class ZoneSlots {
  readonly #last = new Map<string, number>();

  /** The slots that one draft takes: two owners of one draft never get the same. */
  during({ view }: Draft): { take(hostId: string): number } {
    const given = new Map<string, Set<number>>();
    return {
      take: (hostId) => {
        const taken = given.get(hostId) ?? new Set<number>();
        const slot = chooseZoneSlot(view, hostId, taken, this.#last.get(hostId) ?? 0);
        given.set(hostId, taken.add(slot));
        this.#last.set(hostId, slot);
        return slot;
      },
    };
  }
}
