import type { ApiKind, ApiResource } from '../../contract/index.ts';
import { textsIn } from './references.ts';

type Resource = ApiResource<ApiKind>;

/** Resources in an order in which they can be deleted: each before those that it names. */
export function dependentsFirst(resources: readonly Resource[]): Resource[] {
  const byId = new Map(resources.map((resource) => [resource.id, resource]));
  const ordered: Resource[] = [];
  const seen = new Set<string>();
  const visit = (resource: Resource): void => {
    if (seen.has(resource.id)) return;
    seen.add(resource.id);
    for (const id of textsIn(holding(resource))) {
      const named = byId.get(id);
      if (named) visit(named);
    }
    ordered.push(resource);
  };
  for (const resource of resources) visit(resource);
  return ordered.reverse();
}

/** What of a resource keeps others from being deleted: neither where routes lead, nor which instance an interface is in. */
function holding({ kind, spec }: Resource): unknown {
  if (kind === 'route-table')
    return { ...spec, routes: spec.routes.map((route) => ({ ...route, target: '' })) };
  return kind === 'network-interface' ? { ...spec, instanceId: '' } : spec;
}
