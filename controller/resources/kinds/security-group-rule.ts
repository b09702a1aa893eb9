import Type, { type Static } from 'typebox';
import { closed, Id, Ipv4Cidr, onlyTags } from './common.ts';
import { defineKind } from './define.ts';

const port = Type.Integer({ minimum: 0, maximum: 65535 });
export const SecurityGroupRuleSpec = Type.Object(
  {
    groupId: Id('sg'),
    direction: Type.Union([Type.Literal('ingress'), Type.Literal('egress')]),
    protocol: Type.Union(
      [
        Type.Literal('all'),
        Type.Literal('tcp'),
        Type.Literal('udp'),
        Type.Literal('icmp'),
        Type.Integer({ minimum: 0, maximum: 255 }),
      ],
      { description: 'name, or IANA protocol number; all means every protocol and takes no ports' },
    ),
    fromPort: Type.Optional(port),
    toPort: Type.Optional(port),
    icmpType: Type.Optional(Type.Integer({ minimum: -1, maximum: 255, description: '-1 or absent: any' })),
    icmpCode: Type.Optional(Type.Integer({ minimum: -1, maximum: 255, description: '-1 or absent: any' })),
    cidrIpv4: Type.Optional(Ipv4Cidr),
    referencedGroupId: Type.Optional(Id('sg')),
    description: Type.Optional(Type.String({ maxLength: 255 })),
  },
  { ...closed, description: 'exactly one of cidrIpv4 and referencedGroupId names the other side' },
);
export type SecurityGroupRuleSpec = Static<typeof SecurityGroupRuleSpec>;
export const SecurityGroupRuleStatus = Type.Object(
  { matchIds: Type.Array(Type.String()) },
  { ...closed, description: 'the shared matches of the rule, kept so that the last user removes them' },
);
export type SecurityGroupRuleStatus = Static<typeof SecurityGroupRuleStatus>;

/** One permission of a security group. Immutable: a changed rule is a new rule. */
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
  update: onlyTags,
  references: (spec, status) => [
    { type: 'of-group', kind: 'security-group', id: spec.groupId },
    ...(spec.referencedGroupId
      ? ([{ type: 'peer-group', kind: 'security-group', id: spec.referencedGroupId }] as const)
      : []),
    ...(status.matchIds ?? []).map((id) => ({ type: 'uses-match', kind: 'rule-match', id }) as const),
  ],
});
