import { type SecurityGroupRuleSpec, WeftError } from '../../resources/index.ts';
import { ruleQuotaName, rulesPerGroup } from '../access/quotas.ts';
import type { Draft } from '../operations/draft.ts';

/**
 * The most rules to which one flow contributes. Each takes an action of 16 bytes, and a flow-mod has at most 65,535
 * (OpenFlow 1.5.1, section 7.1: the length field has 16 bits).
 */
export const rulesPerFlow = 4000;

/**
 * Room for one more rule in a match that rules of the VPC share.
 * @throws WeftError wrong-state
 */
export function requireRoomInMatch(draft: Draft, vpcId: string, id: string): void {
  const match = { kind: 'rule-match', id } as const;
  const users = draft.view.countReferrers(match, 'uses-match', 'security-group-rule');
  if (users < rulesPerFlow) return;
  const [direction, dimension, ...key] = id.slice(vpcId.length + 1).split('/');
  throw new WeftError(
    'wrong-state',
    `${users} ${direction} rules of VPC ${vpcId} have the ${dimension} ${key.join('/')} already, which is the limit`,
    {
      field: 'spec',
      value: key.join('/'),
      fix: 'Let interfaces share groups instead of giving each group such a rule, or use another VPC.',
    },
  );
}

/**
 * Room for `more` rules that name one of the groups, in the flow by which this set of groups is their peer.
 * @throws WeftError wrong-state
 */
export function requireRoomAsPeer(
  draft: Draft,
  groupIds: readonly string[],
  more: number,
  field: string,
): void {
  let users = more;
  for (const id of groupIds) {
    users += draft.view.countReferrers({ kind: 'security-group', id }, 'peer-group', 'security-group-rule');
  }
  if (users <= rulesPerFlow) return;
  throw new WeftError(
    'wrong-state',
    `${users} rules would name a group of the set ${groupIds.join(', ')}; ${rulesPerFlow} are possible`,
    {
      field,
      value: groupIds,
      fix: 'Name a network in some of the rules, or delete rules that are no longer needed.',
    },
  );
}

const families = ['ipv4', 'ipv6'] as const;

/** The kind of IP of the other side that a rule names; `both` where it names a group. */
export function familyOf(
  draft: Draft,
  { cidrIpv4, cidrIpv6, prefixListId }: SecurityGroupRuleSpec,
): (typeof families)[number] | 'both' {
  if (cidrIpv4 !== undefined) return 'ipv4';
  if (cidrIpv6 !== undefined) return 'ipv6';
  if (prefixListId === undefined) return 'both';
  return draft.get('prefix-list', prefixListId)?.spec.addressFamily ?? 'ipv4';
}

/**
 * AWS, "Amazon VPC quotas", rules per security group: "enforced separately for inbound and outbound rules", and "separately for
 * IPv4 rules and IPv6 rules"; a rule that names a group is one of each, and one that names a prefix list counts as the largest
 * number of entries of the list.
 * @throws WeftError quota-exceeded when the group, as the draft leaves it, has too many rules of the rule's sort
 */
export function requireRoomInGroup(draft: Draft, rule: SecurityGroupRuleSpec): void {
  const { groupId, direction } = rule;
  const count = { ipv4: 0, ipv6: 0, both: 0 };
  const group = { kind: 'security-group', id: groupId } as const;
  for (const { spec } of draft.view.referrers(group, 'of-group', 'security-group-rule')) {
    if (spec.direction !== direction) continue;
    const list = spec.prefixListId && draft.get('prefix-list', spec.prefixListId);
    count[familyOf(draft, spec)] += list ? list.spec.maxEntries : 1;
  }
  const limit = rulesPerGroup(draft.view, draft.get('security-group', groupId)?.account ?? '');
  const own = familyOf(draft, rule);
  for (const family of families) {
    const total = count[family] + count.both;
    if ((own !== 'both' && own !== family) || total <= limit) continue;
    throw new WeftError(
      'quota-exceeded',
      `the group would have ${total} ${direction} rules of ${family}; ${limit} are possible`,
      {
        field: 'spec.groupId',
        value: groupId,
        fix: `Put further rules into another group, or have an admin raise the quota ${ruleQuotaName} of the account.`,
      },
    );
  }
}
