import { ipv4BlocksOf } from '@weft/controller/resources';
import { describe } from '../../describe.ts';
import { defaultOptionsId } from '../dhcp/dhcp-options.ts';
import { vpcIpv4Associations, vpcIpv6Associations } from '../ipv6/vpc-blocks.ts';
import { presentVpc } from './present.ts';

export const describeVpcs = describe({
  action: 'DescribeVpcs',
  kind: 'vpc',
  ids: 'VpcIds',
  result: 'Vpcs',
  filters: {
    'vpc-id': ({ id }) => id,
    cidr: ({ spec }) => spec.cidrBlock,
    cidrBlock: ({ spec }) => spec.cidrBlock,
    'cidr-block': ({ spec }) => spec.cidrBlock,
    'cidr-block-association.cidr-block': (vpc) => ipv4BlocksOf(vpc),
    'cidr-block-association.association-id': (vpc) =>
      vpcIpv4Associations(vpc).map(({ AssociationId }) => AssociationId),
    'cidr-block-association.state': () => 'associated',
    'dhcp-options-id': ({ spec }, context) => spec.dhcpOptionsId ?? defaultOptionsId(context),
    isDefault: ({ spec }) => spec.isDefault ?? false,
    'is-default': ({ spec }) => spec.isDefault ?? false,
    'ipv6-cidr-block-association.ipv6-cidr-block': ({ spec }) => spec.ipv6CidrBlock,
    'ipv6-cidr-block-association.association-id': (vpc) =>
      vpcIpv6Associations(vpc).map(({ AssociationId }) => AssociationId),
    'ipv6-cidr-block-association.state': ({ spec }) => spec.ipv6CidrBlock && 'associated',
    'owner-id': ({ account }) => account,
    state: () => 'available',
  },
  present: presentVpc,
});
