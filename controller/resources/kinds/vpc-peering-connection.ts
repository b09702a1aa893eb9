import Type, { type Static } from 'typebox';
import { closed, Id } from './common.ts';
import { defineKind } from './define.ts';

const AccountId = Type.String({
  pattern: '^[A-Za-z0-9._-]{1,64}$',
  description: "account of the accepter's VPC; absent: that of the requester",
});
const requesterAllowsDns = Type.Boolean({
  description:
    "public names of the requester's VPC stand for private addresses in the accepter's, too; only its own account says so, while the connection is active; absent: false",
});
const accepterAllowsDns = Type.Boolean({
  description: "the same for public names of the accepter's VPC, asked for in the requester's; absent: false",
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
        Type.Literal('failed'),
      ],
      {
        description:
          "only the accepter's account makes it active or rejected; it is expired when neither was done in 7 days, and failed from the start when the other account has no such VPC, or one with the same addresses",
      },
    ),
    requesterAllowsDns: Type.Optional(requesterAllowsDns),
    accepterAllowsDns: Type.Optional(accepterAllowsDns),
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
  update: Type.Object(
    {
      state: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('rejected')])),
      requesterAllowsDns: Type.Optional(requesterAllowsDns),
      accepterAllowsDns: Type.Optional(accepterAllowsDns),
    },
    closed,
  ),
  // A failed request is the business of who asked: it names anything, and joins nothing.
  sharedWith: ({ state, accepterAccount }) => (state === 'failed' ? [] : [accepterAccount]),
  references: ({ state, requesterVpcId, accepterVpcId }) => [
    { type: 'joins', kind: 'vpc', id: requesterVpcId },
    ...(state === 'failed' ? [] : [{ type: 'joins', kind: 'vpc', id: accepterVpcId } as const]),
  ],
});
