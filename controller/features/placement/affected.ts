import type { ResourceOf } from '../../resources/index.ts';
import type { Change } from '../../store/store.ts';
import type { TopologyView } from '../../topology/view.ts';

/** Owners whose placement may have to change after this change, by following edges. */
export function* affectedOwners(change: Change, view: TopologyView): Iterable<string> {
  const { kind, id, before, after } = change;
  if (kind === 'nat-gateway' || kind === 'elastic-ip') yield id;
  // A placement that went while its owner is there: its host was removed.
  if (kind === 'placement' && !after) yield id;
  if (kind === 'binding') {
    const { spec } = (after ?? before) as ResourceOf<'binding'>;
    yield* elasticIpsOf(spec.networkInterfaceId, view);
  }
  if (kind === 'host' && reachOf(before) !== reachOf(after)) {
    for (const placed of view.referrers({ kind, id }, 'on-host', 'placement')) yield placed.id;
    if (portsOf(before) === portsOf(after)) return;
    for (const { spec } of view.referrers({ kind, id }, 'on-host', 'binding')) {
      yield* elasticIpsOf(spec.networkInterfaceId, view);
    }
  }
}

/** True when a host may do work now that it could not do before. */
export function hostsThatCame({ kind, before, after }: Change): boolean {
  return (
    kind === 'host' &&
    (after as ResourceOf<'host'> | undefined)?.status.state === 'up' &&
    reachOf(before) !== reachOf(after)
  );
}

function* elasticIpsOf(networkInterfaceId: string, view: TopologyView): Iterable<string> {
  const owner = { kind: 'network-interface', id: networkInterfaceId } as const;
  for (const { id } of view.referrers(owner, 'of-interface', 'elastic-ip')) yield id;
}

/** Which networks a host reaches, and whether it is up, as text to compare. */
function reachOf(host: Change['after']): string {
  return `${(host as ResourceOf<'host'> | undefined)?.status.state} ${portsOf(host)}`;
}

function portsOf(host: Change['after']): string {
  const ports = (host as ResourceOf<'host'> | undefined)?.spec.externalPorts ?? {};
  return Object.keys(ports).sort().join(' ');
}
