import {
  canonicalIpv6Cidr,
  parseCidr,
  type ResourceOf,
  type SecurityGroupRuleSpec,
  type SecurityGroupRuleStatus,
  WeftError,
} from '../../resources/index.ts';
import { activePeers } from '../../topology/peers.ts';
import { referenced, refuseWhileUsed, requireSameVpc } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations, UpdateRequest } from '../operations/operations.ts';
import { familyOf, requireRoomAsPeer, requireRoomInGroup, requireRoomInMatch } from './limits.ts';
import { matchId, protocolNumber, sharedMatches } from './rule-matches.ts';
import { requireTraffic } from './traffic.ts';

/** The networks that a rule names, by itself or by a prefix list. */
function networksOf(
  draft: Draft,
  { cidrIpv4, cidrIpv6, prefixListId }: SecurityGroupRuleSpec,
): readonly string[] {
  const network = cidrIpv4 ?? cidrIpv6;
  if (network !== undefined) return [network];
  if (prefixListId === undefined) return [];
  return draft.get('prefix-list', prefixListId)?.spec.entries.map(({ cidr }) => cidr) ?? [];
}

/** Ids of the shared matches of a rule; those that are not there yet are made. */
function useMatches(
  draft: Draft,
  vpcId: string,
  spec: SecurityGroupRuleSpec,
  had: readonly string[],
): string[] {
  const { direction } = spec;
  return sharedMatches(spec, networksOf(draft, spec)).map((match) => {
    const id = matchId(vpcId, direction, match);
    if (!draft.get('rule-match', id))
      draft.create('rule-match', { id, spec: { vpcId, direction, ...match } });
    else if (!had.includes(id)) requireRoomInMatch(draft, vpcId, id);
    return id;
  });
}

type Across = Pick<SecurityGroupRuleStatus, 'vpcPeeringConnectionId' | 'peerVpcId'>;

/** Writes a rule that was checked already, together with the shared matches that are not there yet. */
export function addRule(
  draft: Draft,
  vpcId: string,
  spec: SecurityGroupRuleSpec,
  tags: Readonly<Record<string, string>> = {},
  across: Across = {},
): ResourceOf<'security-group-rule'> {
  const matchIds = useMatches(draft, vpcId, spec, []);
  return draft.create('security-group-rule', { spec, status: { matchIds, ...across }, tags });
}

/** Gives a rule the matches of its prefix list as the list is now. */
export function renewMatches(draft: Draft, rule: ResourceOf<'security-group-rule'>): void {
  const group = draft.get('security-group', rule.spec.groupId);
  if (!group) return;
  const { matchIds: had } = rule.status;
  const matchIds = useMatches(draft, group.spec.vpcId, rule.spec, had);
  draft.update(rule, { status: { ...rule.status, matchIds } });
  removeUnused(
    draft,
    had.filter((id) => !matchIds.includes(id)),
  );
}

/** What a new group lets out: everything. The rule for IPv6 comes, as in AWS, where the VPC has an IPv6 block. */
export function addDefaultEgressRules(draft: Draft, vpc: ResourceOf<'vpc'>, groupId: string): void {
  const rule = { groupId, direction: 'egress', protocol: 'all' } as const;
  addRule(draft, vpc.id, { ...rule, cidrIpv4: '0.0.0.0/0' });
  if (vpc.spec.ipv6CidrBlock !== undefined) addRule(draft, vpc.id, { ...rule, cidrIpv6: '::/0' });
}

/** True when the draft leaves a rule that uses the match; looks at no more of them than it must. */
function hasUser(draft: Draft, match: ResourceOf<'rule-match'>): boolean {
  for (const user of draft.view.referrers(match, 'uses-match', 'security-group-rule')) {
    if (draft.get('security-group-rule', user.id)) return true;
  }
  return false;
}

/** Removes those of the matches that no rule uses any more. */
function removeUnused(draft: Draft, matchIds: readonly string[]): void {
  for (const id of matchIds) {
    const match = draft.get('rule-match', id);
    if (match && !hasUser(draft, match)) draft.remove(match);
  }
}

/** Removes a rule and the shared matches of which it was the last user. */
function removeRule(draft: Draft, rule: ResourceOf<'security-group-rule'>): void {
  draft.remove(rule);
  removeUnused(draft, rule.status.matchIds);
}

/** Removes a group with its rules. Its sets of groups must have no members. */
export function removeGroup(draft: Draft, group: ResourceOf<'security-group'>): void {
  refuseWhileUsed(draft, group, 'in-group', 'network-interface');
  for (const rule of draft.view.referrers(group, 'peer-group', 'security-group-rule')) {
    // AWS, "Update your security groups to reference peer security groups": those of peers become stale.
    if (rule.spec.groupId !== group.id && rule.status.peerVpcId === undefined)
      refuseWhileUsed(draft, group, 'peer-group', 'security-group-rule');
  }
  for (const rule of draft.view.referrers(group, 'of-group', 'security-group-rule')) removeRule(draft, rule);
  for (const identity of draft.view.referrers(group, 'in-group', 'identity')) draft.remove(identity);
  draft.remove(group);
}

export const securityGroupOperations: Operations<'security-group'> = {
  kind: 'security-group',
  create(draft, { spec, tags }) {
    const { name, description, defaultRules } = spec as {
      name: string;
      description?: string;
      defaultRules?: boolean;
    };
    const vpc = referenced(draft, 'vpc', spec.vpcId as string, 'spec.vpcId');
    for (const other of draft.view.referrers(vpc, 'in-vpc', 'security-group')) {
      if (other.spec.name !== name) continue;
      throw new WeftError(
        'already-exists',
        `the VPC has a security group named ${name} already: ${other.id}`,
        {
          field: 'spec.name',
          value: name,
          fix: 'Choose another name, or use that group.',
        },
      );
    }
    const group = draft.create('security-group', {
      spec: { vpcId: vpc.id, name, ...(description === undefined ? {} : { description }) },
      tags,
    });
    if (defaultRules !== false) addDefaultEgressRules(draft, vpc, group.id);
    return group;
  },
  update(draft, current, { spec }) {
    return draft.update(current, { spec: { ...current.spec, ...(spec as { description?: string }) } });
  },
  remove(draft, group) {
    const vpc = draft.get('vpc', group.spec.vpcId);
    if (vpc?.spec.defaultSecurityGroupId === group.id) {
      throw new WeftError('in-use', 'the default security group goes with its VPC', {
        field: 'id',
        value: group.id,
        fix: `Delete VPC ${vpc.id} instead.`,
      });
    }
    removeGroup(draft, group);
  },
};

/** The one side that a rule names, in canonical form. */
function normalisePeer(rule: SecurityGroupRuleSpec): Pick<SecurityGroupRuleSpec, 'cidrIpv6'> {
  const { cidrIpv4, cidrIpv6, prefixListId, referencedGroupId } = rule;
  const peers = [cidrIpv4, cidrIpv6, prefixListId, referencedGroupId].filter((peer) => peer !== undefined);
  if (peers.length !== 1) {
    throw new WeftError('invalid-value', 'a rule names a network, a prefix list or a group', {
      field: 'spec.cidrIpv4',
      value: cidrIpv4,
      fix: 'Give one of cidrIpv4, cidrIpv6, prefixListId and referencedGroupId.',
    });
  }
  if (cidrIpv4 !== undefined) parseCidr(cidrIpv4, 'spec.cidrIpv4');
  if (cidrIpv6 === undefined) return {};
  return { cidrIpv6: canonicalIpv6Cidr(cidrIpv6, 'spec.cidrIpv6') };
}

/**
 * ICMP is another protocol in IPv6 (RFC 4443).
 * @throws WeftError invalid-value for a protocol that packets of the rule's network never have
 */
function requireProtocolOf(
  network: string,
  family: 'ipv4' | 'ipv6',
  { protocol }: SecurityGroupRuleSpec,
): void {
  if (protocolNumber(protocol) !== (family === 'ipv4' ? 58 : 1)) return;
  throw new WeftError('invalid-value', `no packet of ${network} has protocol ${protocol}`, {
    field: 'spec.protocol',
    value: protocol,
    fix: `Choose ${family === 'ipv4' ? 'icmp' : 'icmpv6'}, or a network of the other kind.`,
  });
}

/** Checks what the schema cannot say, and gives the rule in the form in which rules are compared and stored. */
function normalise(rule: SecurityGroupRuleSpec): SecurityGroupRuleSpec {
  const peer = normalisePeer(rule);
  const { cidrIpv4, cidrIpv6 } = rule;
  if (cidrIpv4 !== undefined) requireProtocolOf(cidrIpv4, 'ipv4', rule);
  if (cidrIpv6 !== undefined) requireProtocolOf(cidrIpv6, 'ipv6', rule);
  return { ...rule, ...peer, protocol: requireTraffic(rule, 'spec') };
}

/** The group that a rule names, of the VPC or of one that it is actively peered with, whoever owns that. */
function requireGroup(draft: Draft, vpcId: string, id: string) {
  const group = draft.get('security-group', id);
  for (const { connection, vpc } of group ? activePeers(draft.view, vpcId) : []) {
    if (!group || vpc.id !== group.spec.vpcId) continue;
    draft.depend(group);
    draft.depend(connection);
    return { group, across: { vpcPeeringConnectionId: connection.id, peerVpcId: vpc.id } };
  }
  const field = 'spec.referencedGroupId';
  const own = referenced(draft, 'security-group', id, field);
  requireSameVpc(vpcId, own, field);
  return { group: own, across: {} };
}

/** What makes two rules the same permission, in AWS's sense. */
const permission = ({ description: _ignored, ...rest }: SecurityGroupRuleSpec) =>
  JSON.stringify(Object.entries(rest).sort(([a], [b]) => a.localeCompare(b)));

/** @throws WeftError already-exists when another rule of the group permits the same */
function requireNewInGroup(draft: Draft, rule: SecurityGroupRuleSpec, id?: string): void {
  const group = { kind: 'security-group', id: rule.groupId } as const;
  for (const other of draft.view.referrers(group, 'of-group', 'security-group-rule')) {
    if (other.id === id || permission(other.spec) !== permission(rule)) continue;
    throw new WeftError('already-exists', `the group has this rule already: ${other.id}`, {
      field: 'spec',
      value: other.id,
      fix: 'Use that rule; a rule need not be there twice.',
    });
  }
}

/** Changes a rule in one commit, so that connections which it allows before and after see no gap. */
function changeRule(
  draft: Draft,
  current: ResourceOf<'security-group-rule'>,
  { spec: change }: UpdateRequest,
): ResourceOf<'security-group-rule'> {
  const wanted = Object.entries({ ...current.spec, ...change }).filter(([, value]) => value !== null);
  const rule = normalise(Object.fromEntries(wanted) as SecurityGroupRuleSpec);
  requireNewInGroup(draft, rule, current.id);
  const { vpcId } = referenced(draft, 'security-group', rule.groupId, 'spec.groupId').spec;
  const had = current.status.matchIds;
  const matchIds = useMatches(draft, vpcId, rule, had);
  const changed = draft.update(current, { spec: rule, status: { ...current.status, matchIds } });
  const unused = had.filter((id) => !matchIds.includes(id));
  removeUnused(draft, unused);
  // It may be one of the other kind of IP now, of which the group has as many as it may.
  if (familyOf(draft, rule) !== familyOf(draft, current.spec)) requireRoomInGroup(draft, rule);
  return changed;
}

export const securityGroupRuleOperations: Operations<'security-group-rule'> = {
  kind: 'security-group-rule',
  create(draft, { spec, tags }) {
    const rule = normalise(spec as SecurityGroupRuleSpec);
    const group = referenced(draft, 'security-group', rule.groupId, 'spec.groupId');
    let across: Across = {};
    if (rule.referencedGroupId !== undefined) {
      const peer = requireGroup(draft, group.spec.vpcId, rule.referencedGroupId);
      across = peer.across;
      for (const { spec } of draft.view.referrers(peer.group, 'in-group', 'identity')) {
        requireRoomAsPeer(draft, spec.groupIds, 1, 'spec.referencedGroupId');
      }
    }
    if (rule.prefixListId !== undefined) {
      const list = referenced(draft, 'prefix-list', rule.prefixListId, 'spec.prefixListId');
      requireProtocolOf(list.id, list.spec.addressFamily ?? 'ipv4', rule);
    }
    requireNewInGroup(draft, rule);
    const created = addRule(draft, group.spec.vpcId, rule, tags, across);
    requireRoomInGroup(draft, rule);
    return created;
  },
  update: changeRule,
  remove: removeRule,
};
