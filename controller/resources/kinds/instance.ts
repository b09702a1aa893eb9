import Type, { type Static } from 'typebox';
import { closed, Id, Ipv4Address, Name } from './common.ts';
import { defineKind } from './define.ts';
import { ipv6AddressCount } from './network-interface.ts';

const imageId = Type.Optional(Type.String({ maxLength: 127 }));
const instanceType = Type.Optional(Type.String({ maxLength: 127 }));
const userData = Type.Optional(
  Type.String({
    maxLength: 22_000,
    pattern: '^[A-Za-z0-9+/]*={0,2}$',
    description: 'what the instance reads as its user data: base64, at most 16 KiB behind it',
  }),
);
const metadataHopLimit = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 64,
    description: 'how many hops the answers of the metadata service go; absent: 1, to the instance alone',
  }),
);
const metadataIpv6 = Type.Optional(
  Type.Boolean({
    description: 'whether the metadata service answers over IPv6, too, at fd00:ec2::254; absent: false',
  }),
);
const desiredState = Type.Optional(
  Type.Union([Type.Literal('running'), Type.Literal('stopped')], {
    description: 'a stopped instance keeps its interfaces and addresses; absent: running',
  }),
);
export const InstanceSpec = Type.Object(
  {
    name: Type.Optional(Name),
    hostId: Type.String({ description: 'the host that runs it' }),
    networkInterfaceIds: Type.Array(Id('eni'), {
      minItems: 1,
      maxItems: 8,
      description: 'in the order of their devices; the first one is the primary one',
    }),
    imageId,
    instanceType,
    userData,
    metadataHopLimit,
    metadataIpv6,
    desiredState,
    launchedAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'when it was last started; absent: when it was made' }),
    ),
    reboots: Type.Optional(Type.Integer({ minimum: 1, description: 'how often it was to be rebooted' })),
  },
  closed,
);
export type InstanceSpec = Static<typeof InstanceSpec>;
export const InstanceStatus = Type.Object(
  {
    state: Type.Union([
      Type.Literal('pending'),
      Type.Literal('running'),
      Type.Literal('stopping'),
      Type.Literal('stopped'),
      Type.Literal('failed'),
      Type.Literal('terminating'),
    ]),
    driver: Type.Optional(Type.String()),
    namespace: Type.Optional(Type.String({ description: 'network namespace, for the netns driver' })),
    reason: Type.Optional(Type.String()),
    reboots: Type.Optional(Type.Integer({ minimum: 1, description: 'of spec.reboots, those that are done' })),
  },
  closed,
);
export type InstanceStatus = Static<typeof InstanceStatus>;

/** A VM, container or network namespace with network interfaces, started by a host's compute driver. */
export const instance = defineKind<InstanceSpec, InstanceStatus>({
  name: 'instance',
  prefix: 'i',
  path: 'instances',
  numbered: false,
  quota: 1000,
  description: "A VM, container or namespace that a host's compute driver runs.",
  spec: InstanceSpec,
  status: InstanceStatus,
  create: Type.Object(
    {
      name: Type.Optional(Name),
      hostId: Type.Optional(Type.String({ description: 'absent: the least loaded host of the zone' })),
      networkInterfaceIds: Type.Optional(
        Type.Array(Id('eni'), { minItems: 1, maxItems: 8, uniqueItems: true }),
      ),
      subnetId: Type.Optional(Id('subnet')),
      privateAddress: Type.Optional(Ipv4Address),
      ipv6AddressCount: Type.Optional(ipv6AddressCount),
      associatePublicAddress: Type.Optional(
        Type.Boolean({
          description:
            'whether its primary interface has a public address while it runs; absent: for an interface of its own, as the subnet says (mapPublicIpOnLaunch)',
        }),
      ),
      securityGroupIds: Type.Optional(Type.Array(Id('sg'), { minItems: 1, maxItems: 16, uniqueItems: true })),
      imageId,
      instanceType,
      userData,
      metadataHopLimit,
      metadataIpv6,
    },
    { ...closed, description: 'either networkInterfaceIds, or subnetId for an interface of its own' },
  ),
  update: Type.Object(
    {
      desiredState,
      userData,
      metadataHopLimit,
      metadataIpv6,
      reboot: Type.Optional(
        Type.Literal(true, { description: 'end what runs in it and start it again; only while it runs' }),
      ),
    },
    closed,
  ),
  references: (spec) => [{ type: 'on-host', kind: 'host', id: spec.hostId }],
});
