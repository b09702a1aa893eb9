import type { ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { describe } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import type { IpPermission, TagSpecification } from '../../model/generated/types.ts';
import { tagsFor } from '../../tags.ts';
import { groupOf } from './groups.ts';
import { type FlatPermission, permissionKey, permissionsOf, rulesOf } from './permissions.ts';
import { presentRule } from './present.ts';

type Direction = 'ingress' | 'egress';

interface RulesInput extends FlatPermission {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly IpPermissions?: readonly IpPermission[] | undefined;
  readonly SecurityGroupRuleIds?: readonly string[] | undefined;
  readonly TagSpecifications?: readonly TagSpecification[] | undefined;
}

const permission = [
  'IpPermissions.IpProtocol',
  'IpPermissions.FromPort',
  'IpPermissions.ToPort',
  'IpPermissions.IpRanges',
  'IpPermissions.Ipv6Ranges',
  'IpPermissions.PrefixListIds',
  'IpPermissions.UserIdGroupPairs.GroupId',
  'IpPermissions.UserIdGroupPairs.GroupName',
  'IpPermissions.UserIdGroupPairs.UserId',
  'IpPermissions.UserIdGroupPairs.Description',
  'IpPermissions.UserIdGroupPairs.VpcId',
];
const flat = ['IpProtocol', 'FromPort', 'ToPort', 'CidrIp'];
const byName = ['GroupName', 'SourceSecurityGroupName', 'SourceSecurityGroupOwnerId'];
const refusals = {
  'already-exists': 'InvalidPermission.Duplicate',
  'quota-exceeded': 'RulesPerSecurityGroupLimitExceeded',
} as const;

/** Adds the rules that a request means, all or none. */
async function authorize(context: ActionContext, input: RulesInput, direction: Direction) {
  const group = groupOf(context, input);
  const permissions = permissionsOf(context, group, input.IpPermissions, input);
  const tags = tagsFor('security-group-rule', input.TagSpecifications);
  const { cloud } = context;
  const ids = await cloud.transaction((batch) =>
    permissions.map(
      (each) =>
        batch.create('security-group-rule', { spec: { ...each, groupId: group.id, direction }, tags }).id,
    ),
  );
  const rules = ids.map((id) => presentRule(context, cloud.require('security-group-rule', id)));
  return { Return: true, SecurityGroupRules: rules };
}

/** The rules that a request means, by their ids or by what they say. */
function rulesMeant(
  context: ActionContext,
  group: ResourceOf<'security-group'>,
  input: RulesInput,
  direction: Direction,
): ResourceOf<'security-group-rule'>[] {
  if (input.SecurityGroupRuleIds?.length) {
    return input.SecurityGroupRuleIds.map((id) => {
      const rule = context.cloud.require('security-group-rule', id);
      if (rule.spec.groupId === group.id && rule.spec.direction === direction) return rule;
      throw new AwsError(
        'InvalidSecurityGroupRuleId.NotFound',
        `The security group rule ID '${id}' does not exist`,
      );
    });
  }
  const known = new Map(
    [...rulesOf(context, group, direction)].map((rule) => [permissionKey(rule.spec), rule]),
  );
  return permissionsOf(context, group, input.IpPermissions, input).map((each) => {
    const rule = known.get(permissionKey(each));
    if (rule) return rule;
    throw new AwsError(
      'InvalidPermission.NotFound',
      'The specified rule does not exist in this security group.',
    );
  });
}

async function revoke(context: ActionContext, input: RulesInput, direction: Direction) {
  const group = groupOf(context, input);
  const rules = rulesMeant(context, group, input, direction);
  await context.cloud.transaction((batch) => {
    for (const { id } of rules) batch.remove('security-group-rule', id);
  });
  return { Return: true };
}

/** Rules that the request says in full, each with the description that it gives. */
function described(
  context: ActionContext,
  group: ResourceOf<'security-group'>,
  input: RulesInput,
  direction: Direction,
): { id: string; text: string }[] {
  const permissions = permissionsOf(context, group, input.IpPermissions, {});
  return rulesMeant(context, group, input, direction).map(({ id }, index) => ({
    id,
    text: permissions[index]?.description ?? '',
  }));
}

/** A description is the only thing about a rule that can be changed in place. */
async function describeAnew(context: ActionContext, input: DescriptionsInput, direction: Direction) {
  const group = groupOf(context, input);
  const wanted = input.SecurityGroupRuleDescriptions?.length
    ? input.SecurityGroupRuleDescriptions.map(({ SecurityGroupRuleId: id = '', Description: text = '' }) => {
        const [rule] = rulesMeant(context, group, { SecurityGroupRuleIds: [id] }, direction);
        return { id: rule?.id ?? id, text };
      })
    : described(context, group, input, direction);
  await context.cloud.transaction((batch) => {
    for (const { id, text } of wanted)
      batch.update('security-group-rule', id, { spec: { description: text } });
  });
  return { Return: true };
}

interface DescriptionsInput extends RulesInput {
  readonly SecurityGroupRuleDescriptions?:
    | readonly { SecurityGroupRuleId?: string | undefined; Description?: string | undefined }[]
    | undefined;
}

export const authorizeSecurityGroupIngress = define({
  action: 'AuthorizeSecurityGroupIngress',
  supports: ['GroupId', ...permission, ...flat, ...byName, 'TagSpecifications'],
  refusals,
  handle: (context, input) => authorize(context, input, 'ingress'),
});

export const authorizeSecurityGroupEgress = define({
  action: 'AuthorizeSecurityGroupEgress',
  supports: ['GroupId', ...permission, ...flat, 'TagSpecifications'],
  refusals,
  handle: (context, input) => authorize(context, input, 'egress'),
});

export const revokeSecurityGroupIngress = define({
  action: 'RevokeSecurityGroupIngress',
  supports: ['GroupId', ...permission, ...flat, ...byName, 'SecurityGroupRuleIds'],
  handle: (context, input) => revoke(context, input, 'ingress'),
});

export const revokeSecurityGroupEgress = define({
  action: 'RevokeSecurityGroupEgress',
  supports: ['GroupId', ...permission, ...flat, 'SecurityGroupRuleIds'],
  handle: (context, input) => revoke(context, input, 'egress'),
});

export const updateSecurityGroupRuleDescriptionsIngress = define({
  action: 'UpdateSecurityGroupRuleDescriptionsIngress',
  supports: ['GroupId', 'GroupName', ...permission, 'SecurityGroupRuleDescriptions'],
  handle: (context, input) => describeAnew(context, input, 'ingress'),
});

export const updateSecurityGroupRuleDescriptionsEgress = define({
  action: 'UpdateSecurityGroupRuleDescriptionsEgress',
  supports: ['GroupId', 'GroupName', ...permission, 'SecurityGroupRuleDescriptions'],
  handle: (context, input) => describeAnew(context, input, 'egress'),
});

export const describeSecurityGroupRules = describe({
  action: 'DescribeSecurityGroupRules',
  kind: 'security-group-rule',
  ids: 'SecurityGroupRuleIds',
  result: 'SecurityGroupRules',
  filters: {
    'security-group-rule-id': ({ id }) => id,
    'group-id': ({ spec }) => spec.groupId,
  },
  indexed: { 'security-group-rule-id': ['id'], 'group-id': ['spec.groupId'] },
  present: presentRule,
});
