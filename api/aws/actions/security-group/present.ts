import type { ResourceOf, SecurityGroupRuleSpec } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import type { IpPermission, SecurityGroup, SecurityGroupRule } from '../../model/generated/types.ts';
import { tagList } from '../../tags.ts';
import { rulesOf } from './permissions.ts';

type Rule = ResourceOf<'security-group-rule'>;

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
function permissions(context: ActionContext, rules: Iterable<Rule>): IpPermission[] {
  const groups = new Map<string, { service: ReturnType<typeof service>; rules: Rule[] }>();
  for (const rule of rules) {
    const shown = service(rule.spec);
    const key = JSON.stringify(shown);
    const group = groups.get(key) ?? { service: shown, rules: [] };
    group.rules.push(rule);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ service: shown, rules: same }) => {
    const specs = same.map(({ spec }) => spec);
    return {
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
      UserIdGroupPairs: same.flatMap((rule) => {
        const peer = referencedGroup(context, rule);
        return peer ? [{ ...peer, Description: rule.spec.description }] : [];
      }),
    };
  });
}

/** The group that a rule names; of one beyond a peering connection, how it is reached and who owns it. */
function referencedGroup({ cloud, account }: ActionContext, { spec, status }: Rule) {
  const { referencedGroupId: GroupId } = spec;
  if (GroupId === undefined) return undefined;
  const { vpcPeeringConnectionId: connectionId, peerVpcId } = status;
  if (connectionId === undefined) return { GroupId, UserId: account };
  const connection = cloud.find('vpc-peering-connection', connectionId);
  const owner =
    connection?.spec.accepterVpcId === peerVpcId ? connection?.spec.accepterAccount : connection?.account;
  return {
    GroupId,
    UserId: owner,
    VpcId: peerVpcId,
    VpcPeeringConnectionId: connectionId,
    PeeringStatus: connection?.spec.state ?? 'deleted',
  };
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

export function presentRule(context: ActionContext, rule: Rule): SecurityGroupRule {
  const { spec } = rule;
  const peer = referencedGroup(context, rule);
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
    ReferencedGroupInfo: peer && {
      VpcId: context.cloud.find('security-group', peer.GroupId)?.spec.vpcId,
      ...peer,
    },
    Description: spec.description,
    Tags: tagList(rule.tags),
  };
}
