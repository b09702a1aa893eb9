import { define } from '../../define.ts';
import { describe } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import { tagsFor } from '../../tags.ts';
import { associationOf, attachmentOf, groupsOf, presentInterface } from './present.ts';

/** Both ways in which addresses are given; in the list, one may be marked as the primary one. */
function privateAddresses(
  primary: string | undefined,
  list: readonly { readonly PrivateIpAddress?: string | undefined; readonly Primary?: boolean | undefined }[],
): { primary: string | undefined; secondary: string[] } {
  const marked = list.find(({ Primary }) => Primary)?.PrivateIpAddress;
  const chosen = primary ?? marked ?? (list.length === 1 ? list[0]?.PrivateIpAddress : undefined);
  const others = list.flatMap(({ PrivateIpAddress: address }) => address ?? []);
  return { primary: chosen, secondary: others.filter((address) => address !== chosen) };
}

export const createNetworkInterface = define({
  action: 'CreateNetworkInterface',
  supports: [
    'SubnetId',
    'Description',
    'Groups',
    'PrivateIpAddress',
    'PrivateIpAddresses',
    'SecondaryPrivateIpAddressCount',
    'Ipv6Addresses',
    'Ipv6AddressCount',
    'TagSpecifications',
  ],
  only: { InterfaceType: ['interface'] },
  refusals: { 'quota-exceeded': 'NetworkInterfaceLimitExceeded' },
  async handle(context, input) {
    const { cloud } = context;
    const { PrivateIpAddresses: addresses = [] } = input;
    cloud.require('subnet', input.SubnetId);
    for (const id of input.Groups ?? []) cloud.require('security-group', id);
    const { primary, secondary } = privateAddresses(input.PrivateIpAddress, addresses);
    const count = input.SecondaryPrivateIpAddressCount;
    const spec = {
      subnetId: input.SubnetId,
      ...(input.Groups?.length ? { securityGroupIds: [...new Set(input.Groups)] } : {}),
      ...(input.Description === undefined ? {} : { description: input.Description }),
      ...(input.Ipv6Addresses?.length
        ? { ipv6Addresses: input.Ipv6Addresses.map(({ Ipv6Address: text = '' }) => text.toLowerCase()) }
        : {}),
      ...(input.Ipv6AddressCount === undefined ? {} : { ipv6AddressCount: input.Ipv6AddressCount }),
      ...(primary === undefined ? {} : { privateAddress: primary }),
      ...(secondary.length === 0 ? {} : { secondaryPrivateAddresses: secondary }),
      ...(count === undefined ? {} : { secondaryPrivateAddressCount: count }),
    };
    const tags = tagsFor('network-interface', input.TagSpecifications);
    const created = await cloud.create('network-interface', { spec, tags });
    return { NetworkInterface: presentInterface(context, created), ClientToken: input.ClientToken };
  },
});

export const describeNetworkInterfaces = describe({
  action: 'DescribeNetworkInterfaces',
  kind: 'network-interface',
  ids: 'NetworkInterfaceIds',
  result: 'NetworkInterfaces',
  filters: {
    'network-interface-id': ({ id }) => id,
    'subnet-id': ({ spec }) => spec.subnetId,
    'vpc-id': ({ spec }) => spec.vpcId,
    'group-id': ({ spec }) => spec.securityGroupIds,
    'group-name': ({ spec }, context) =>
      groupsOf(context, spec.securityGroupIds).map((group) => group.GroupName),
    'mac-address': ({ spec }) => spec.macAddress,
    'owner-id': ({ account }) => account,
    'private-ip-address': ({ spec }) => spec.privateAddress,
    'addresses.private-ip-address': ({ spec }) => [
      spec.privateAddress,
      ...(spec.secondaryPrivateAddresses ?? []),
    ],
    'ipv6-addresses.ipv6-address': ({ spec }) => spec.ipv6Addresses,
    'addresses.primary': () => true,
    'addresses.association.public-ip': (port, context) => associationOf(context, port)?.PublicIp,
    'association.public-ip': (port, context) => associationOf(context, port)?.PublicIp,
    'association.allocation-id': (port, context) => associationOf(context, port)?.AllocationId,
    'association.association-id': (port, context) => associationOf(context, port)?.AssociationId,
    'attachment.instance-id': ({ spec }) => spec.instanceId,
    'attachment.attachment-id': (port, context) => attachmentOf(context, port)?.AttachmentId,
    'attachment.device-index': (port, context) => attachmentOf(context, port)?.DeviceIndex,
    'attachment.status': (port, context) => attachmentOf(context, port)?.Status,
    'attachment.delete-on-termination': (port, context) => attachmentOf(context, port)?.DeleteOnTermination,
    'availability-zone': ({ spec }, { cloud, zones }) => {
      const subnet = cloud.find('subnet', spec.subnetId);
      return subnet && zones.nameOf(subnet.spec.zone);
    },
    description: ({ spec }) => spec.description ?? '',
    'interface-type': () => 'interface',
    'requester-managed': () => false,
    'source-dest-check': ({ spec }) => spec.sourceDestinationCheck ?? true,
    status: (port, context) => (attachmentOf(context, port) ? 'in-use' : 'available'),
  },
  indexed: [
    { filter: 'subnet-id', type: 'in-subnet', target: 'subnet' },
    { filter: 'group-id', type: 'in-group', target: 'security-group' },
    { filter: 'attachment.instance-id', type: 'of-instance', target: 'instance' },
    { filter: 'vpc-id', type: 'in-vpc', target: 'vpc' },
  ],
  present: presentInterface,
});

export const deleteNetworkInterface = define({
  action: 'DeleteNetworkInterface',
  supports: ['NetworkInterfaceId'],
  refusals: { 'in-use': 'InvalidParameterValue' },
  async handle({ cloud }, { NetworkInterfaceId: id }) {
    cloud.require('network-interface', id);
    await cloud.remove('network-interface', id);
    return undefined;
  },
});

export const describeNetworkInterfaceAttribute = define({
  action: 'DescribeNetworkInterfaceAttribute',
  supports: ['NetworkInterfaceId', 'Attribute'],
  handle(context, { NetworkInterfaceId: id, Attribute: attribute }) {
    const port = context.cloud.require('network-interface', id);
    switch (attribute) {
      case 'description':
        return { NetworkInterfaceId: id, Description: { Value: port.spec.description ?? '' } };
      case 'groupSet':
        return { NetworkInterfaceId: id, Groups: groupsOf(context, port.spec.securityGroupIds) };
      case 'sourceDestCheck':
        return {
          NetworkInterfaceId: id,
          SourceDestCheck: { Value: port.spec.sourceDestinationCheck ?? true },
        };
      case 'attachment':
        return { NetworkInterfaceId: id, Attachment: attachmentOf(context, port) };
      default:
        throw new AwsError('MissingParameter', 'The request must contain the parameter attribute');
    }
  },
});

export const modifyNetworkInterfaceAttribute = define({
  action: 'ModifyNetworkInterfaceAttribute',
  supports: ['NetworkInterfaceId', 'Description', 'Groups', 'SourceDestCheck'],
  async handle({ cloud }, { NetworkInterfaceId: id, Description: description, Groups: groups, ...others }) {
    cloud.require('network-interface', id);
    for (const group of groups ?? []) cloud.require('security-group', group);
    const check = others.SourceDestCheck?.Value;
    const given = [description?.Value, groups, check].filter((each) => each !== undefined);
    if (given.length !== 1) throw new AwsError('InvalidParameterCombination', 'Give one attribute a request');
    const spec = {
      ...(description?.Value === undefined ? {} : { description: description.Value }),
      ...(groups === undefined ? {} : { securityGroupIds: [...new Set(groups)] }),
      ...(check === undefined ? {} : { sourceDestinationCheck: check }),
    };
    await cloud.update('network-interface', id, { spec });
    return undefined;
  },
});
