import Type, { type Static } from 'typebox';
import { closed, Id, traffic } from './common.ts';
import { defineKind } from './define.ts';

const vpcId = Id('vpc');
export const NetworkAclEntry = Type.Object(
  {
    number: Type.Integer({
      minimum: 1,
      maximum: 32766,
      description: 'the lowest number that matches decides',
    }),
    direction: Type.Union([Type.Literal('ingress'), Type.Literal('egress')]),
    action: Type.Union([Type.Literal('allow'), Type.Literal('deny')]),
    ...traffic,
  },
  {
    ...closed,
    description:
      'one of cidrIpv4 and cidrIpv6: for ingress where packets come from, for egress where they go',
  },
);
export type NetworkAclEntry = Static<typeof NetworkAclEntry>;

/** AWS's largest quota of rules of a network ACL and direction. */
export const networkAclEntriesPerDirection = 40;
const entries = Type.Array(NetworkAclEntry, {
  maxItems: 2 * networkAclEntriesPerDirection,
  description: 'at most 40 for each direction; what no entry matches is denied',
});
export const NetworkAclSpec = Type.Object({ vpcId, entries }, closed);
export type NetworkAclSpec = Static<typeof NetworkAclSpec>;

/** Numbered, stateless entries that judge each packet which enters or leaves a subnet. */
export const networkAcl = defineKind<NetworkAclSpec, Record<string, never>>({
  name: 'network-acl',
  prefix: 'acl',
  path: 'network-acls',
  numbered: true,
  description: 'Stateless rules for packets that enter or leave a subnet.',
  spec: NetworkAclSpec,
  create: Type.Object({ vpcId, entries: Type.Optional(entries) }, closed),
  update: Type.Object({ entries: Type.Optional(entries) }, closed),
  references: (spec) => [{ type: 'in-vpc', kind: 'vpc', id: spec.vpcId }],
});
