import { ownerKind, type PlacementSpec, type ResourceOf } from '../../resources/index.ts';
import type { Commit } from '../../store/store.ts';
import type { TopologyView } from '../../topology/view.ts';
import { ZoneSlots } from '../binding/zone-slots.ts';
import type { Draft } from '../operations/draft.ts';
import { affectedOwners, hostsThatCame } from './affected.ts';
import { chooseGatewayHost, type GatewayNeeds } from './choose.ts';
import { gatewayNeeds } from './needs.ts';

/** Runs a plan as one commit of the operator. */
export type RunPlan = (plan: (draft: Draft) => void) => Promise<unknown>;

/**
 * Gives every gateway a host: follows commits, notes whose host may have to change, and decides in commits of its own.
 * A gateway stays where it is as long as its host is up, so that its connections live.
 */
export class Placer {
  readonly #view: TopologyView;
  readonly #run: RunPlan;
  readonly #batch: number;
  /** Owners to look at. */
  readonly #due = new Set<string>();
  /** Owners that found no host, or only one that is down; looked at again when a host comes. */
  readonly #waiting = new Set<string>();
  readonly #slots = new ZoneSlots();

  /** @param batch most owners in one commit */
  constructor(view: TopologyView, run: RunPlan, batch = 200) {
    this.#view = view;
    this.#run = run;
    this.#batch = batch;
  }

  /** Looks at all gateways once, at the start. */
  load(): void {
    for (const { id } of this.#view.all('nat-gateway')) this.#due.add(id);
    for (const { id } of this.#view.all('elastic-ip')) this.#due.add(id);
  }

  /** Notes what a commit may change. @returns true when there is something to decide */
  follow({ changes }: Commit): boolean {
    for (const change of changes) {
      for (const ownerId of affectedOwners(change, this.#view)) this.#due.add(ownerId);
      if (!hostsThatCame(change)) continue;
      for (const ownerId of this.#waiting) this.#due.add(ownerId);
    }
    return this.#due.size > 0;
  }

  /** Decides all that is due. */
  async settle(): Promise<void> {
    while (this.#due.size > 0) {
      const owners = [...this.#due].slice(0, this.#batch);
      for (const ownerId of owners) this.#due.delete(ownerId);
      try {
        await this.#run((draft) => {
          const slots = this.#slots.during(draft);
          for (const ownerId of owners) this.#place(draft, ownerId, slots);
        });
      } catch (error) {
        for (const ownerId of owners) this.#due.add(ownerId);
        throw error;
      }
    }
  }

  #place(draft: Draft, ownerId: string, slots: { take(hostId: string): number }): void {
    const needs = gatewayNeeds(draft.view, ownerId);
    const current = draft.get('placement', ownerId);
    this.#waiting.delete(ownerId);
    if (!needs) {
      if (current) draft.remove(current);
      return;
    }
    if (current && suits(draft.view, current, needs)) return;
    const hostId = chooseGatewayHost(draft.view, ownerId, needs);
    if (hostId === undefined) {
      this.#waiting.add(ownerId);
      // A host that only seems to be away may still do its work: nobody else can.
      if (current && !couldSuit(draft.view, current, needs)) draft.remove(current);
      return;
    }
    const spec: PlacementSpec = { ownerId, vpcId: needs.vpcId, hostId, zoneSlot: slots.take(hostId) };
    if (current) draft.update(current, { spec });
    else draft.create('placement', { id: ownerId, spec });
    const owner = draft.get(ownerKind(ownerId), ownerId);
    if (owner) draft.depend(owner);
  }
}

type Placement = ResourceOf<'placement'>;

function suits(view: TopologyView, { spec }: Placement, { vpcId, networkName }: GatewayNeeds): boolean {
  return spec.vpcId === vpcId && view.gatewayHosts(networkName).has(spec.hostId);
}

/** The same, whether the host is up or not. */
function couldSuit(view: TopologyView, { spec }: Placement, { vpcId, networkName }: GatewayNeeds): boolean {
  const host = view.get('host', spec.hostId);
  if (!host || spec.vpcId !== vpcId) return false;
  return networkName === undefined || networkName in host.spec.externalPorts;
}
