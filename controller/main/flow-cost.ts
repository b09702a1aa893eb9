import { features } from '../features/index.ts';
import { type FragmentReference, type Scope, type ScopeKey, scopeKey } from '../pipeline/index.ts';
import type { Change } from '../store/index.ts';
import type { Transaction } from '../store/store.ts';
import type { TopologyView } from '../topology/index.ts';

/** How many flows a scope gains and loses. A fragment that only changes counts by how many flows it gains or loses. */
export interface ScopeCost {
  readonly scope: Scope;
  added: number;
  removed: number;
}

/** What a transaction changes. @param stored the topology on which it was planned */
export function changesOf({ puts, deletes }: Transaction, stored: TopologyView): Change[] {
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

/**
 * What changes cost, by scope: the fragments that they touch are compiled as they are and as they would be. The work is that
 * which the compiler has with the same changes, twice.
 * @param view as the changes would leave it
 */
export function flowCosts(
  changes: readonly Change[],
  stored: TopologyView,
  view: TopologyView,
): ReadonlyMap<ScopeKey, ScopeCost> {
  const costs = new Map<ScopeKey, ScopeCost>();
  const count = (scope: Scope, difference: number) => {
    if (difference === 0) return;
    const key = scopeKey(scope);
    const cost = costs.get(key) ?? { scope, added: 0, removed: 0 };
    if (difference > 0) cost.added += difference;
    else cost.removed -= difference;
    costs.set(key, cost);
  };
  for (const { definition, id } of affectedFragments(changes, view)) {
    const before = definition.compile(stored, id);
    const after = definition.compile(view, id);
    if (before && after && scopeKey(before.scope) === scopeKey(after.scope)) {
      count(after.scope, after.flows.length - before.flows.length);
      continue;
    }
    if (before) count(before.scope, -before.flows.length);
    if (after) count(after.scope, after.flows.length);
  }
  return costs;
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
