import type { ResourceOf } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import type {
  Instance,
  InstanceNetworkInterface,
  InstanceState,
  NetworkInterfaceAssociation,
  Reservation,
  StateReason,
} from '../../model/generated/types.ts';
import { tagList } from '../../tags.ts';
import { relatedId } from '../ids.ts';
import { presentPrefixes } from '../interface/prefixes.ts';
import { groupsOf, presentInterface, privateName } from '../interface/present.ts';

/** AWS's states with their codes (EC2 API reference, InstanceState). */
export const states = {
  pending: { Code: 0, Name: 'pending' },
  running: { Code: 16, Name: 'running' },
  'shutting-down': { Code: 32, Name: 'shutting-down' },
  terminated: { Code: 48, Name: 'terminated' },
  stopping: { Code: 64, Name: 'stopping' },
  stopped: { Code: 80, Name: 'stopped' },
} as const satisfies Record<string, InstanceState>;

export function stateOf({ status }: ResourceOf<'instance'>): (typeof states)[keyof typeof states] {
  switch (status.state) {
    case 'running':
      return states.running;
    case 'stopping':
      return states.stopping;
    case 'stopped':
      return states.stopped;
    case 'terminating':
      return states['shutting-down'];
    case 'failed':
      return states.terminated;
    default:
      return states.pending;
  }
}

function reasonOf({ spec, status }: ResourceOf<'instance'>): StateReason | undefined {
  if (status.state === 'failed') return { Code: 'Server.InternalError', Message: status.reason ?? 'failed' };
  if (spec.desiredState !== 'stopped') return undefined;
  return {
    Code: 'Client.UserInitiatedShutdown',
    Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
  };
}

/** What is asked for of the metadata service. */
export function metadataSpecOf(options: {
  readonly HttpPutResponseHopLimit?: number | undefined;
  readonly HttpProtocolIpv6?: string | undefined;
}): { metadataHopLimit?: number; metadataIpv6?: boolean } {
  const { HttpPutResponseHopLimit: metadataHopLimit, HttpProtocolIpv6: ipv6 } = options;
  return {
    ...(metadataHopLimit === undefined ? {} : { metadataHopLimit }),
    ...(ipv6 === undefined ? {} : { metadataIpv6: ipv6 === 'enabled' }),
  };
}

/** How the metadata service answers: always by tokens. */
export const metadataOptionsOf = ({ spec }: ResourceOf<'instance'>) =>
  ({
    State: 'applied',
    HttpTokens: 'required',
    HttpPutResponseHopLimit: spec.metadataHopLimit ?? 1,
    HttpEndpoint: 'enabled',
    HttpProtocolIpv6: spec.metadataIpv6 ? 'enabled' : 'disabled',
  }) as const;

export const defaultType = 'weft.netns';

function interfacesOf(
  context: ActionContext,
  instance: ResourceOf<'instance'>,
): ResourceOf<'network-interface'>[] {
  return instance.spec.networkInterfaceIds.flatMap((id) => context.cloud.find('network-interface', id) ?? []);
}

/** Instances show less of it than interfaces do. */
const shownAssociation = (association: NetworkInterfaceAssociation | undefined) =>
  association && {
    IpOwnerId: association.IpOwnerId,
    PublicDnsName: association.PublicDnsName,
    PublicIp: association.PublicIp,
  };

function presentOwnInterface(
  context: ActionContext,
  port: ResourceOf<'network-interface'>,
): InstanceNetworkInterface {
  const {
    Attachment,
    TagSet: _tags,
    AvailabilityZone: _zone,
    RequesterManaged: _managed,
    ...shown
  } = presentInterface(context, port);
  return {
    NetworkInterfaceId: shown.NetworkInterfaceId,
    InterfaceType: 'interface',
    Status: shown.Status,
    SubnetId: shown.SubnetId,
    VpcId: shown.VpcId,
    Description: shown.Description,
    OwnerId: shown.OwnerId,
    MacAddress: shown.MacAddress,
    SourceDestCheck: shown.SourceDestCheck,
    PrivateIpAddress: shown.PrivateIpAddress,
    PrivateDnsName: shown.PrivateDnsName,
    Groups: shown.Groups,
    Association: shownAssociation(shown.Association),
    Ipv6Addresses: (shown.Ipv6Addresses ?? []).map(({ Ipv6Address }) => ({ Ipv6Address })),
    ...presentPrefixes(port),
    PrivateIpAddresses: (shown.PrivateIpAddresses ?? []).map((address) => ({
      Primary: address.Primary,
      PrivateIpAddress: address.PrivateIpAddress,
      PrivateDnsName: address.PrivateDnsName,
      Association: shownAssociation(address.Association),
    })),
    Attachment: Attachment && {
      AttachmentId: Attachment.AttachmentId,
      AttachTime: Attachment.AttachTime,
      DeleteOnTermination: Attachment.DeleteOnTermination,
      DeviceIndex: Attachment.DeviceIndex,
      Status: Attachment.Status,
      NetworkCardIndex: 0,
    },
  };
}

export function presentInstance(context: ActionContext, instance: ResourceOf<'instance'>): Instance {
  const { spec } = instance;
  const ports = interfacesOf(context, instance);
  const [first] = ports;
  const subnet = context.cloud.find('subnet', first?.spec.subnetId);
  const own = ports.map((port) => presentOwnInterface(context, port));
  return {
    InstanceId: instance.id,
    ImageId: spec.imageId ?? 'ami-00000000',
    InstanceType: spec.instanceType ?? defaultType,
    State: stateOf(instance),
    StateReason: reasonOf(instance),
    StateTransitionReason: spec.desiredState === 'stopped' ? 'User initiated' : '',
    LaunchTime: spec.launchedAt ?? instance.createdAt,
    AmiLaunchIndex: 0,
    Architecture: 'x86_64',
    Hypervisor: 'xen',
    VirtualizationType: 'hvm',
    RootDeviceType: 'ebs',
    RootDeviceName: '/dev/xvda',
    BlockDeviceMappings: [],
    ProductCodes: [],
    EbsOptimized: false,
    EnaSupport: false,
    ClientToken: '',
    Monitoring: { State: 'disabled' },
    MetadataOptions: metadataOptionsOf(instance),
    Placement: {
      AvailabilityZone: subnet && context.zones.nameOf(subnet.spec.zone),
      GroupName: '',
      Tenancy: 'default',
    },
    SubnetId: first?.spec.subnetId,
    VpcId: first?.spec.vpcId,
    PrivateIpAddress: first?.spec.privateAddress,
    PrivateDnsName: first ? privateName(context, first.spec.privateAddress) : '',
    PublicDnsName: own[0]?.Association?.PublicDnsName ?? '',
    PublicIpAddress: own[0]?.Association?.PublicIp,
    SourceDestCheck: first?.spec.sourceDestinationCheck ?? true,
    SecurityGroups: first ? groupsOf(context, first.spec.securityGroupIds) : [],
    NetworkInterfaces: own,
    Tags: tagList(instance.tags),
  };
}

/** Instances stand in reservations: here each in one of its own. */
export function reservationOf({ account }: ActionContext, instance: Instance): Reservation {
  return {
    ReservationId: relatedId('r', instance.InstanceId ?? ''),
    OwnerId: account,
    Groups: [],
    Instances: [instance],
  };
}
