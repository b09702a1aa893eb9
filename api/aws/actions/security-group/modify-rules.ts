import type { SecurityGroupRuleSpec } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import type { IpPermission, SecurityGroupRuleRequest } from '../../model/generated/types.ts';
import { groupOf } from './groups.ts';
import { type Permission, permissionsOf } from './permissions.ts';

/** The permission that a rule is to have, as other actions give permissions. */
function permissionOf(request: SecurityGroupRuleRequest): IpPermission {
  const { IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId } = request;
  return {
    IpProtocol,
    FromPort,
    ToPort,
    IpRanges: CidrIpv4 === undefined ? [] : [{ CidrIp: CidrIpv4 }],
    Ipv6Ranges: CidrIpv6 === undefined ? [] : [{ CidrIpv6 }],
    PrefixListIds: PrefixListId === undefined ? [] : [{ PrefixListId }],
    UserIdGroupPairs: ReferencedGroupId === undefined ? [] : [{ GroupId: ReferencedGroupId }],
  };
}

/** What has to change in a rule; all of a rule is given, and what is not given is absent from then on. */
function changeOf(id: string, rule: SecurityGroupRuleSpec, wanted: Permission, description: string) {
  const { protocol, fromPort = null, toPort = null, icmpType = null, icmpCode = null } = wanted;
  const service = { protocol, fromPort, toPort, icmpType, icmpCode, description };
  if (rule.referencedGroupId !== wanted.referencedGroupId || rule.prefixListId !== wanted.prefixListId) {
    throw new AwsError(
      'UnsupportedOperation',
      `The rule ${id} cannot get another group or prefix list here: revoke it and authorize another one`,
    );
  }
  const { cidrIpv4 = null, cidrIpv6 = null } = wanted;
  return { ...service, cidrIpv4, cidrIpv6 };
}

function changes(
  context: ActionContext,
  groupId: string,
  { SecurityGroupRuleId: id = '', SecurityGroupRule: request = {} }: RuleUpdate,
) {
  const group = groupOf(context, { GroupId: groupId });
  const rule = context.cloud.require('security-group-rule', id);
  if (rule.spec.groupId !== group.id) {
    throw new AwsError(
      'InvalidSecurityGroupRuleId.NotFound',
      `The security group rule ID '${id}' does not exist`,
    );
  }
  const [wanted, another] = permissionsOf(context, group, [permissionOf(request)], {});
  if (wanted === undefined || another !== undefined) {
    throw new AwsError('InvalidParameterCombination', 'A rule has one network, prefix list or group');
  }
  return { id, spec: changeOf(id, rule.spec, wanted, request.Description ?? '') };
}

interface RuleUpdate {
  readonly SecurityGroupRuleId?: string | undefined;
  readonly SecurityGroupRule?: SecurityGroupRuleRequest | undefined;
}

export const modifySecurityGroupRules = define({
  action: 'ModifySecurityGroupRules',
  supports: ['GroupId', 'SecurityGroupRules'],
  refusals: { 'already-exists': 'InvalidPermission.Duplicate' },
  note: 'the group or prefix list that a rule names stays',
  async handle(context, { GroupId: groupId, SecurityGroupRules: updates }) {
    const wanted = updates.map((update) => changes(context, groupId, update));
    await context.cloud.transaction((batch) => {
      for (const { id, spec } of wanted) batch.update('security-group-rule', id, { spec });
    });
    return { Return: true };
  },
});
