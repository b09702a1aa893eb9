import Type, { type Static } from 'typebox';
import { auto, closed, Id, Ipv4Cidr, Ipv6Cidr, Name } from './common.ts';
import { defineKind } from './define.ts';

const vpcId = Id('vpc');
const routeTableId = Id('rtb');
const mapPublicIpOnLaunch = Type.Optional(
  Type.Boolean({ description: 'instances started here get a public address; absent: false' }),
);
const networkAclId = Id('acl');
const ipv6CidrBlock = Type.Union([Ipv6Cidr, auto], {
  description: "a /64 of the VPC's IPv6 block; auto: the lowest free one",
});
const assignIpv6Address = Type.Optional(
  Type.Boolean({ description: 'new interfaces get an IPv6 address without asking; needs ipv6CidrBlock' }),
);
export const SubnetSpec = Type.Object(
  {
    vpcId,
    cidrBlock: Ipv4Cidr,
    ipv6CidrBlock: Type.Optional(Ipv6Cidr),
    assignIpv6Address,
    zone: Type.String({ description: 'availability zone; its instances run on hosts of this zone' }),
    routeTableId: Type.Optional(routeTableId),
    mapPublicIpOnLaunch,
    defaultForZone: Type.Optional(Type.Boolean({ description: 'the default subnet of its zone' })),
    networkAclId: Type.Optional(networkAclId),
  },
  closed,
);
export type SubnetSpec = Static<typeof SubnetSpec>;

/** A range of the VPC's addresses in one zone. Its first four addresses and its last one are reserved, as in AWS. */
export const subnet = defineKind<SubnetSpec, Record<string, never>>({
  name: 'subnet',
  prefix: 'subnet',
  path: 'subnets',
  numbered: true,
  quota: 1000,
  description: "A range of a VPC's addresses in one zone.",
  spec: SubnetSpec,
  create: Type.Object(
    {
      vpcId,
      cidrBlock: Ipv4Cidr,
      ipv6CidrBlock: Type.Optional(ipv6CidrBlock),
      assignIpv6Address,
      zone: Type.Optional(Name),
      routeTableId: Type.Optional(routeTableId),
      mapPublicIpOnLaunch,
      networkAclId: Type.Optional(networkAclId),
    },
    closed,
  ),
  update: Type.Object(
    {
      ipv6CidrBlock: Type.Optional(Type.Union([ipv6CidrBlock, Type.Null()])),
      assignIpv6Address,
      routeTableId: Type.Optional(Type.Union([routeTableId, Type.Null()])),
      networkAclId: Type.Optional(Type.Union([networkAclId, Type.Null()])),
      mapPublicIpOnLaunch,
    },
    closed,
  ),
  references: (spec) => [
    { type: 'in-vpc', kind: 'vpc', id: spec.vpcId },
    ...(spec.routeTableId
      ? ([{ type: 'uses-route-table', kind: 'route-table', id: spec.routeTableId }] as const)
      : []),
    ...(spec.networkAclId
      ? ([{ type: 'uses-network-acl', kind: 'network-acl', id: spec.networkAclId }] as const)
      : []),
  ],
});
