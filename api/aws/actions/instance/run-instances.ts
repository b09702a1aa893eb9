import type { Batch } from '@weft/controller';
import type { ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import type {
  InstanceNetworkInterfaceSpecification,
  RunInstancesRequest,
} from '../../model/generated/types.ts';
import { type TagMap, tagsFor } from '../../tags.ts';
import { relatedId } from '../ids.ts';
import { groupOf } from '../security-group/groups.ts';
import { presentInstance } from './present.ts';

/** Instances of one request: a lab needs tens, and each is a namespace with programs. */
const mostAtOnce = 100;

/** Tags of volumes are for all that an instance has: here, none. */
const taggedTypes: readonly string[] = ['instance', 'network-interface', 'volume'];

/** What one instance is made of. */
interface Plan {
  readonly spec: Record<string, unknown>;
  readonly tags: TagMap;
  readonly interfaceTags: TagMap;
}

/** The subnet that is named, or the default one of the zone. */
function subnetOf(
  { cloud, zones }: ActionContext,
  id: string | undefined,
  zone: string | undefined,
): ResourceOf<'subnet'> {
  if (id !== undefined) return cloud.require('subnet', id);
  const wanted = zone === undefined ? zones.preferred() : zones.named(zone);
  for (const subnet of cloud.list('subnet')) {
    if (subnet.spec.defaultForZone && subnet.spec.zone === wanted) return subnet;
  }
  throw new AwsError(
    'MissingParameter',
    `There is no default subnet in ${zones.nameOf(wanted)}: name a subnet`,
  );
}

/** The one interface that the request describes, where it describes one. */
function soleInterface(input: RunInstancesRequest): InstanceNetworkInterfaceSpecification | undefined {
  const list = input.NetworkInterfaces ?? [];
  if (list.length === 0) return undefined;
  if (
    input.SubnetId !== undefined ||
    input.SecurityGroupIds?.length ||
    input.PrivateIpAddress !== undefined
  ) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level subnet ID, groups or address may not be specified on the same request',
    );
  }
  return list.length === 1 ? list[0] : undefined;
}

/** Interfaces that are there already, in the order of their places. */
function existingInterfaces({ cloud }: ActionContext, input: RunInstancesRequest): string[] | undefined {
  const list = input.NetworkInterfaces ?? [];
  const given = list.filter(({ NetworkInterfaceId: id }) => id !== undefined);
  if (given.length === 0) return undefined;
  if (given.length < list.length) {
    throw new AwsError(
      'UnsupportedOperation',
      'Give interfaces that exist, or describe one new interface, not both',
    );
  }
  return given
    .toSorted((a, b) => (a.DeviceIndex ?? 0) - (b.DeviceIndex ?? 0))
    .map(({ NetworkInterfaceId: id = '' }) => cloud.require('network-interface', id).id);
}

function planOf(context: ActionContext, input: RunInstancesRequest): Plan {
  const { cloud } = context;
  const specifications = input.TagSpecifications ?? [];
  const ofType = (type: string) => specifications.filter(({ ResourceType }) => ResourceType === type);
  const unknown = specifications.find(({ ResourceType = '' }) => !taggedTypes.includes(ResourceType));
  if (unknown) {
    throw new AwsError('UnsupportedOperation', `Nothing of type ${unknown.ResourceType} is made here`);
  }
  const labels = {
    ...(input.ImageId === undefined ? {} : { imageId: input.ImageId }),
    ...(input.InstanceType === undefined ? {} : { instanceType: input.InstanceType }),
  };
  const tags = tagsFor('instance', ofType('instance'));
  const interfaceTags = tagsFor('network-interface', ofType('network-interface'));
  const sole = soleInterface(input);
  const networkInterfaceIds = existingInterfaces(context, input);
  if (networkInterfaceIds) return { spec: { ...labels, networkInterfaceIds }, tags, interfaceTags };
  if ((input.NetworkInterfaces?.length ?? 0) > 1) {
    throw new AwsError('UnsupportedOperation', 'Make the interfaces first, and give their ids');
  }
  const subnet = subnetOf(context, sole?.SubnetId ?? input.SubnetId, input.Placement?.AvailabilityZone);
  const named = (input.SecurityGroups ?? []).map((GroupName) => groupOf(context, { GroupName }).id);
  const groups = [...new Set([...(sole?.Groups ?? input.SecurityGroupIds ?? []), ...named])];
  for (const id of groups) cloud.require('security-group', id);
  const address = sole?.PrivateIpAddress ?? input.PrivateIpAddress;
  const spec = {
    ...labels,
    subnetId: subnet.id,
    ...(groups.length === 0 ? {} : { securityGroupIds: groups }),
    ...(address === undefined ? {} : { privateAddress: address }),
  };
  return { spec, tags, interfaceTags };
}

/** One instance, with the tags of the interface that comes with it. */
function start(batch: Batch, { spec, tags, interfaceTags }: Plan): string {
  const { id, spec: made } = batch.create('instance', { spec, tags });
  for (const interfaceId of made.networkInterfaceIds) {
    const { tags: before } = batch.read('network-interface', interfaceId);
    if (Object.keys(interfaceTags).length > 0) {
      batch.update('network-interface', interfaceId, { tags: { ...before, ...interfaceTags } });
    }
  }
  return id;
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
    'NetworkInterfaces.DeviceIndex',
    'NetworkInterfaces.NetworkInterfaceId',
    'NetworkInterfaces.SubnetId',
    'NetworkInterfaces.Groups',
    'NetworkInterfaces.PrivateIpAddress',
    'TagSpecifications',
  ],
  only: {
    'NetworkInterfaces.DeleteOnTermination': ['true'],
    'NetworkInterfaces.AssociatePublicIpAddress': ['false'],
    'Placement.Tenancy': ['default'],
    'Monitoring.Enabled': ['false'],
    EbsOptimized: ['false'],
    DisableApiTermination: ['false'],
    InstanceInitiatedShutdownBehavior: ['stop', 'terminate'],
  },
  refusals: { 'quota-exceeded': 'InstanceLimitExceeded', 'in-use': 'InvalidNetworkInterface.InUse' },
  note: 'the compute driver of a host of the zone starts it; image and type are labels',
  async handle(context, input) {
    const { MinCount: least, MaxCount: most } = input;
    if (least < 1 || most < least || most > mostAtOnce) {
      throw new AwsError(
        'InvalidParameterValue',
        `MinCount and MaxCount must be from 1 to ${mostAtOnce}, in this order`,
      );
    }
    const plan = planOf(context, input);
    if (most > 1 && (plan.spec.networkInterfaceIds !== undefined || plan.spec.privateAddress !== undefined)) {
      throw new AwsError(
        'InvalidParameterCombination',
        'An interface or address can be given to one instance only',
      );
    }
    const ids = await context.cloud.transaction((batch) =>
      Array.from({ length: most }, () => start(batch, plan)),
    );
    return {
      ReservationId: relatedId('r', ids[0] ?? ''),
      OwnerId: context.account,
      Groups: [],
      Instances: ids.map((id) => presentInstance(context, context.cloud.require('instance', id))),
    };
  },
});
