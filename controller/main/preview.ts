import type { Preview } from '../controller.ts';
import { features } from '../features/index.ts';
import type { Draft } from '../features/operations/draft.ts';
import { type FragmentReference, type Scope, scopeKey } from '../pipeline/index.ts';
import type { Change } from '../store/index.ts';
import { type TopologyView, withPeers } from '../topology/index.ts';

type Flows = Map<string, { added: number; removed: number }>;

/**
 * What a draft would change, and what that costs: the fragments that it touches are compiled as they are and as they would
 * be. A fragment that only changes counts by how many flows it gains or loses.
 */
export function previewOf(draft: Draft, stored: TopologyView): Pick<Preview<unknown>, 'changes' | 'flows'> {
  const changes = changesOf(draft, stored);
  const flows: Flows = new Map();
  for (const { definition, id } of affectedFragments(changes, draft.view)) {
    const before = definition.compile(stored, id);
    const after = definition.compile(draft.view, id);
    if (before && after && scopeKey(before.scope) === scopeKey(after.scope)) {
      count(flows, stored, after.scope, after.flows.length - before.flows.length);
      continue;
    }
    if (before) count(flows, stored, before.scope, -before.flows.length);
    if (after) count(flows, stored, after.scope, after.flows.length);
  }
  return { changes, flows };
}

function changesOf(draft: Draft, stored: TopologyView): Change[] {
  const { puts, deletes } = draft.transaction();
  return [
    ...puts.map((after) => ({
      kind: after.kind,
      id: after.id,
      before: stored.get(after.kind, after.id),
      after,
    })),
    ...deletes.map(({ kind, id }) => ({ kind, id, before: stored.get(kind, id), after: undefined })),
  ];
}

function affectedFragments(changes: readonly Change[], view: TopologyView): Iterable<FragmentReference> {
  const references = new Map<string, FragmentReference>();
  for (const change of changes) {
    for (const feature of features) {
      for (const reference of feature.affected(change, view)) {
        references.set(`${reference.definition.code}:${reference.id}`, reference);
      }
    }
  }
  return references.values();
}

function count(flows: Flows, view: TopologyView, scope: Scope, difference: number): void {
  if (difference === 0) return;
  for (const host of hostsOf(scope, view)) {
    const entry = flows.get(host) ?? { added: 0, removed: 0 };
    if (difference > 0) entry.added += difference;
    else entry.removed -= difference;
    flows.set(host, entry);
  }
}

function hostsOf(scope: Scope, view: TopologyView): Iterable<string> {
  if (scope.type === 'host') return [scope.id];
  if (scope.type === 'vpc') {
    const hosts = Array.from(withPeers(view, scope.id), (id) => [...view.hostsOfVpc(id).keys()]);
    return new Set(hosts.flat());
  }
  return Array.from(view.all('host'), ({ id }) => id);
}
