import Type, { type Static } from 'typebox';
import { closed, Id, onlyTags } from './common.ts';
import { defineKind } from './define.ts';

const vpcId = Id('vpc');
const externalNetworkId = Id('extnet');
export const EgressOnlyInternetGatewaySpec = Type.Object({ vpcId, externalNetworkId }, closed);
export type EgressOnlyInternetGatewaySpec = Static<typeof EgressOnlyInternetGatewaySpec>;

/** Lets interfaces open IPv6 connections to an external network, and nobody there to them. */
export const egressOnlyInternetGateway = defineKind<EgressOnlyInternetGatewaySpec, Record<string, never>>({
  name: 'egress-only-internet-gateway',
  prefix: 'eigw',
  path: 'egress-only-internet-gateways',
  numbered: true,
  quota: 5,
  description: 'Lets a VPC open IPv6 connections to an external network, which cannot open any to it.',
  spec: EgressOnlyInternetGatewaySpec,
  create: Type.Object({ vpcId, externalNetworkId: Type.Optional(externalNetworkId) }, closed),
  update: onlyTags,
  references: (spec) => [
    { type: 'in-vpc', kind: 'vpc', id: spec.vpcId },
    { type: 'in-external-network', kind: 'external-network', id: spec.externalNetworkId },
  ],
});
