import type { Preview } from '../controller.ts';
import type { Draft } from '../features/operations/draft.ts';
import type { Scope } from '../pipeline/index.ts';
import { type TopologyView, withPeers } from '../topology/index.ts';
import { changesOf, flowCosts } from './flow-cost.ts';
import type { FlowQuota } from './flow-quota.ts';

/** What a draft would change, and what that costs each host and each VPC. */
export function previewOf(
  draft: Draft,
  stored: TopologyView,
  quota: FlowQuota,
): Pick<Preview<unknown>, 'changes' | 'flows' | 'vpcs'> {
  const changes = changesOf(draft.transaction(), stored);
  const flows = new Map<string, { added: number; removed: number }>();
  const vpcs = new Map<string, { flows: number; limit: number | undefined }>();
  for (const { scope, added, removed } of flowCosts(changes, stored, draft.view).values()) {
    for (const host of hostsOf(scope, stored)) {
      const entry = flows.get(host) ?? { added: 0, removed: 0 };
      flows.set(host, { added: entry.added + added, removed: entry.removed + removed });
    }
    if (scope.type !== 'vpc') continue;
    const now = quota.use(scope.id, draft.view);
    vpcs.set(scope.id, { ...now, flows: now.flows + added - removed });
  }
  return { changes, flows, vpcs };
}

function hostsOf(scope: Scope, view: TopologyView): Iterable<string> {
  if (scope.type === 'host') return [scope.id];
  if (scope.type === 'vpc') {
    const hosts = Array.from(withPeers(view, scope.id), (id) => [...view.hostsOfVpc(id).keys()]);
    return new Set(hosts.flat());
  }
  return Array.from(view.all('host'), ({ id }) => id);
}
