import Type, { type Static } from 'typebox';
import { closed, Id, Ipv4Address } from './common.ts';
import { defineKind } from './define.ts';

const externalNetworkId = Id('extnet');
const networkInterfaceId = Id('eni');
export const ElasticIpSpec = Type.Object(
  {
    externalNetworkId,
    address: Ipv4Address,
    networkInterfaceId: Type.Optional(networkInterfaceId),
    privateAddress: Type.Optional(Ipv4Address),
  },
  closed,
);
export type ElasticIpSpec = Static<typeof ElasticIpSpec>;

/** A public address that can be moved between interfaces. */
export const elasticIp = defineKind<ElasticIpSpec, Record<string, never>>({
  name: 'elastic-ip',
  prefix: 'eipalloc',
  path: 'elastic-ips',
  numbered: true,
  quota: 5,
  description: 'A public address that can be moved between interfaces.',
  spec: ElasticIpSpec,
  create: Type.Object(
    {
      externalNetworkId: Type.Optional(externalNetworkId),
      address: Type.Optional(Ipv4Address),
      networkInterfaceId: Type.Optional(networkInterfaceId),
    },
    closed,
  ),
  update: Type.Object(
    { networkInterfaceId: Type.Optional(Type.Union([networkInterfaceId, Type.Null()])) },
    closed,
  ),
  references: (spec) => [
    { type: 'in-external-network', kind: 'external-network', id: spec.externalNetworkId },
    ...(spec.networkInterfaceId
      ? ([{ type: 'of-interface', kind: 'network-interface', id: spec.networkInterfaceId }] as const)
      : []),
  ],
});
