import Type, { type Static } from 'typebox';
import { closed, Id, Ipv4Address, Ipv4Cidr, Ipv6Address, Ipv6Cidr, MacAddress } from './common.ts';
import { defineKind } from './define.ts';

const subnetId = Id('subnet');
const securityGroupIds = Type.Array(Id('sg'), { minItems: 1, maxItems: 16, uniqueItems: true });
const ipv6Addresses = Type.Array(Ipv6Address, {
  maxItems: 16,
  uniqueItems: true,
  description: "of the subnet's IPv6 block",
});
export const ipv6AddressCount = Type.Integer({
  minimum: 0,
  maximum: 16,
  description: 'so many free IPv6 addresses, instead of ipv6Addresses',
});
const secondaryPrivateAddresses = Type.Array(Ipv4Address, {
  maxItems: 49,
  uniqueItems: true,
  description: 'further addresses of the subnet',
});
const secondaryPrivateAddressCount = Type.Integer({
  minimum: 0,
  maximum: 49,
  description: 'so many free addresses, instead of secondaryPrivateAddresses',
});
const ipv4Prefixes = Type.Array(Ipv4Cidr, {
  maxItems: 49,
  uniqueItems: true,
  description: "/28 blocks of the subnet, of which every address is the interface's (prefix delegation)",
});
const ipv4PrefixCount = Type.Integer({
  minimum: 0,
  maximum: 49,
  description: 'so many free /28 blocks, instead of ipv4Prefixes',
});
const ipv6Prefixes = Type.Array(Ipv6Cidr, {
  maxItems: 16,
  uniqueItems: true,
  description: "/80 blocks of the subnet's IPv6 block, of which every address is the interface's",
});
const ipv6PrefixCount = Type.Integer({
  minimum: 0,
  maximum: 16,
  description: 'so many free /80 blocks, instead of ipv6Prefixes',
});
const sourceDestinationCheck = Type.Boolean({
  description:
    'false: the interface may send from any IP address, and routes may lead to it (a router, a firewall); without it true',
});
const AddressPair = Type.Object(
  {
    cidrBlock: Type.String({
      pattern: '^[0-9a-fA-F:.]{2,45}(/\\d{1,3})?$',
      description: 'IPv4 or IPv6 network or address',
      examples: ['10.0.1.100/32'],
    }),
    macAddress: Type.Optional(MacAddress),
  },
  { ...closed, description: 'without macAddress, that of the interface' },
);
const allowedAddressPairs = Type.Array(AddressPair, {
  maxItems: 16,
  description: 'what else the interface may send from, for example a shared address of VRRP',
});
const deviceIndex = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: 31,
    description: 'place among the interfaces of the instance: 0 is the primary one (eth0), 1 is eth1',
  }),
);
const deleteOnTermination = Type.Optional(
  Type.Boolean({ description: 'the interface is deleted with its instance; absent: false' }),
);
const description = Type.Optional(Type.String({ maxLength: 255 }));
export const NetworkInterfaceSpec = Type.Object(
  {
    vpcId: Id('vpc'),
    subnetId,
    privateAddress: Ipv4Address,
    secondaryPrivateAddresses: Type.Optional(secondaryPrivateAddresses),
    ipv4Prefixes: Type.Optional(ipv4Prefixes),
    ipv6Addresses: Type.Optional(ipv6Addresses),
    ipv6Prefixes: Type.Optional(ipv6Prefixes),
    macAddress: MacAddress,
    securityGroupIds,
    sourceDestinationCheck: Type.Optional(sourceDestinationCheck),
    allowedAddressPairs: Type.Optional(allowedAddressPairs),
    description,
    instanceId: Type.Optional(Id('i')),
    deviceIndex,
    deleteOnTermination,
    associatePublicAddress: Type.Optional(
      Type.Literal(true, {
        description:
          'as the primary interface of an instance it has a public address while that runs, unless it has an elastic IP',
      }),
    ),
  },
  closed,
);
export type NetworkInterfaceSpec = Static<typeof NetworkInterfaceSpec>;
export const NetworkInterfaceStatus = Type.Object(
  { identityId: Type.String({ description: 'its distinct set of security groups' }) },
  closed,
);
export type NetworkInterfaceStatus = Static<typeof NetworkInterfaceStatus>;

/** A logical port. A host binds it by an OVS port with `external_ids:iface-id` = its id. */
export const networkInterface = defineKind<NetworkInterfaceSpec, NetworkInterfaceStatus>({
  name: 'network-interface',
  prefix: 'eni',
  path: 'network-interfaces',
  numbered: true,
  description: 'A logical port: MAC, private address, security groups.',
  spec: NetworkInterfaceSpec,
  status: NetworkInterfaceStatus,
  create: Type.Object(
    {
      subnetId,
      privateAddress: Type.Optional(Ipv4Address),
      secondaryPrivateAddresses: Type.Optional(secondaryPrivateAddresses),
      secondaryPrivateAddressCount: Type.Optional(secondaryPrivateAddressCount),
      ipv6Addresses: Type.Optional(ipv6Addresses),
      ipv6AddressCount: Type.Optional(ipv6AddressCount),
      ipv4Prefixes: Type.Optional(ipv4Prefixes),
      ipv4PrefixCount: Type.Optional(ipv4PrefixCount),
      ipv6Prefixes: Type.Optional(ipv6Prefixes),
      ipv6PrefixCount: Type.Optional(ipv6PrefixCount),
      macAddress: Type.Optional(MacAddress),
      securityGroupIds: Type.Optional(securityGroupIds),
      sourceDestinationCheck: Type.Optional(sourceDestinationCheck),
      allowedAddressPairs: Type.Optional(allowedAddressPairs),
      description,
    },
    closed,
  ),
  update: Type.Object(
    {
      securityGroupIds: Type.Optional(securityGroupIds),
      ipv6Addresses: Type.Optional(ipv6Addresses),
      ipv6AddressCount: Type.Optional(ipv6AddressCount),
      secondaryPrivateAddresses: Type.Optional(secondaryPrivateAddresses),
      secondaryPrivateAddressCount: Type.Optional(secondaryPrivateAddressCount),
      ipv4Prefixes: Type.Optional(ipv4Prefixes),
      ipv4PrefixCount: Type.Optional(ipv4PrefixCount),
      ipv6Prefixes: Type.Optional(ipv6Prefixes),
      ipv6PrefixCount: Type.Optional(ipv6PrefixCount),
      sourceDestinationCheck: Type.Optional(sourceDestinationCheck),
      allowedAddressPairs: Type.Optional(allowedAddressPairs),
      description,
      instanceId: Type.Optional(
        Type.Union([Id('i'), Type.Null()], { description: 'attaches the interface; null: detaches it' }),
      ),
      deviceIndex,
      deleteOnTermination,
      associatePublicAddress: Type.Optional(
        Type.Boolean({
          description:
            'lends a public address to the primary interface of a running instance, or takes it back; each start of the instance does the same',
        }),
      ),
    },
    closed,
  ),
  references: (spec, status) => [
    { type: 'in-vpc', kind: 'vpc', id: spec.vpcId },
    { type: 'in-subnet', kind: 'subnet', id: spec.subnetId },
    ...spec.securityGroupIds.map((id) => ({ type: 'in-group', kind: 'security-group', id }) as const),
    { type: 'in-identity', kind: 'identity', id: status.identityId },
    ...(spec.instanceId ? ([{ type: 'of-instance', kind: 'instance', id: spec.instanceId }] as const) : []),
  ],
});

/** The address of an allowed pair of one address; undefined for a larger network. */
export function pairedAddress({ cidrBlock }: { readonly cidrBlock: string }): string | undefined {
  const [address = '', length] = cidrBlock.split('/');
  return length === (address.includes(':') ? '128' : '32') ? address : undefined;
}
