import { bindingId, type ResourceOf } from '../../resources/index.ts';
import { removeBinding } from '../held-address/operations.ts';
import { currentBinding } from '../network-interface/context.ts';
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

  /** @param active whether something has come out of the port: the machine is here, also if another host has the interface */
  bind(networkInterfaceId: string, ofport: number, active = false): ResourceOf<'binding'> {
    const id = bindingId(this.#hostId, networkInterfaceId);
    const current = this.#draft.get('binding', id);
    if (current) return this.#rebind(current, ofport, active);
    const zoneSlot = chooseZoneSlot(this.#draft.view, this.#hostId, this.#given, this.#last);
    this.#given.add(zoneSlot);
    this.#last = zoneSlot;
    return this.#draft.create('binding', {
      id,
      spec: {
        networkInterfaceId,
        hostId: this.#hostId,
        ofport,
        zoneSlot,
        ...(!active && this.#isElsewhere(networkInterfaceId) ? { standby: true } : {}),
      },
    });
  }

  #rebind(current: ResourceOf<'binding'>, ofport: number, active: boolean): ResourceOf<'binding'> {
    const { standby: waits = false, ...rest } = current.spec;
    const isSame = current.spec.ofport === ofport;
    if (isSame && !(active && waits)) return current;
    // A port that is made anew while the machine is elsewhere is the beginning of its way back.
    const { networkInterfaceId } = current.spec;
    const isHere = currentBinding(this.#draft.view, networkInterfaceId)?.id === current.id;
    const standby = !active && !isHere && this.#isElsewhere(networkInterfaceId);
    return this.#draft.update(current, { spec: { ...rest, ofport, ...(standby ? { standby } : {}) } });
  }

  /** True when another host has the interface, and is up: its machine may still run there. */
  #isElsewhere(networkInterfaceId: string): boolean {
    const target = { kind: 'network-interface', id: networkInterfaceId } as const;
    for (const { spec } of this.#draft.view.referrers(target, 'of-interface', 'binding')) {
      const host = this.#draft.get('host', spec.hostId);
      if (spec.hostId !== this.#hostId && host?.status.state === 'up') return true;
    }
    return false;
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
