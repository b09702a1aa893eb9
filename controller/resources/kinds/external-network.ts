import Type, { type Static } from 'typebox';
import { closed, Ipv4Address, Ipv4Cidr, Ipv6Address, Ipv6Cidr, MacAddress, Name } from './common.ts';
import { defineKind } from './define.ts';

export const AddressRange = Type.Object({ first: Ipv4Address, last: Ipv4Address }, closed);
export type AddressRange = Static<typeof AddressRange>;
/** Fixed, so that no neighbour can claim the gateway's address; without it, the MAC is learned by ARP. */
const gatewayMac = Type.Optional(MacAddress);
export const ExternalNetworkSpec = Type.Object(
  {
    name: Name,
    vlan: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 4094,
        description: 'VLAN of the network on the bridge that hosts reach it by; absent: frames without a tag',
      }),
    ),
    cidrBlock: Ipv4Cidr,
    gateway: Type.Optional(Ipv4Address),
    gatewayMac,
    addressRanges: Type.Array(AddressRange, {
      maxItems: 64,
      description: 'elastic IPs are taken from here; must lie inside cidrBlock',
    }),
    ipv6CidrBlock: Type.Optional(Ipv6Cidr),
    ipv6Gateway: Type.Optional(Ipv6Address),
  },
  {
    ...closed,
    description:
      'ipv6CidrBlock, from /16 to /55, is on the link: VPCs get their /56 from it, all but the first one, in which ipv6Gateway is unless that is link-local',
  },
);
export type ExternalNetworkSpec = Static<typeof ExternalNetworkSpec>;

/** A network outside that hosts reach through a bridge; agents name it in `--bridge-mapping NAME=BRIDGE`. */
export const externalNetwork = defineKind<ExternalNetworkSpec, Record<string, never>>({
  name: 'external-network',
  prefix: 'extnet',
  path: 'external-networks',
  numbered: true,
  operatorOwned: true,
  description: 'A network outside that hosts reach through a bridge, with the addresses for elastic IPs.',
  spec: ExternalNetworkSpec,
  create: ExternalNetworkSpec,
  update: Type.Object(
    {
      gatewayMac,
      addressRanges: Type.Optional(ExternalNetworkSpec.properties.addressRanges),
      ipv6CidrBlock: Type.Optional(Ipv6Cidr),
      ipv6Gateway: Type.Optional(Ipv6Address),
    },
    closed,
  ),
  references: () => [],
});
