import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { filtered } from '../../describe.ts';
import { type FilterTable, matcher } from '../../filters.ts';
import type { Image, InstanceTypeInfo } from '../../model/generated/types.ts';
import { pageOf } from '../../pages.ts';
import { defaultType } from './present.ts';

/** Types are labels: any name can be asked for, and these are listed. */
const listedTypes = [defaultType, 't2.micro', 't3.micro', 't3.small', 'm5.large'];

const typeInfo = (name: string): InstanceTypeInfo => ({
  InstanceType: name,
  CurrentGeneration: true,
  FreeTierEligible: false,
  BareMetal: false,
  BurstablePerformanceSupported: false,
  SupportedUsageClasses: ['on-demand'],
  SupportedRootDeviceTypes: ['ebs'],
  SupportedVirtualizationTypes: ['hvm'],
  ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
  VCpuInfo: { DefaultVCpus: 1, DefaultCores: 1, DefaultThreadsPerCore: 1 },
  MemoryInfo: { SizeInMiB: 512 },
  InstanceStorageSupported: false,
  NetworkInfo: {
    MaximumNetworkInterfaces: 8,
    MaximumNetworkCards: 1,
    DefaultNetworkCardIndex: 0,
    Ipv4AddressesPerInterface: 1,
    Ipv6AddressesPerInterface: 0,
    Ipv6Supported: false,
    EnaSupport: 'unsupported',
    EfaSupported: false,
  },
  HibernationSupported: false,
  AutoRecoverySupported: false,
  DedicatedHostsSupported: false,
});

const typeFilters: FilterTable<InstanceTypeInfo, ActionContext> = {
  'instance-type': ({ InstanceType }) => InstanceType,
  'current-generation': ({ CurrentGeneration }) => CurrentGeneration,
  'bare-metal': ({ BareMetal }) => BareMetal,
  'processor-info.supported-architecture': () => 'x86_64',
  'supported-usage-class': () => 'on-demand',
};

export const describeInstanceTypes = define({
  action: 'DescribeInstanceTypes',
  supports: ['InstanceTypes', 'Filters', 'MaxResults', 'NextToken'],
  note: 'types are labels; any name is known',
  handle(context, input) {
    const names = input.InstanceTypes?.length ? [...new Set(input.InstanceTypes)] : listedTypes;
    const { items, nextToken } = pageOf(
      filtered(names.map(typeInfo), matcher(input.Filters, typeFilters, undefined, context)),
      ({ InstanceType = '' }) => InstanceType,
      input,
      'DescribeInstanceTypes',
    );
    return { InstanceTypes: items, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
  },
});

/** The image that there is: what the compute driver starts. */
const image: Image = {
  ImageId: 'ami-00000000',
  Name: 'weft-netns',
  Description: 'a network namespace',
  ImageType: 'machine',
  State: 'available',
  Public: true,
  OwnerId: '000000000000',
  ImageOwnerAlias: 'amazon',
  ImageLocation: 'amazon/weft-netns',
  Architecture: 'x86_64',
  VirtualizationType: 'hvm',
  Hypervisor: 'xen',
  RootDeviceType: 'ebs',
  RootDeviceName: '/dev/xvda',
  CreationDate: '2025-01-01T00:00:00.000Z',
  BlockDeviceMappings: [],
  Tags: [],
};

/** What a client may call its owner. */
const imageOwners: readonly string[] = ['amazon', '000000000000'];

const imageFilters: FilterTable<Image, ActionContext> = {
  name: ({ Name }) => Name,
  description: ({ Description }) => Description,
  architecture: ({ Architecture }) => Architecture,
  state: ({ State }) => State,
  'image-id': ({ ImageId }) => ImageId,
  'image-type': ({ ImageType }) => ImageType,
  'is-public': ({ Public }) => Public,
  'owner-alias': ({ ImageOwnerAlias }) => ImageOwnerAlias,
  'owner-id': ({ OwnerId }) => OwnerId,
  'root-device-type': ({ RootDeviceType }) => RootDeviceType,
  'virtualization-type': ({ VirtualizationType }) => VirtualizationType,
};

export const describeImages = define({
  action: 'DescribeImages',
  supports: ['ImageIds', 'Filters', 'Owners', 'ExecutableUsers', 'IncludeDeprecated'],
  note: 'images are labels; any id is known',
  handle(context, input) {
    const { Owners: owners = [] } = input;
    if (owners.length > 0 && !owners.some((owner) => imageOwners.includes(owner))) return { Images: [] };
    const images = input.ImageIds?.length
      ? input.ImageIds.map((ImageId) => ({ ...image, ImageId }))
      : [image];
    return {
      Images: [
        ...filtered(
          images,
          matcher(input.Filters, imageFilters, () => ({}), context),
        ),
      ],
    };
  },
});
