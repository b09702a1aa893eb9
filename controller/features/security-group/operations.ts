import { parseCidr, type ResourceOf, type SecurityGroupRuleSpec, WeftError } from '../../resources/index.ts';
import { referenced, refuseWhileUsed, requireSameVpc } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { requireRoomAsPeer, requireRoomInMatch } from './limits.ts';
import { hasPorts, matchId, protocolNumber, sharedMatches } from './rule-matches.ts';

/** AWS's default quota of rules a group and direction; it also bounds what one set of groups costs in actions. */
const rulesPerGroup = 60;

/** Writes a rule that was checked already, together with the shared matches that are not there yet. */
export function addRule(
  draft: Draft,
  vpcId: string,
  spec: SecurityGroupRuleSpec,
  tags: Readonly<Record<string, string>> = {},
): ResourceOf<'security-group-rule'> {
  const matchIds = sharedMatches(spec).map((match) => {
    const id = matchId(vpcId, spec.direction, match);
    const { direction } = spec;
    if (draft.get('rule-match', id)) requireRoomInMatch(draft, vpcId, id);
    else draft.create('rule-match', { id, spec: { vpcId, direction, ...match } });
    return id;
  });
  return draft.create('security-group-rule', { spec, status: { matchIds }, tags });
}

/** True when the draft leaves a rule that uses the match; looks at no more of them than it must. */
function hasUser(draft: Draft, match: ResourceOf<'rule-match'>): boolean {
  for (const user of draft.view.referrers(match, 'uses-match', 'security-group-rule')) {
    if (draft.get('security-group-rule', user.id)) return true;
  }
  return false;
}

/** Removes a rule and the shared matches of which it was the last user. */
function removeRule(draft: Draft, rule: ResourceOf<'security-group-rule'>): void {
  draft.remove(rule);
  for (const id of rule.status.matchIds) {
    const match = draft.get('rule-match', id);
    if (!match) continue;
    if (!hasUser(draft, match)) draft.remove(match);
  }
}

/** Removes a group with its rules. Its sets of groups must have no members. */
export function removeGroup(draft: Draft, group: ResourceOf<'security-group'>): void {
  refuseWhileUsed(draft, group, 'in-group', 'network-interface');
  for (const rule of draft.view.referrers(group, 'peer-group', 'security-group-rule')) {
    if (rule.spec.groupId !== group.id) refuseWhileUsed(draft, group, 'peer-group', 'security-group-rule');
  }
  for (const rule of draft.view.referrers(group, 'of-group', 'security-group-rule')) removeRule(draft, rule);
  for (const identity of draft.view.referrers(group, 'in-group', 'identity')) draft.remove(identity);
  draft.remove(group);
}

export const securityGroupOperations: Operations<'security-group'> = {
  kind: 'security-group',
  create(draft, { spec, tags }) {
    const { name, description } = spec as { name: string; description?: string };
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
    addRule(draft, vpc.id, {
      groupId: group.id,
      direction: 'egress',
      protocol: 'all',
      cidrIpv4: '0.0.0.0/0',
    });
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

function invalid(field: string, value: unknown, message: string, fix: string): never {
  throw new WeftError('invalid-value', message, { field: `spec.${field}`, value, fix });
}

/** Checks what the schema cannot say, and gives the rule in the form in which rules are compared and stored. */
function normalise(rule: SecurityGroupRuleSpec): SecurityGroupRuleSpec {
  const { protocol, fromPort, toPort, icmpType, icmpCode, cidrIpv4, referencedGroupId } = rule;
  if ((cidrIpv4 === undefined) === (referencedGroupId === undefined)) {
    invalid(
      'cidrIpv4',
      cidrIpv4,
      'a rule names either a network or a group',
      'Give one of cidrIpv4 and referencedGroupId.',
    );
  }
  if (cidrIpv4 !== undefined) parseCidr(cidrIpv4, 'spec.cidrIpv4');
  if (!hasPorts(protocol) && (fromPort !== undefined || toPort !== undefined)) {
    invalid(
      'fromPort',
      fromPort ?? toPort,
      `protocol ${protocol} has no ports`,
      'Leave fromPort and toPort out, or choose tcp or udp.',
    );
  }
  if (protocolNumber(protocol) !== 1 && (icmpType !== undefined || icmpCode !== undefined)) {
    invalid(
      'icmpType',
      icmpType ?? icmpCode,
      `protocol ${protocol} has no ICMP type`,
      'Leave icmpType and icmpCode out, or choose icmp.',
    );
  }
  if ((icmpType ?? -1) < 0 && (icmpCode ?? -1) >= 0) {
    invalid('icmpCode', icmpCode, 'an ICMP code means nothing without its type', 'Give icmpType as well.');
  }
  if ((fromPort === undefined) !== (toPort === undefined)) {
    invalid(
      'toPort',
      toPort,
      'a range of ports has two ends',
      'Give fromPort and toPort; the same number twice for one port.',
    );
  }
  if (fromPort !== undefined && toPort !== undefined && fromPort > toPort) {
    invalid('fromPort', fromPort, `fromPort is above toPort (${toPort})`, 'Exchange the two.');
  }
  const number = protocolNumber(protocol);
  const name = ({ 1: 'icmp', 6: 'tcp', 17: 'udp' } as const)[number ?? -1];
  return { ...rule, protocol: name ?? protocol };
}

/** What makes two rules the same permission, in AWS's sense. */
const permission = ({ description: _ignored, ...rest }: SecurityGroupRuleSpec) =>
  JSON.stringify(Object.entries(rest).sort(([a], [b]) => a.localeCompare(b)));

export const securityGroupRuleOperations: Operations<'security-group-rule'> = {
  kind: 'security-group-rule',
  create(draft, { spec, tags }) {
    const rule = normalise(spec as SecurityGroupRuleSpec);
    const group = referenced(draft, 'security-group', rule.groupId, 'spec.groupId');
    if (rule.referencedGroupId !== undefined) {
      const peer = referenced(draft, 'security-group', rule.referencedGroupId, 'spec.referencedGroupId');
      requireSameVpc(group.spec.vpcId, peer, 'spec.referencedGroupId');
      for (const { spec } of draft.view.referrers(peer, 'in-group', 'identity')) {
        requireRoomAsPeer(draft, spec.groupIds, 1, 'spec.referencedGroupId');
      }
    }
    let count = 0;
    for (const other of draft.view.referrers(group, 'of-group', 'security-group-rule')) {
      if (other.spec.direction === rule.direction) count++;
      if (permission(other.spec) !== permission(rule)) continue;
      throw new WeftError('already-exists', `the group has this rule already: ${other.id}`, {
        field: 'spec',
        value: other.id,
        fix: 'Use that rule; a rule need not be there twice.',
      });
    }
    if (count >= rulesPerGroup) {
      invalid(
        'groupId',
        group.id,
        `the group has ${count} ${rule.direction} rules, which is the limit`,
        'Put further rules into another group.',
      );
    }
    return addRule(draft, group.spec.vpcId, rule, tags);
  },
  remove: removeRule,
};
