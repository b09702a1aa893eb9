import Type, { type Static } from 'typebox';
import { auto, closed, Id, Ipv4Cidr, Ipv6Cidr } from './common.ts';
import { defineKind } from './define.ts';

const cidrBlock = Ipv4Cidr;
const secondaryCidrBlocks = Type.Array(Ipv4Cidr, {
  maxItems: 4,
  uniqueItems: true,
  description: 'further IPv4 blocks; all of them, in place of those that are there',
});
const mainRouteTableId = Id('rtb');
const ipv6CidrBlock = Type.Union([Ipv6Cidr, auto], {
  description: 'a /56; auto: a free one of an external network with IPv6',
});
const attributes = {
  enableDnsSupport: Type.Optional(
    Type.Boolean({ description: 'the VPC answers DNS at its base address + 2; absent: true' }),
  ),
  enableDnsHostnames: Type.Optional(
    Type.Boolean({ description: 'instances get public DNS names; absent: false' }),
  ),
  enableNetworkAddressUsageMetrics: Type.Optional(Type.Boolean({ description: 'a label; absent: false' })),
  instanceTenancy: Type.Optional(
    Type.Union([Type.Literal('default'), Type.Literal('dedicated')], {
      description: 'a label; absent: default',
    }),
  ),
};
const dhcpOptionsId = Id('dopt');
export const VpcSpec = Type.Object(
  {
    cidrBlock,
    secondaryCidrBlocks: Type.Optional(secondaryCidrBlocks),
    ipv6CidrBlock: Type.Optional(Ipv6Cidr),
    defaultSecurityGroupId: Type.String({ description: 'made with the VPC, used where no group is named' }),
    mainRouteTableId: Type.String({
      description: 'used by subnets without one of their own; one is made with the VPC',
    }),
    isDefault: Type.Optional(Type.Boolean({ description: 'the default VPC of its account and region' })),
    ...attributes,
    dhcpOptionsId: Type.Optional(dhcpOptionsId),
    defaultNetworkAclId: Type.String({
      description: 'made with the VPC, allows everything, used by subnets without one of their own',
    }),
  },
  closed,
);
export type VpcSpec = Static<typeof VpcSpec>;

/** The IPv4 blocks of a VPC, the primary one first. */
export const ipv4BlocksOf = ({ spec }: { readonly spec: VpcSpec }): readonly string[] => [
  spec.cidrBlock,
  ...(spec.secondaryCidrBlocks ?? []),
];
/** All blocks of a VPC: those of IPv4, and that of IPv6 if it has one. */
export const blocksOf = (vpc: { readonly spec: VpcSpec }): readonly string[] => {
  const { ipv6CidrBlock } = vpc.spec;
  return ipv6CidrBlock === undefined ? ipv4BlocksOf(vpc) : [...ipv4BlocksOf(vpc), ipv6CidrBlock];
};

/** A private network with its own address space; two VPCs may use the same addresses. */
export const vpc = defineKind<VpcSpec, Record<string, never>>({
  name: 'vpc',
  prefix: 'vpc',
  path: 'vpcs',
  numbered: true,
  quota: 5,
  description: 'A private network with an address space of its own.',
  spec: VpcSpec,
  create: Type.Object(
    {
      cidrBlock,
      secondaryCidrBlocks: Type.Optional(secondaryCidrBlocks),
      ipv6CidrBlock: Type.Optional(ipv6CidrBlock),
      dhcpOptionsId: Type.Optional(dhcpOptionsId),
      ...attributes,
      defaultSecurityGroupRules: Type.Optional(
        Type.Boolean({ description: 'false: its default security group begins without rules; absent: true' }),
      ),
    },
    closed,
  ),
  update: Type.Object(
    {
      secondaryCidrBlocks: Type.Optional(secondaryCidrBlocks),
      ipv6CidrBlock: Type.Optional(Type.Union([ipv6CidrBlock, Type.Null()])),
      dhcpOptionsId: Type.Optional(
        Type.Union([dhcpOptionsId, Type.Null()], { description: 'null: the default of the region' }),
      ),
      ...attributes,
      mainRouteTableId: Type.Optional(mainRouteTableId),
    },
    closed,
  ),
  references: ({ dhcpOptionsId: id }) =>
    id ? [{ type: 'uses-dhcp-options', kind: 'dhcp-options', id }] : [],
});
