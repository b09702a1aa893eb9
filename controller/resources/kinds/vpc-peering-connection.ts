import Type, { type Static } from 'typebox';
import { closed, Id } from './common.ts';
import { defineKind } from './define.ts';

const AccountId = Type.String({
  pattern: '^[A-Za-z0-9._-]{1,64}$',
  description: "account of the accepter's VPC; absent: that of the requester",
});
export const VpcPeeringConnectionSpec = Type.Object(
  {
    requesterVpcId: Id('vpc'),
    accepterVpcId: Id('vpc'),
    accepterAccount: AccountId,
    state: Type.Union(
      [
        Type.Literal('pending-acceptance'),
        Type.Literal('active'),
        Type.Literal('rejected'),
        Type.Literal('expired'),
      ],
      {
        description:
          "only the accepter's account makes it active or rejected; it is expired when neither was done in 7 days",
      },
    ),
  },
  closed,
);
export type VpcPeeringConnectionSpec = Static<typeof VpcPeeringConnectionSpec>;

/** Joins two VPCs, once the owner of the second has accepted; routes on both sides lead packets across. */
export const vpcPeeringConnection = defineKind<VpcPeeringConnectionSpec, Record<string, never>>({
  name: 'vpc-peering-connection',
  prefix: 'pcx',
  path: 'vpc-peering-connections',
  numbered: true,
  description: 'Joins two VPCs, once the owner of the second has accepted.',
  spec: VpcPeeringConnectionSpec,
  create: Type.Object(
    {
      requesterVpcId: Id('vpc'),
      accepterVpcId: Id('vpc'),
      accepterAccount: Type.Optional(AccountId),
    },
    closed,
  ),
  update: Type.Object({ state: Type.Union([Type.Literal('active'), Type.Literal('rejected')]) }, closed),
  sharedWith: (spec) => [spec.accepterAccount],
  references: (spec) => [
    { type: 'joins', kind: 'vpc', id: spec.requesterVpcId },
    { type: 'joins', kind: 'vpc', id: spec.accepterVpcId },
  ],
});
