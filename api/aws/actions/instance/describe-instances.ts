import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { ownerOf } from '../../departed.ts';
import { filtered } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import { type FilterTable, lookupsOf, matcher } from '../../filters.ts';
import type { Filter, Instance } from '../../model/generated/types.ts';
import { type PageRequest, pageOf } from '../../pages.ts';
import { nameOfKind, noSuchResource } from '../../resource-names.ts';
import { presentInstance, reservationOf, states } from './present.ts';

const ports = ({ NetworkInterfaces: list = [] }: Instance) => list;

const filters: FilterTable<Instance, ActionContext> = {
  'instance-id': ({ InstanceId }) => InstanceId,
  'instance-type': ({ InstanceType }) => InstanceType,
  'instance-state-name': ({ State }) => State?.Name,
  'instance-state-code': ({ State }) => State?.Code,
  'instance-lifecycle': () => undefined,
  'image-id': ({ ImageId }) => ImageId,
  'availability-zone': ({ Placement }) => Placement?.AvailabilityZone,
  'subnet-id': ({ SubnetId }) => SubnetId,
  'vpc-id': ({ VpcId }) => VpcId,
  'private-ip-address': ({ PrivateIpAddress }) => PrivateIpAddress,
  'private-dns-name': ({ PrivateDnsName }) => PrivateDnsName,
  'dns-name': ({ PublicDnsName }) => PublicDnsName,
  'ip-address': ({ PublicIpAddress }) => PublicIpAddress,
  'owner-id': (_instance, { account }) => account,
  'instance.group-id': ({ SecurityGroups: groups = [] }) => groups.map(({ GroupId }) => GroupId),
  'instance.group-name': ({ SecurityGroups: groups = [] }) => groups.map(({ GroupName }) => GroupName),
  'network-interface.network-interface-id': (instance) =>
    ports(instance).map(({ NetworkInterfaceId }) => NetworkInterfaceId),
  'network-interface.subnet-id': (instance) => ports(instance).map(({ SubnetId }) => SubnetId),
  'network-interface.vpc-id': (instance) => ports(instance).map(({ VpcId }) => VpcId),
  'network-interface.addresses.private-ip-address': (instance) =>
    ports(instance).map(({ PrivateIpAddress }) => PrivateIpAddress),
  'network-interface.attachment.attachment-id': (instance) =>
    ports(instance).map(({ Attachment }) => Attachment?.AttachmentId),
  'network-interface.attachment.device-index': (instance) =>
    ports(instance).map(({ Attachment }) => Attachment?.DeviceIndex),
  'network-interface.attachment.delete-on-termination': (instance) =>
    ports(instance).map(({ Attachment }) => Attachment?.DeleteOnTermination),
  'network-interface.group-id': (instance) =>
    ports(instance).flatMap(({ Groups = [] }) => Groups.map(({ GroupId }) => GroupId)),
};

const tagsOf = ({ Tags: tags = [] }: Instance) =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

/** The instance of an id, also when it was terminated lately. */
export function instanceOf(context: ActionContext, id: string): Instance {
  const instance = context.cloud.find('instance', id);
  const known = instance
    ? presentInstance(context, instance)
    : context.departed.find<Instance>(ownerOf(context), 'i', id);
  if (known) return known;
  throw noSuchResource(nameOfKind('instance'), id);
}

/** What of an instance, and of its interfaces, is found by an index. */
const indexed = {
  'instance-id': ['id'],
  'network-interface.network-interface-id': ['spec.networkInterfaceIds'],
} as const;
const indexedByInterface = {
  'subnet-id': ['spec.subnetId'],
  'vpc-id': ['spec.vpcId'],
  'private-ip-address': ['spec.privateAddress'],
  'instance.group-id': ['spec.securityGroupIds'],
  'network-interface.subnet-id': ['spec.subnetId'],
  'network-interface.vpc-id': ['spec.vpcId'],
  'network-interface.group-id': ['spec.securityGroupIds'],
  'network-interface.addresses.private-ip-address': ['spec.privateAddress'],
} as const;

/** The instances that may match: found by what they are, else by what interfaces they have, else all. */
function* stored({ cloud }: ActionContext, given: readonly Filter[] | undefined) {
  const own = lookupsOf(given, indexed);
  const ofInterfaces = lookupsOf(
    given?.filter(({ Name: name = '' }) => Object.hasOwn(indexedByInterface, name)),
    indexedByInterface,
  );
  if (own.length > 0 || ofInterfaces.length === 0) return yield* cloud.list('instance', own);
  const ids = new Set<string>();
  for (const { spec } of cloud.list('network-interface', ofInterfaces)) {
    if (spec.instanceId !== undefined) ids.add(spec.instanceId);
  }
  for (const id of ids) {
    const instance = cloud.find('instance', id);
    if (instance) yield instance;
  }
}

function* candidates(context: ActionContext, given: readonly Filter[] | undefined): Iterable<Instance> {
  for (const instance of stored(context, given)) yield presentInstance(context, instance);
  yield* context.departed.list<Instance>(ownerOf(context), 'i');
}

/** A page of the instances that are meant by ids and filters. */
export function selectInstances(
  context: ActionContext,
  ids: readonly string[] | undefined,
  given: readonly Filter[] | undefined,
  page: PageRequest,
) {
  const wanted = ids?.length
    ? [...new Set(ids)].map((id) => instanceOf(context, id))
    : candidates(context, given);
  return pageOf(
    filtered(wanted, matcher(given, filters, tagsOf, context)),
    // Not the launch time: it changes when an instance is stopped and started between two pages.
    ({ InstanceId = '' }) => InstanceId,
    page,
    `${context.action} ${ownerOf(context)}`,
  );
}

export const describeInstances = define({
  action: 'DescribeInstances',
  supports: ['InstanceIds', 'Filters', 'MaxResults', 'NextToken'],
  note: 'a terminated instance is listed for an hour',
  handle(context, input) {
    if (input.MaxResults !== undefined && input.InstanceIds?.length) {
      throw new AwsError(
        'InvalidParameterCombination',
        'MaxResults cannot be used together with InstanceIds',
      );
    }
    const { items, nextToken } = selectInstances(context, input.InstanceIds, input.Filters, input);
    return {
      Reservations: items.map((instance) => reservationOf(context, instance)),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    };
  },
});

const summary = (runs: boolean) => ({
  Status: runs ? ('ok' as const) : ('not-applicable' as const),
  Details: runs ? [{ Name: 'reachability' as const, Status: 'passed' as const }] : [],
});

export const describeInstanceStatus = define({
  action: 'DescribeInstanceStatus',
  supports: ['InstanceIds', 'Filters', 'IncludeAllInstances', 'MaxResults', 'NextToken'],
  handle(context, input) {
    const { items, nextToken } = selectInstances(context, input.InstanceIds, input.Filters, input);
    const shown = items.filter(
      ({ State }) => input.IncludeAllInstances || State?.Name === states.running.Name,
    );
    return {
      InstanceStatuses: shown.map(({ InstanceId, State, Placement }) => ({
        InstanceId,
        InstanceState: State,
        AvailabilityZone: Placement?.AvailabilityZone,
        InstanceStatus: summary(State?.Name === 'running'),
        SystemStatus: summary(State?.Name === 'running'),
        Events: [],
      })),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    };
  },
});
