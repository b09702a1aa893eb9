import Type, { type Static } from 'typebox';
import { closed, Id } from './common.ts';
import { defineKind } from './define.ts';

const vpcId = Id('vpc');
const externalNetworkId = Id('extnet');
export const InternetGatewaySpec = Type.Object({ vpcId: Type.Optional(vpcId), externalNetworkId }, closed);
export type InternetGatewaySpec = Static<typeof InternetGatewaySpec>;

/** Joins a VPC to an external network; interfaces reach it by their elastic IP. */
export const internetGateway = defineKind<InternetGatewaySpec, Record<string, never>>({
  name: 'internet-gateway',
  prefix: 'igw',
  path: 'internet-gateways',
  numbered: true,
  quota: 5,
  description: 'Joins a VPC to an external network.',
  spec: InternetGatewaySpec,
  create: Type.Object(
    { vpcId: Type.Optional(vpcId), externalNetworkId: Type.Optional(externalNetworkId) },
    closed,
  ),
  update: Type.Object({ vpcId: Type.Optional(Type.Union([vpcId, Type.Null()])) }, closed),
  references: (spec) => [
    ...(spec.vpcId ? ([{ type: 'in-vpc', kind: 'vpc', id: spec.vpcId }] as const) : []),
    { type: 'in-external-network', kind: 'external-network', id: spec.externalNetworkId },
  ],
});
