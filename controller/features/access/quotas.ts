import { type AnyResource, isLent, type KindName, kinds, WeftError } from '../../resources/index.ts';
import type { Transaction } from '../../store/store.ts';
import type { TopologyView } from '../../topology/view.ts';

/** Of kinds that name no quota of their own. */
export const defaultQuota = 5000;

/** Name of the quota of flows that a VPC may cost each of its hosts. */
export const flowQuotaName = 'flows-per-vpc';
/** Several thousand interfaces with a thousand rules, and few enough that a host takes ten such VPCs. */
const defaultFlowsPerVpc = 100_000;

/** How many flows a VPC of an account may cost each of its hosts; undefined: as many as it likes. */
export function flowsPerVpc(view: TopologyView, account: string): number | undefined {
  const owner = view.get('account', account);
  return owner && (owner.spec.quotas[flowQuotaName] ?? defaultFlowsPerVpc);
}

/** Name of the quota of rules that a security group may have, of each direction and kind of IP. */
export const ruleQuotaName = 'rules-per-security-group';
/** AWS, "Amazon VPC quotas". */
const defaultRulesPerGroup = 60;

/** How many rules of one direction and one kind of IP a security group of an account may have. */
export function rulesPerGroup(view: TopologyView, account: string): number {
  return view.get('account', account)?.spec.quotas[ruleQuotaName] ?? defaultRulesPerGroup;
}

/** How many of a kind an account may have in a region; undefined: as many as it likes. */
export function quotaOf(view: TopologyView, kind: KindName, account: string): number | undefined {
  const { path, operatorOwned, quota } = kinds[kind];
  if (path === undefined || operatorOwned) return undefined;
  // Without accounts, as in development mode, there is nobody to share with.
  const owner = view.get('account', account);
  return owner && (owner.spec.quotas[kind] ?? quota ?? defaultQuota);
}

/**
 * Looks at everything that a transaction makes and removes. A commit in which an account does not grow is always let
 * through, so that a lowered quota keeps nobody from changing what there is.
 * @param view the topology on which the transaction was planned
 * @throws WeftError quota-exceeded
 */
export function requireQuotas(view: TopologyView, { puts, deletes }: Transaction): void {
  const growth = new Map<string, { kind: KindName; account: string; region: string; more: number }>();
  const count = (resource: AnyResource | undefined, difference: 1 | -1) => {
    if (!resource || resource.account === '' || kinds[resource.kind].path === undefined) return;
    if (isLent(resource)) return;
    const { kind, account, region } = resource;
    const key = `${kind}/${account}/${region}`;
    growth.set(key, { kind, account, region, more: (growth.get(key)?.more ?? 0) + difference });
  };
  for (const put of puts) if (!view.get(put.kind, put.id)) count(put, 1);
  for (const { kind, id } of deletes) count(view.get(kind, id), -1);
  for (const { kind, account, region, more } of growth.values()) {
    const limit = more > 0 ? quotaOf(view, kind, account) : undefined;
    const use = view.countOwned(kind, account, region);
    if (limit === undefined || use + more <= limit) continue;
    throw new WeftError(
      'quota-exceeded',
      `account ${account} has ${use} of at most ${limit} resources of kind ${kind} in ${region}`,
      {
        field: 'kind',
        value: kind,
        fix: 'Delete what is not needed, or have an admin raise the quota of the account.',
      },
    );
  }
}
