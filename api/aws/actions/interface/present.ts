import {
  hasPublicNames,
  internalDomain,
  isLent,
  privateName as nameIn,
  publicName,
  type ResourceOf,
} from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import type {
  GroupIdentifier,
  NetworkInterface,
  NetworkInterfaceAssociation,
  NetworkInterfaceAttachment,
} from '../../model/generated/types.ts';
import { tagList } from '../../tags.ts';
import { relatedId } from '../ids.ts';
import { presentPrefixes } from './prefixes.ts';

/** AWS's name of an address inside a VPC. */
export function privateName({ region }: ActionContext, address: string): string {
  return nameIn(address, internalDomain(region));
}

export function groupsOf({ cloud }: ActionContext, ids: readonly string[]): GroupIdentifier[] {
  return ids.map((id) => ({ GroupId: id, GroupName: cloud.find('security-group', id)?.spec.name ?? '' }));
}

/** The public address of one of the interface's private addresses; absent: of the primary one. */
export function publicAddressOf(
  { cloud }: ActionContext,
  networkInterface: ResourceOf<'network-interface'>,
  privateAddress = networkInterface.spec.privateAddress,
): ResourceOf<'elastic-ip'> | undefined {
  const target = { kind: 'network-interface', id: networkInterface.id } as const;
  const primary = networkInterface.spec.privateAddress;
  for (const one of cloud.referrers('elastic-ip', 'of-interface', target)) {
    if ((one.spec.privateAddress ?? primary) === privateAddress) return one;
  }
  return undefined;
}

/** The public name of an address of an interface; empty where its VPC has none. */
function publicNameOf(
  { cloud, region }: ActionContext,
  { spec }: ResourceOf<'network-interface'>,
  address: string,
): string {
  const vpc = cloud.find('vpc', spec.vpcId);
  return vpc && hasPublicNames(vpc) ? publicName(address, region) : '';
}

/** AWS: what is no elastic IP belongs to `amazon`, and has neither allocation nor association. */
export function associationOf(
  context: ActionContext,
  networkInterface: ResourceOf<'network-interface'>,
  privateAddress?: string,
): NetworkInterfaceAssociation | undefined {
  const one = publicAddressOf(context, networkInterface, privateAddress);
  if (!one) return undefined;
  const { address: PublicIp } = one.spec;
  const PublicDnsName = publicNameOf(context, networkInterface, PublicIp);
  if (isLent(one)) return { IpOwnerId: 'amazon', PublicIp, PublicDnsName };
  return {
    AllocationId: one.id,
    AssociationId: relatedId('eipassoc', one.id),
    IpOwnerId: context.account,
    PublicIp,
    PublicDnsName,
  };
}

/** That of an interface and its instance; an interface has one at a time. */
export const attachmentId = ({ id }: { readonly id: string }) => relatedId('eni-attach', id);

export function attachmentOf(
  { cloud, account }: ActionContext,
  networkInterface: ResourceOf<'network-interface'>,
): NetworkInterfaceAttachment | undefined {
  const { spec } = networkInterface;
  const instance = cloud.find('instance', spec.instanceId);
  if (!instance) return undefined;
  return {
    AttachmentId: attachmentId(networkInterface),
    InstanceId: instance.id,
    InstanceOwnerId: account,
    DeviceIndex: spec.deviceIndex ?? instance.spec.networkInterfaceIds.indexOf(networkInterface.id),
    NetworkCardIndex: 0,
    Status: 'attached',
    AttachTime: instance.createdAt,
    DeleteOnTermination: spec.deleteOnTermination ?? false,
  };
}

export function presentInterface(
  context: ActionContext,
  networkInterface: ResourceOf<'network-interface'>,
): NetworkInterface {
  const { spec } = networkInterface;
  const attachment = attachmentOf(context, networkInterface);
  const association = associationOf(context, networkInterface);
  const subnet = context.cloud.find('subnet', spec.subnetId);
  return {
    NetworkInterfaceId: networkInterface.id,
    InterfaceType: 'interface',
    Status: attachment ? 'in-use' : 'available',
    Attachment: attachment,
    Association: association,
    SubnetId: spec.subnetId,
    VpcId: spec.vpcId,
    AvailabilityZone: subnet && context.zones.nameOf(subnet.spec.zone),
    Description: spec.description ?? '',
    OwnerId: context.account,
    RequesterManaged: false,
    MacAddress: spec.macAddress,
    SourceDestCheck: spec.sourceDestinationCheck ?? true,
    PrivateIpAddress: spec.privateAddress,
    PrivateDnsName: privateName(context, spec.privateAddress),
    PrivateIpAddresses: [
      {
        PrivateIpAddress: spec.privateAddress,
        PrivateDnsName: privateName(context, spec.privateAddress),
        Primary: true,
        Association: association,
      },
      ...(spec.secondaryPrivateAddresses ?? []).map((address) => ({
        PrivateIpAddress: address,
        PrivateDnsName: privateName(context, address),
        Primary: false,
        Association: associationOf(context, networkInterface, address),
      })),
    ],
    Ipv6Addresses: (spec.ipv6Addresses ?? []).map((Ipv6Address) => ({ Ipv6Address })),
    ...presentPrefixes(networkInterface),
    Groups: groupsOf(context, spec.securityGroupIds),
    TagSet: tagList(networkInterface.tags),
  };
}
