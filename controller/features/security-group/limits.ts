import { WeftError } from '../../resources/index.ts';
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
