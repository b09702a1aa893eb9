import Type, { type Static } from 'typebox';
import { closed, Id, Ipv4Address } from './common.ts';
import { defineKind } from './define.ts';

const externalNetworkId = Id('extnet');
const networkInterfaceId = Id('eni');
const privateAddress = Type.Optional({
  ...Ipv4Address,
  description: 'address of the interface that it stands for; absent: the primary one',
});
export const ElasticIpSpec = Type.Object(
  {
    externalNetworkId,
    address: Ipv4Address,
    networkInterfaceId: Type.Optional(networkInterfaceId),
    privateAddress,
    ephemeral: Type.Optional(
      Type.Literal(true, {
        description: 'lent to an instance while it runs: it comes and goes with it, and cannot be changed',
      }),
    ),
  },
  closed,
);
export type ElasticIpSpec = Static<typeof ElasticIpSpec>;

/** True for an address that comes and goes with an instance: it counts for no quota. */
export function isLent({ kind, spec }: { readonly kind: string; readonly spec: object }): boolean {
  return kind === 'elastic-ip' && (spec as ElasticIpSpec).ephemeral === true;
}

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
      privateAddress,
    },
    closed,
  ),
  update: Type.Object(
    { networkInterfaceId: Type.Optional(Type.Union([networkInterfaceId, Type.Null()])), privateAddress },
    closed,
  ),
  references: (spec) => [
    { type: 'in-external-network', kind: 'external-network', id: spec.externalNetworkId },
    ...(spec.networkInterfaceId
      ? ([{ type: 'of-interface', kind: 'network-interface', id: spec.networkInterfaceId }] as const)
      : []),
  ],
});
