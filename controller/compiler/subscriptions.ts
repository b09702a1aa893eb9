import type { ScopeKey } from '../pipeline/index.ts';
import type { ResourceOf } from '../resources/index.ts';
import type { Change } from '../store/store.ts';
import { withPeers } from '../topology/peers.ts';
import type { TopologyView } from '../topology/view.ts';
import type { ChangeSet } from './types.ts';

type Subscriptions = Pick<ChangeSet, 'subscribe' | 'unsubscribe'>;

/** Which host has which VPC's scope: those with an interface bound there or a gateway placed, and their peers. */
export class SubscriptionTracker {
  /** Host → VPC → number of the VPC, which is needed still when the VPC is gone. */
  readonly #numbers = new Map<string, Map<string, number>>();

  vpcsOf(hostId: string): Iterable<string> {
    return this.#numbers.get(hostId)?.keys() ?? [];
  }

  /** Looks only at the hosts of the bindings, placements and peering connections that changed. */
  update(changes: readonly Change[], view: TopologyView): Subscriptions {
    const hosts = new Set<string>();
    for (const { kind, before, after } of changes) {
      for (const one of [before, after]) {
        if (kind === 'binding' || kind === 'placement') {
          const held = one as ResourceOf<'binding' | 'placement'> | undefined;
          if (held) hosts.add(held.spec.hostId);
        }
        if (kind === 'vpc-peering-connection') {
          const { spec } = (one ?? {}) as Partial<ResourceOf<'vpc-peering-connection'>>;
          for (const vpcId of spec ? [spec.requesterVpcId, spec.accepterVpcId] : []) {
            for (const hostId of view.hostsOfVpc(vpcId).keys()) hosts.add(hostId);
          }
        }
      }
    }
    const subscribe: { hostId: string; scope: ScopeKey }[] = [];
    const unsubscribe: { hostId: string; scope: ScopeKey; vpcNumber: number }[] = [];
    for (const hostId of hosts) {
      const wanted = new Set<string>();
      for (const vpcId of view.vpcsOfHost(hostId).keys()) {
        for (const needed of withPeers(view, vpcId)) wanted.add(needed);
      }
      const current = this.#numbers.get(hostId) ?? new Map<string, number>();
      for (const vpcId of wanted) {
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
