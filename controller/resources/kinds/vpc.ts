import Type, { type Static } from 'typebox';
import { closed, Ipv4Cidr, onlyTags } from './common.ts';
import { defineKind } from './define.ts';

const cidrBlock = Ipv4Cidr;
export const VpcSpec = Type.Object(
  {
    cidrBlock,
    defaultSecurityGroupId: Type.String({ description: 'made with the VPC, used where no group is named' }),
    mainRouteTableId: Type.String({
      description: 'made with the VPC, used by subnets without one of their own',
    }),
  },
  closed,
);
export type VpcSpec = Static<typeof VpcSpec>;

/** A private network with its own address space; two VPCs may use the same addresses. */
export const vpc = defineKind<VpcSpec, Record<string, never>>({
  name: 'vpc',
  prefix: 'vpc',
  path: 'vpcs',
  numbered: true,
  description: 'A private network with an address space of its own.',
  spec: VpcSpec,
  create: Type.Object({ cidrBlock }, closed),
  update: onlyTags,
  references: () => [],
});
