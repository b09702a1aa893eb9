import Type, { type Static } from 'typebox';
import { closed, Id, MacAddress } from './common.ts';
import { defineKind } from './define.ts';

export const HeldAddressSpec = Type.Object(
  {
    vpcId: Id('vpc'),
    subnetId: Id('subnet'),
    networkInterfaceId: Id('eni'),
    address: Type.String({ description: 'IPv4 or IPv6 address, one of the allowed pairs of the interface' }),
    macAddress: MacAddress,
    announcedAt: Type.String({ format: 'date-time', description: 'when the interface announced it' }),
  },
  closed,
);
export type HeldAddressSpec = Static<typeof HeldAddressSpec>;

/** An interface has a shared address: it was the last one to announce it. The id is `SUBNET/ADDRESS`. */
export const heldAddress = defineKind<HeldAddressSpec, Record<string, never>>({
  name: 'held-address',
  path: 'held-addresses',
  numbered: true,
  description:
    'An interface has a shared address of its allowed address pairs. Written when it announces the address by ARP or neighbour discovery.',
  spec: HeldAddressSpec,
  references: (spec) => [
    { type: 'in-vpc', kind: 'vpc', id: spec.vpcId },
    { type: 'in-subnet', kind: 'subnet', id: spec.subnetId },
    { type: 'of-interface', kind: 'network-interface', id: spec.networkInterfaceId },
  ],
});

export const heldAddressId = (subnetId: string, address: string) => `${subnetId}/${address}`;
