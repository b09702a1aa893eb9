import { arnOf } from '../../context.ts';
import { describe } from '../../describe.ts';
import { subnetIpv6Associations } from '../ipv6/vpc-blocks.ts';
import { presentSubnet } from './present.ts';

export const describeSubnets = describe({
  action: 'DescribeSubnets',
  kind: 'subnet',
  ids: 'SubnetIds',
  result: 'Subnets',
  filters: {
    'subnet-id': ({ id }) => id,
    'subnet-arn': ({ id }, context) => arnOf(context, 'subnet', id),
    'vpc-id': ({ spec }) => spec.vpcId,
    cidr: ({ spec }) => spec.cidrBlock,
    cidrBlock: ({ spec }) => spec.cidrBlock,
    'cidr-block': ({ spec }) => spec.cidrBlock,
    'availability-zone': ({ spec }, { zones }) => zones.nameOf(spec.zone),
    availabilityZone: ({ spec }, { zones }) => zones.nameOf(spec.zone),
    'availability-zone-id': ({ spec }, { zones }) => zones.idOf(spec.zone),
    availabilityZoneId: ({ spec }, { zones }) => zones.idOf(spec.zone),
    'available-ip-address-count': (subnet, { cloud }) => cloud.freeAddresses(subnet),
    'default-for-az': ({ spec }) => spec.defaultForZone ?? false,
    defaultForAz: ({ spec }) => spec.defaultForZone ?? false,
    'map-public-ip-on-launch': ({ spec }) => spec.mapPublicIpOnLaunch ?? false,
    'ipv6-cidr-block-association.ipv6-cidr-block': ({ spec }) => spec.ipv6CidrBlock,
    'ipv6-cidr-block-association.association-id': (subnet) =>
      subnetIpv6Associations(subnet).map(({ AssociationId }) => AssociationId),
    'ipv6-cidr-block-association.state': ({ spec }) => spec.ipv6CidrBlock && 'associated',
    'ipv6-native': () => false,
    'owner-id': ({ account }) => account,
    state: () => 'available',
  },
  indexed: { 'subnet-id': ['id'], 'vpc-id': ['spec.vpcId'] },
  present: presentSubnet,
});
