import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import type { RunInstancesRequest } from '../../model/generated/types.ts';
import { type TagMap, tagsFor } from '../../tags.ts';
import { relatedId } from '../ids.ts';
import { prefixRefusals } from '../interface/prefixes.ts';
import { metadataSpecOf, presentInstance } from './present.ts';
import { checkedUserData } from './user-data.ts';
import { launch, type WantedInterface, wantedInterfaces } from './wanted-interfaces.ts';

/** Instances of one request: a lab needs tens, and each is a namespace with programs. */
const mostAtOnce = 100;

/** Tags of volumes are for all that an instance has: here, none. */
const taggedTypes: readonly string[] = ['instance', 'network-interface', 'volume'];

/** What one instance is made of. */
interface Plan {
  readonly spec: Record<string, unknown>;
  readonly tags: TagMap;
  readonly interfaces: readonly WantedInterface[];
  readonly interfaceTags: TagMap;
}

function planOf(context: ActionContext, input: RunInstancesRequest): Plan {
  const specifications = input.TagSpecifications ?? [];
  const ofType = (type: string) => specifications.filter(({ ResourceType }) => ResourceType === type);
  const unknown = specifications.find(({ ResourceType = '' }) => !taggedTypes.includes(ResourceType));
  if (unknown) {
    throw new AwsError('UnsupportedOperation', `Nothing of type ${unknown.ResourceType} is made here`);
  }
  const { ImageId: imageId, InstanceType: instanceType, UserData: userData } = input;
  return {
    spec: {
      ...(imageId === undefined ? {} : { imageId }),
      ...(instanceType === undefined ? {} : { instanceType }),
      ...(userData === undefined ? {} : { userData: checkedUserData(userData) }),
      ...metadataSpecOf(input.MetadataOptions ?? {}),
    },
    tags: tagsFor('instance', ofType('instance')),
    interfaces: wantedInterfaces(context, input),
    interfaceTags: tagsFor('network-interface', ofType('network-interface')),
  };
}

/** Interfaces and addresses that are named are for one instance. */
function requireOne({ interfaces }: Plan): void {
  const isOnes = interfaces.some(
    ({ source }) =>
      'id' in source ||
      ['privateAddress', 'secondaryPrivateAddresses', 'ipv6Addresses'].some((field) => field in source.spec),
  );
  if (!isOnes) return;
  throw new AwsError(
    'InvalidParameterCombination',
    'An interface or address can be given to one instance only',
  );
}

export const runInstances = define({
  action: 'RunInstances',
  supports: [
    'ImageId',
    'InstanceType',
    'MinCount',
    'MaxCount',
    'SubnetId',
    'SecurityGroupIds',
    'SecurityGroups',
    'PrivateIpAddress',
    'Placement.AvailabilityZone',
    'UserData',
    'NetworkInterfaces.DeviceIndex',
    'NetworkInterfaces.NetworkInterfaceId',
    'NetworkInterfaces.Ipv4Prefixes',
    'NetworkInterfaces.Ipv4PrefixCount',
    'NetworkInterfaces.Ipv6Prefixes',
    'NetworkInterfaces.Ipv6PrefixCount',
    'NetworkInterfaces.DeleteOnTermination',
    'NetworkInterfaces.Description',
    'NetworkInterfaces.SubnetId',
    'NetworkInterfaces.Groups',
    'NetworkInterfaces.PrivateIpAddress',
    'NetworkInterfaces.PrivateIpAddresses',
    'NetworkInterfaces.SecondaryPrivateIpAddressCount',
    'NetworkInterfaces.Ipv6Addresses',
    'NetworkInterfaces.Ipv6AddressCount',
    'NetworkInterfaces.AssociatePublicIpAddress',
    'TagSpecifications',
    'MetadataOptions.HttpPutResponseHopLimit',
    'MetadataOptions.HttpProtocolIpv6',
  ],
  only: {
    'MetadataOptions.HttpTokens': ['required'],
    'MetadataOptions.HttpEndpoint': ['enabled'],
    'Placement.Tenancy': ['default'],
    'Monitoring.Enabled': ['false'],
    EbsOptimized: ['false'],
    DisableApiTermination: ['false'],
    DisableApiStop: ['false'],
    InstanceInitiatedShutdownBehavior: ['stop'],
    'HibernationOptions.Configured': ['false'],
    'CreditSpecification.CpuCredits': ['standard', 'unlimited'],
    'NetworkInterfaces.NetworkCardIndex': ['0'],
    Ipv6AddressCount: ['0'],
  },
  refusals: {
    ...prefixRefusals,
    'quota-exceeded': 'InstanceLimitExceeded',
    'no-free-address spec.associatePublicAddress': 'InsufficientAddressCapacity',
    'in-use': 'InvalidNetworkInterface.InUse',
    'wrong-state': 'AttachmentLimitExceeded',
    'invalid-value spec.instanceId': 'InvalidParameterCombination',
  },
  note: 'the compute driver of a host of the zone starts it; image and type are labels, and there are no volumes and CPU credits',
  async handle(context, input) {
    const { MinCount: least, MaxCount: most } = input;
    if (least < 1 || most < least || most > mostAtOnce) {
      throw new AwsError(
        'InvalidParameterValue',
        `MinCount and MaxCount must be from 1 to ${mostAtOnce}, in this order`,
      );
    }
    const plan = planOf(context, input);
    if (most > 1) requireOne(plan);
    const ids = await context.cloud.transaction((batch) =>
      Array.from({ length: most }, () => launch(batch, plan.interfaces, plan, plan.interfaceTags)),
    );
    return {
      ReservationId: relatedId('r', ids[0] ?? ''),
      OwnerId: context.account,
      Groups: [],
      Instances: ids.map((id) => presentInstance(context, context.cloud.require('instance', id))),
    };
  },
});
