import type { ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { describe } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import type { FilterTable } from '../../filters.ts';
import { tagList, tagsFor } from '../../tags.ts';
import { groupsOfVpc, rulesOf } from './permissions.ts';
import { presentGroup } from './present.ts';

/** The account's default VPC, where a request names none. */
function defaultVpc({ cloud }: ActionContext): ResourceOf<'vpc'> {
  for (const vpc of cloud.list('vpc')) if (vpc.spec.isDefault) return vpc;
  throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
}

/** The group of an id, or of a name in the default VPC. */
export function groupOf(
  context: ActionContext,
  { GroupId: id, GroupName: name }: { GroupId?: string | undefined; GroupName?: string | undefined },
): ResourceOf<'security-group'> {
  if (id !== undefined) return context.cloud.require('security-group', id);
  if (name === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter groupName or groupId');
  }
  for (const group of groupsOfVpc(context, defaultVpc(context).id))
    if (group.spec.name === name) return group;
  throw new AwsError('InvalidGroup.NotFound', `The security group '${name.slice(0, 255)}' does not exist`);
}

/** AWS's characters in names and descriptions of groups. */
const allowed = /^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

export const createSecurityGroup = define({
  action: 'CreateSecurityGroup',
  supports: ['GroupName', 'Description', 'VpcId', 'TagSpecifications'],
  refusals: { 'already-exists': 'InvalidGroup.Duplicate', 'quota-exceeded': 'SecurityGroupLimitExceeded' },
  async handle(context, input) {
    const { GroupName: name, Description: description } = input;
    const vpcId = input.VpcId ?? defaultVpc(context).id;
    context.cloud.require('vpc', vpcId);
    if (!allowed.test(name) || /^sg-/i.test(name)) {
      throw new AwsError('InvalidParameterValue', `Invalid security group name: ${name.slice(0, 255)}`);
    }
    if (!allowed.test(description)) {
      throw new AwsError(
        'InvalidParameterValue',
        'Invalid security group description. Valid descriptions are strings less than 256 characters from a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
      );
    }
    const tags = tagsFor('security-group', input.TagSpecifications);
    const group = await context.cloud.create('security-group', { spec: { vpcId, name, description }, tags });
    return { GroupId: group.id, Tags: tagList(group.tags) };
  },
});

type Look = FilterTable<ResourceOf<'security-group'>, ActionContext>[string];
type RuleSpec = ResourceOf<'security-group-rule'>['spec'];

const protocolText = ({ protocol }: RuleSpec) => (protocol === 'all' ? '-1' : protocol);

/** Filters that look at the rules of a direction: `ip-permission.cidr`. */
function ruleFilters(prefix: string, direction: 'ingress' | 'egress'): Readonly<Record<string, Look>> {
  const each =
    (look: (spec: RuleSpec) => string | number | undefined): Look =>
    (group, context) =>
      [...rulesOf(context, group, direction)].map(({ spec }) => look(spec));
  return {
    [`${prefix}.cidr`]: each(({ cidrIpv4 }) => cidrIpv4),
    [`${prefix}.from-port`]: each(({ fromPort, icmpType }) => fromPort ?? icmpType),
    [`${prefix}.to-port`]: each(({ toPort, icmpCode }) => toPort ?? icmpCode),
    [`${prefix}.protocol`]: each(protocolText),
    [`${prefix}.ipv6-cidr`]: each(({ cidrIpv6 }) => cidrIpv6),
    [`${prefix}.prefix-list-id`]: each(({ prefixListId }) => prefixListId),
    [`${prefix}.group-id`]: each(({ referencedGroupId }) => referencedGroupId),
    [`${prefix}.user-id`]: (group) => group.account,
  };
}

const listing = describe({
  action: 'DescribeSecurityGroups',
  kind: 'security-group',
  ids: 'GroupIds',
  result: 'SecurityGroups',
  filters: {
    'group-id': ({ id }) => id,
    'group-name': ({ spec }) => spec.name,
    description: ({ spec }) => spec.description,
    'vpc-id': ({ spec }) => spec.vpcId,
    'owner-id': ({ account }) => account,
    ...ruleFilters('ip-permission', 'ingress'),
    ...ruleFilters('egress.ip-permission', 'egress'),
  },
  indexed: { 'group-id': ['id'], 'group-name': ['spec.name'], 'vpc-id': ['spec.vpcId'] },
  supports: ['GroupNames'],
  present: presentGroup,
});

/** Names are ids of the default VPC's groups by another word. */
export const describeSecurityGroups: typeof listing = {
  ...listing,
  handle(context, input) {
    const {
      GroupNames: names = [],
      GroupIds: ids = [],
      ...rest
    } = input as {
      GroupNames?: readonly string[];
      GroupIds?: readonly string[];
    };
    const named = names.map((GroupName) => groupOf(context, { GroupName }).id);
    return listing.handle(context, { ...rest, GroupIds: [...ids, ...named] });
  },
};

export const deleteSecurityGroup = define({
  action: 'DeleteSecurityGroup',
  supports: ['GroupId', 'GroupName'],
  async handle(context, input) {
    const group = groupOf(context, input);
    if (context.cloud.find('vpc', group.spec.vpcId)?.spec.defaultSecurityGroupId === group.id) {
      throw new AwsError(
        'CannotDelete',
        `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
      );
    }
    await context.cloud.remove('security-group', group.id);
    return undefined;
  },
});
