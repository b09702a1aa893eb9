import type { ScopeKey } from '../pipeline/index.ts';
import type { ResourceOf } from '../resources/index.ts';
import type { Change } from '../store/store.ts';
import type { TopologyView } from '../topology/view.ts';
import type { ChangeSet } from './types.ts';

type Subscriptions = Pick<ChangeSet, 'subscribe' | 'unsubscribe'>;

/** Which host has which VPC's scope: those with an interface bound there, or a gateway placed. */
export class SubscriptionTracker {
  /** Host → VPC → number of the VPC, which is needed still when the VPC is gone. */
  readonly #numbers = new Map<string, Map<string, number>>();

  vpcsOf(hostId: string): Iterable<string> {
    return this.#numbers.get(hostId)?.keys() ?? [];
  }

  /** Looks only at the hosts and VPCs of the bindings and placements that changed. */
  update(changes: readonly Change[], view: TopologyView): Subscriptions {
    const hosts = new Set<string>();
    for (const { kind, before, after } of changes) {
      if (kind !== 'binding' && kind !== 'placement') continue;
      for (const held of [before, after] as (ResourceOf<'binding' | 'placement'> | undefined)[]) {
        if (held) hosts.add(held.spec.hostId);
      }
    }
    const subscribe: { hostId: string; scope: ScopeKey }[] = [];
    const unsubscribe: { hostId: string; scope: ScopeKey; vpcNumber: number }[] = [];
    for (const hostId of hosts) {
      const wanted = view.vpcsOfHost(hostId);
      const current = this.#numbers.get(hostId) ?? new Map<string, number>();
      for (const vpcId of wanted.keys()) {
        const number = view.get('vpc', vpcId)?.number;
        if (current.has(vpcId) || number === undefined) continue;
        current.set(vpcId, number);
        subscribe.push({ hostId, scope: `vpc:${vpcId}` });
      }
      for (const [vpcId, vpcNumber] of current) {
        if (wanted.has(vpcId)) continue;
        current.delete(vpcId);
        unsubscribe.push({ hostId, scope: `vpc:${vpcId}`, vpcNumber });
      }
      if (current.size > 0) this.#numbers.set(hostId, current);
      else this.#numbers.delete(hostId);
    }
    return { subscribe, unsubscribe };
  }
}
