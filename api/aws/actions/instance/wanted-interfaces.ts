import type { Batch } from '@weft/controller';
import type { ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { AwsError } from '../../errors.ts';
import type {
  InstanceNetworkInterfaceSpecification,
  RunInstancesRequest,
} from '../../model/generated/types.ts';
import type { TagMap } from '../../tags.ts';
import { interfaceSpec } from '../interface/spec.ts';
import { groupOf } from '../security-group/groups.ts';

/** An interface that an instance is to have: one that is there, or a new one. */
export interface WantedInterface {
  readonly deviceIndex: number;
  readonly deleteOnTermination: boolean;
  /** Whether it gets a public address, if it is the only interface. */
  readonly isPublic: boolean;
  readonly source: { readonly id: string } | { readonly spec: Record<string, unknown> };
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

function described(
  context: ActionContext,
  one: InstanceNetworkInterfaceSpecification,
  zone: string | undefined,
): WantedInterface {
  const { NetworkInterfaceId: id, DeviceIndex: deviceIndex = 0, DeleteOnTermination: ends } = one;
  if (id === undefined) {
    const subnet = subnetOf(context, one.SubnetId, zone);
    const spec = interfaceSpec(context, one, subnet.id);
    const isPublic = one.AssociatePublicIpAddress ?? subnet.spec.mapPublicIpOnLaunch ?? false;
    return { deviceIndex, deleteOnTermination: ends ?? true, isPublic, source: { spec } };
  }
  context.cloud.require('network-interface', id);
  if (one.AssociatePublicIpAddress) {
    throw new AwsError(
      'InvalidParameterCombination',
      'A public address can be given to a new interface only',
    );
  }
  return { deviceIndex, deleteOnTermination: ends ?? false, isPublic: false, source: { id } };
}

/** AWS, "RunInstances": either a list of interfaces, or what its one interface is to be; and one of them is at index 0. */
function requireConsistent(input: RunInstancesRequest, list: readonly WantedInterface[]): void {
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
  const places = new Set(list.map(({ deviceIndex }) => deviceIndex));
  if (places.size < list.length || !places.has(0)) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Every network interface has a device index of its own, and one of them is 0',
    );
  }
}

/** The interfaces that the request describes, in the order of their places. */
export function wantedInterfaces(context: ActionContext, input: RunInstancesRequest): WantedInterface[] {
  // Clients that leave the zone open send an empty one.
  const zone = input.Placement?.AvailabilityZone || undefined;
  const list = (input.NetworkInterfaces ?? []).map((one) => described(context, one, zone));
  if (list.length > 0) {
    requireConsistent(input, list);
    if (list.length > 1 && input.NetworkInterfaces?.some((one) => one.AssociatePublicIpAddress)) {
      throw new AwsError(
        'InvalidParameterCombination',
        'A public address cannot be given to an instance with several interfaces',
      );
    }
    return list.toSorted((a, b) => a.deviceIndex - b.deviceIndex);
  }
  const subnet = subnetOf(context, input.SubnetId, zone);
  const named = (input.SecurityGroups ?? []).map((GroupName) => groupOf(context, { GroupName }).id);
  const Groups = [...(input.SecurityGroupIds ?? []), ...named];
  const spec = interfaceSpec(context, { Groups, PrivateIpAddress: input.PrivateIpAddress }, subnet.id);
  const isPublic = subnet.spec.mapPublicIpOnLaunch ?? false;
  return [{ deviceIndex: 0, deleteOnTermination: true, isPublic, source: { spec } }];
}

/** Makes an instance with its interfaces. @returns its id */
export function launch(
  batch: Batch,
  interfaces: readonly WantedInterface[],
  instance: { readonly spec: Record<string, unknown>; readonly tags: TagMap },
  interfaceTags: TagMap,
): string {
  const ids = interfaces.map(({ source }) =>
    'id' in source ? source.id : batch.create('network-interface', { ...source, tags: interfaceTags }).id,
  );
  const { spec, tags } = instance;
  const { id: instanceId } = batch.create('instance', {
    spec: {
      ...spec,
      networkInterfaceIds: ids.slice(0, 1),
      ...(interfaces.length === 1 && interfaces[0]?.isPublic ? { associatePublicAddress: true } : {}),
    },
    tags,
  });
  for (const [index, { deviceIndex, deleteOnTermination }] of interfaces.entries()) {
    const place = index === 0 ? {} : { instanceId, deviceIndex };
    batch.update('network-interface', ids[index] as string, { spec: { ...place, deleteOnTermination } });
  }
  return instanceId;
}
