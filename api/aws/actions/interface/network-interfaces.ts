import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { describe } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import type { NetworkInterfaceAttachmentChanges } from '../../model/generated/types.ts';
import { tagsFor } from '../../tags.ts';
import { attachedInterface } from './attachments.ts';
import { prefixRefusals } from './prefixes.ts';
import { associationOf, attachmentOf, groupsOf, presentInterface } from './present.ts';
import { interfaceSpec } from './spec.ts';

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
    'Ipv4Prefixes',
    'Ipv4PrefixCount',
    'Ipv6Prefixes',
    'Ipv6PrefixCount',
    'TagSpecifications',
  ],
  only: { InterfaceType: ['interface'] },
  refusals: { ...prefixRefusals, 'quota-exceeded': 'NetworkInterfaceLimitExceeded' },
  async handle(context, input) {
    const spec = interfaceSpec(context, input, input.SubnetId);
    const tags = tagsFor('network-interface', input.TagSpecifications);
    const created = await context.cloud.create('network-interface', { spec, tags });
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
    'association.public-dns-name': (port, context) => associationOf(context, port)?.PublicDnsName,
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
  indexed: {
    'network-interface-id': ['id'],
    'subnet-id': ['spec.subnetId'],
    'group-id': ['spec.securityGroupIds'],
    'attachment.instance-id': ['spec.instanceId'],
    'vpc-id': ['spec.vpcId'],
    'mac-address': ['spec.macAddress'],
    'private-ip-address': ['spec.privateAddress'],
    'addresses.private-ip-address': ['spec.privateAddress', 'spec.secondaryPrivateAddresses'],
    'ipv6-addresses.ipv6-address': ['spec.ipv6Addresses'],
  },
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

/** @throws AwsError when the attachment is another one's */
function attachmentChange(
  context: ActionContext,
  interfaceId: string,
  { AttachmentId: id, DeleteOnTermination: deleteOnTermination }: NetworkInterfaceAttachmentChanges,
) {
  if (id === undefined || deleteOnTermination === undefined) {
    throw new AwsError(
      'MissingParameter',
      'The request must contain the parameters attachmentId and deleteOnTermination',
    );
  }
  const port = attachedInterface(context, id);
  if (port.id === interfaceId) return { deleteOnTermination };
  throw new AwsError('InvalidParameterCombination', `The attachment '${id}' is not that of ${interfaceId}`);
}

export const modifyNetworkInterfaceAttribute = define({
  action: 'ModifyNetworkInterfaceAttribute',
  supports: [
    'NetworkInterfaceId',
    'Description',
    'Groups',
    'SourceDestCheck',
    'Attachment',
    'AssociatePublicIpAddress',
  ],
  refusals: { 'no-free-address': 'InsufficientAddressCapacity' },
  async handle(context, { NetworkInterfaceId: id, Description: description, Groups: groups, ...others }) {
    const { cloud } = context;
    cloud.require('network-interface', id);
    for (const group of groups ?? []) cloud.require('security-group', group);
    const check = others.SourceDestCheck?.Value;
    const attachment = others.Attachment;
    const isPublic = others.AssociatePublicIpAddress;
    const given = [description?.Value, groups, check, attachment, isPublic].filter(
      (each) => each !== undefined,
    );
    if (given.length !== 1) throw new AwsError('InvalidParameterCombination', 'Give one attribute a request');
    const spec = {
      ...(description?.Value === undefined ? {} : { description: description.Value }),
      ...(groups === undefined ? {} : { securityGroupIds: [...new Set(groups)] }),
      ...(check === undefined ? {} : { sourceDestinationCheck: check }),
      ...(attachment ? attachmentChange(context, id, attachment) : {}),
      ...(isPublic === undefined ? {} : { associatePublicAddress: isPublic }),
    };
    await cloud.update('network-interface', id, { spec });
    return undefined;
  },
});

export const resetNetworkInterfaceAttribute = define({
  action: 'ResetNetworkInterfaceAttribute',
  supports: ['NetworkInterfaceId', 'SourceDestCheck'],
  note: 'the source and destination check is made again',
  async handle({ cloud }, { NetworkInterfaceId: id, SourceDestCheck: attribute }) {
    cloud.require('network-interface', id);
    if (attribute === undefined) {
      throw new AwsError('MissingParameter', 'The request must contain the parameter sourceDestCheck');
    }
    await cloud.update('network-interface', id, { spec: { sourceDestinationCheck: true } });
    return undefined;
  },
});
