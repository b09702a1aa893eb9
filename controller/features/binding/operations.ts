import { bindingId, type ResourceOf } from '../../resources/index.ts';
import { removeBinding } from '../held-address/operations.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { chooseZoneSlot } from './zone-slots.ts';

/** Binds ports of one host, remembering the slots that it gives within the draft. */
export class Binder {
  readonly #draft: Draft;
  readonly #hostId: string;
  readonly #given = new Set<number>();
  #last: number;

  /** @param lastSlot the slot given last on this host, so that freed slots are not taken again at once */
  constructor(draft: Draft, hostId: string, lastSlot: number) {
    this.#draft = draft;
    this.#hostId = hostId;
    this.#last = lastSlot;
  }

  get lastSlot(): number {
    return this.#last;
  }

  bind(networkInterfaceId: string, ofport: number): ResourceOf<'binding'> {
    const id = bindingId(this.#hostId, networkInterfaceId);
    const current = this.#draft.get('binding', id);
    if (current?.spec.ofport === ofport) return current;
    if (current) return this.#draft.update(current, { spec: { ...current.spec, ofport } });
    const zoneSlot = chooseZoneSlot(this.#draft.view, this.#hostId, this.#given, this.#last);
    this.#given.add(zoneSlot);
    this.#last = zoneSlot;
    return this.#draft.create('binding', {
      id,
      spec: { networkInterfaceId, hostId: this.#hostId, ofport, zoneSlot },
    });
  }

  /**
   * Takes a port from the interface that had it before: a switch has one port of a number, and what is reported now is
   * newer.
   */
  clearPort(ofport: number, forInterfaceId: string): void {
    const other = this.#draft.view.bindingAtPort(this.#hostId, ofport);
    if (other && other.spec.networkInterfaceId !== forInterfaceId) removeBinding(this.#draft, other);
  }

  unbind(networkInterfaceId: string): void {
    const current = this.#draft.get('binding', bindingId(this.#hostId, networkInterfaceId));
    if (current) removeBinding(this.#draft, current);
  }
}

/** Agents report bindings; the operator may remove one of a host that will not come back. */
export const bindingOperations: Operations<'binding'> = {
  kind: 'binding',
  remove: removeBinding,
};
