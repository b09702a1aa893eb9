import Type, { type Static } from 'typebox';
import { closed, Id, Ipv4Address, onlyTags } from './common.ts';
import { defineKind } from './define.ts';

const subnetId = Id('subnet');
const elasticIpId = Type.Optional(Id('eipalloc'));
const connectivity = Type.Union([Type.Literal('public'), Type.Literal('private')], {
  description: 'public: to the network of its elastic IP; private: inside, by its private address',
});
export const NatGatewaySpec = Type.Object(
  {
    vpcId: Id('vpc'),
    subnetId,
    connectivity,
    privateAddress: Ipv4Address,
    elasticIpId,
  },
  closed,
);
export type NatGatewaySpec = Static<typeof NatGatewaySpec>;

/** Many interfaces share one address outside; connections are only opened from inside. Where it runs: its placement. */
export const natGateway = defineKind<NatGatewaySpec, Record<string, never>>({
  name: 'nat-gateway',
  prefix: 'nat',
  path: 'nat-gateways',
  numbered: true,
  description: 'Interfaces without a public address share its address for connections that they open.',
  spec: NatGatewaySpec,
  create: Type.Object(
    {
      subnetId,
      connectivity: Type.Optional(connectivity),
      elasticIpId,
      privateAddress: Type.Optional(Ipv4Address),
    },
    { ...closed, description: 'public (the default) needs elasticIpId, private has none' },
  ),
  update: onlyTags,
  references: (spec) => [
    { type: 'in-vpc', kind: 'vpc', id: spec.vpcId },
    { type: 'in-subnet', kind: 'subnet', id: spec.subnetId },
    ...(spec.elasticIpId
      ? ([{ type: 'uses-elastic-ip', kind: 'elastic-ip', id: spec.elasticIpId }] as const)
      : []),
  ],
});
