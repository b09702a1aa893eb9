import Type, { type Static, type TSchema } from 'typebox';
import { closed, Id, traffic } from './common.ts';
import { defineKind } from './define.ts';

const description = Type.Optional(Type.String({ maxLength: 255 }));
export const SecurityGroupRuleSpec = Type.Object(
  {
    groupId: Id('sg'),
    direction: Type.Union([Type.Literal('ingress'), Type.Literal('egress')]),
    ...traffic,
    prefixListId: Type.Optional(Id('pl')),
    referencedGroupId: Type.Optional(Id('sg')),
    description,
  },
  {
    ...closed,
    description: 'exactly one of cidrIpv4, cidrIpv6, prefixListId and referencedGroupId names the other side',
  },
);
export type SecurityGroupRuleSpec = Static<typeof SecurityGroupRuleSpec>;
export const SecurityGroupRuleStatus = Type.Object(
  {
    matchIds: Type.Array(Type.String(), {
      description: 'the shared matches of the rule, kept so that the last user removes them',
    }),
    vpcPeeringConnectionId: Type.Optional(
      Type.String({ description: 'how the VPC of the group is reached that the rule names' }),
    ),
    peerVpcId: Type.Optional(Type.String({ description: 'where that group is, when it is in a peered VPC' })),
  },
  closed,
);
export type SecurityGroupRuleStatus = Static<typeof SecurityGroupRuleStatus>;

const orNull = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

/**
 * One permission of a security group. Its group and direction are fixed, and so is a group or a prefix list that it
 * names: with another one it is another rule.
 */
export const securityGroupRule = defineKind<SecurityGroupRuleSpec, SecurityGroupRuleStatus>({
  name: 'security-group-rule',
  prefix: 'sgr',
  path: 'security-group-rules',
  numbered: true,
  quota: 100_000,
  description: 'One permission of a security group; what no rule allows is dropped.',
  spec: SecurityGroupRuleSpec,
  status: SecurityGroupRuleStatus,
  create: SecurityGroupRuleSpec,
  update: Type.Object(
    {
      protocol: Type.Optional(traffic.protocol),
      fromPort: orNull(traffic.fromPort),
      toPort: orNull(traffic.toPort),
      icmpType: orNull(traffic.icmpType),
      icmpCode: orNull(traffic.icmpCode),
      cidrIpv4: orNull(traffic.cidrIpv4),
      cidrIpv6: orNull(traffic.cidrIpv6),
      description,
    },
    closed,
  ),
  references: (spec, status) => [
    { type: 'of-group', kind: 'security-group', id: spec.groupId },
    ...(spec.referencedGroupId
      ? ([{ type: 'peer-group', kind: 'security-group', id: spec.referencedGroupId }] as const)
      : []),
    ...(spec.prefixListId
      ? ([{ type: 'uses-prefix-list', kind: 'prefix-list', id: spec.prefixListId }] as const)
      : []),
    ...(status.vpcPeeringConnectionId
      ? ([
          { type: 'over-peering', kind: 'vpc-peering-connection', id: status.vpcPeeringConnectionId },
        ] as const)
      : []),
    ...(status.matchIds ?? []).map((id) => ({ type: 'uses-match', kind: 'rule-match', id }) as const),
  ],
});
