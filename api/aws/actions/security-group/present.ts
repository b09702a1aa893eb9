import type { ResourceOf, SecurityGroupRuleSpec } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import type { IpPermission, SecurityGroup, SecurityGroupRule } from '../../model/generated/types.ts';
import { tagList } from '../../tags.ts';
import { rulesOf } from './permissions.ts';

/** What AWS shows as protocol and ports. */
function service(spec: SecurityGroupRuleSpec): { IpProtocol: string; FromPort?: number; ToPort?: number } {
  const { protocol, fromPort, toPort, icmpType = -1, icmpCode = -1 } = spec;
  if (protocol === 'all') return { IpProtocol: '-1' };
  if (protocol === 'icmp' || protocol === 'icmpv6') {
    return { IpProtocol: protocol, FromPort: icmpType, ToPort: icmpCode };
  }
  if (protocol !== 'tcp' && protocol !== 'udp') return { IpProtocol: String(protocol) };
  return { IpProtocol: protocol, FromPort: fromPort ?? 0, ToPort: toPort ?? 65535 };
}

/** Rules of the same protocol and ports are one permission, as AWS groups them. */
function permissions(
  context: ActionContext,
  rules: Iterable<ResourceOf<'security-group-rule'>>,
): IpPermission[] {
  const groups = new Map<string, { service: ReturnType<typeof service>; rules: SecurityGroupRuleSpec[] }>();
  for (const { spec } of rules) {
    const shown = service(spec);
    const key = JSON.stringify(shown);
    const group = groups.get(key) ?? { service: shown, rules: [] };
    group.rules.push(spec);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ service: shown, rules: specs }) => ({
    ...shown,
    IpRanges: specs.flatMap(({ cidrIpv4, description }) =>
      cidrIpv4 === undefined ? [] : [{ CidrIp: cidrIpv4, Description: description }],
    ),
    Ipv6Ranges: specs.flatMap(({ cidrIpv6, description }) =>
      cidrIpv6 === undefined ? [] : [{ CidrIpv6: cidrIpv6, Description: description }],
    ),
    PrefixListIds: specs.flatMap(({ prefixListId, description }) =>
      prefixListId === undefined ? [] : [{ PrefixListId: prefixListId, Description: description }],
    ),
    UserIdGroupPairs: specs.flatMap(({ referencedGroupId, description }) =>
      referencedGroupId === undefined
        ? []
        : [{ GroupId: referencedGroupId, UserId: context.account, Description: description }],
    ),
  }));
}

export function presentGroup(context: ActionContext, group: ResourceOf<'security-group'>): SecurityGroup {
  return {
    GroupId: group.id,
    GroupName: group.spec.name,
    Description: group.spec.description ?? '',
    VpcId: group.spec.vpcId,
    OwnerId: context.account,
    IpPermissions: permissions(context, rulesOf(context, group, 'ingress')),
    IpPermissionsEgress: permissions(context, rulesOf(context, group, 'egress')),
    Tags: tagList(group.tags),
  };
}

export function presentRule(
  context: ActionContext,
  rule: ResourceOf<'security-group-rule'>,
): SecurityGroupRule {
  const { spec } = rule;
  const { IpProtocol, FromPort = -1, ToPort = -1 } = service(spec);
  return {
    SecurityGroupRuleId: rule.id,
    GroupId: spec.groupId,
    GroupOwnerId: context.account,
    IsEgress: spec.direction === 'egress',
    IpProtocol,
    FromPort,
    ToPort,
    CidrIpv4: spec.cidrIpv4,
    CidrIpv6: spec.cidrIpv6,
    PrefixListId: spec.prefixListId,
    ReferencedGroupInfo:
      spec.referencedGroupId === undefined
        ? undefined
        : {
            GroupId: spec.referencedGroupId,
            UserId: context.account,
            VpcId: context.cloud.find('security-group', spec.referencedGroupId)?.spec.vpcId,
          },
    Description: spec.description,
    Tags: tagList(rule.tags),
  };
}
