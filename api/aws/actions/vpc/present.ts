import type { ResourceOf } from '@weft/controller/resources';
import { type ActionContext, arnOf } from '../../context.ts';
import type { Subnet, Vpc } from '../../model/generated/types.ts';
import { tagList } from '../../tags.ts';
import { defaultOptionsId } from '../dhcp/dhcp-options.ts';
import { subnetIpv6Associations, vpcIpv4Associations, vpcIpv6Associations } from '../ipv6/vpc-blocks.ts';

export function presentVpc(context: ActionContext, vpc: ResourceOf<'vpc'>): Vpc {
  const { spec } = vpc;
  return {
    VpcId: vpc.id,
    State: 'available',
    CidrBlock: spec.cidrBlock,
    CidrBlockAssociationSet: vpcIpv4Associations(vpc),
    Ipv6CidrBlockAssociationSet: vpcIpv6Associations(vpc),
    DhcpOptionsId: spec.dhcpOptionsId ?? defaultOptionsId(context),
    InstanceTenancy: spec.instanceTenancy ?? 'default',
    IsDefault: spec.isDefault ?? false,
    OwnerId: context.account,
    Tags: tagList(vpc.tags),
  };
}

export function presentSubnet(context: ActionContext, subnet: ResourceOf<'subnet'>): Subnet {
  const { spec } = subnet;
  return {
    SubnetId: subnet.id,
    SubnetArn: arnOf(context, 'subnet', subnet.id),
    VpcId: spec.vpcId,
    OwnerId: context.account,
    State: 'available',
    CidrBlock: spec.cidrBlock,
    Ipv6CidrBlockAssociationSet: subnetIpv6Associations(subnet),
    AvailableIpAddressCount: context.cloud.freeAddresses(subnet),
    AvailabilityZone: context.zones.nameOf(spec.zone),
    AvailabilityZoneId: context.zones.idOf(spec.zone),
    DefaultForAz: spec.defaultForZone ?? false,
    MapPublicIpOnLaunch: spec.mapPublicIpOnLaunch ?? false,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: spec.assignIpv6Address ?? false,
    EnableDns64: false,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    Tags: tagList(subnet.tags),
  };
}
