import Type, { type Static } from 'typebox';
import { closed } from './common.ts';
import { defineKind } from './define.ts';

export const IdentitySpec = Type.Object(
  { vpcId: Type.String(), groupIds: Type.Array(Type.String()) },
  closed,
);
export type IdentitySpec = Static<typeof IdentitySpec>;

/**
 * One distinct set of security groups. Its number is what packets carry, so that rules match sets of groups and
 * never addresses. The id is the sorted group ids, joined by `+`.
 */
export const identity = defineKind<IdentitySpec, Record<string, never>>({
  name: 'identity',
  numbered: true,
  description: 'One distinct set of security groups.',
  spec: IdentitySpec,
  references: (spec) => [
    { type: 'in-vpc', kind: 'vpc', id: spec.vpcId },
    ...spec.groupIds.map((id) => ({ type: 'in-group', kind: 'security-group', id }) as const),
  ],
});
export const identityId = (groupIds: readonly string[]) => [...groupIds].sort().join('+');

export const RuleMatchSpec = Type.Object(
  {
    vpcId: Type.String(),
    direction: Type.Union([Type.Literal('ingress'), Type.Literal('egress')]),
    dimension: Type.Union([Type.Literal('peer'), Type.Literal('service')]),
    key: Type.String({ description: 'what it matches, in canonical text' }),
  },
  closed,
);
export type RuleMatchSpec = Static<typeof RuleMatchSpec>;

/** One match that several rules share as a dimension of their conjunctions. The id is `VPC/direction/dimension/key`. */
export const ruleMatch = defineKind<RuleMatchSpec, Record<string, never>>({
  name: 'rule-match',
  numbered: true,
  description: 'One match that several security group rules share.',
  spec: RuleMatchSpec,
  references: (spec) => [{ type: 'in-vpc', kind: 'vpc', id: spec.vpcId }],
});

export const AddressClaimSpec = Type.Object(
  {
    ownerId: Type.String({ description: 'the resource that has the address; empty when it is gone' }),
    hostIds: Type.Optional(
      Type.Array(Type.String(), {
        description: 'hosts that may still have flows for the address of a resource that is gone',
      }),
    ),
  },
  closed,
);
export type AddressClaimSpec = Static<typeof AddressClaimSpec>;

/** Makes an address unique: the id is `SCOPE/ADDRESS`, and two commits cannot both create it. */
export const addressClaim = defineKind<AddressClaimSpec, Record<string, never>>({
  name: 'address-claim',
  numbered: false,
  description: 'Reserves one address in one scope.',
  spec: AddressClaimSpec,
  references: () => [],
});

export const CounterSpec = Type.Object({ next: Type.Integer() }, closed);
export type CounterSpec = Static<typeof CounterSpec>;

/** The next number of a number space; the id is the kind that is numbered. */
export const counter = defineKind<CounterSpec, Record<string, never>>({
  name: 'counter',
  numbered: false,
  description: 'The next number of a number space.',
  spec: CounterSpec,
  references: () => [],
});

export const RetiredNumberSpec = Type.Object({ kind: Type.String(), number: Type.Integer() }, closed);
export type RetiredNumberSpec = Static<typeof RetiredNumberSpec>;

/** A freed number that some host may still have in its flows; the id is `KIND/NUMBER`. */
export const retiredNumber = defineKind<RetiredNumberSpec, Record<string, never>>({
  name: 'retired-number',
  numbered: false,
  description: 'A freed number that is not to be used again yet.',
  spec: RetiredNumberSpec,
  references: () => [],
});

export const DefaultNetworkSpec = Type.Object(
  {
    vpcId: Type.String({ description: 'the default VPC that was made; its owner may have deleted it since' }),
  },
  closed,
);
export type DefaultNetworkSpec = Static<typeof DefaultNetworkSpec>;

/** Notes that an account has got its default VPC in a region, so that one that it deletes stays deleted. */
export const defaultNetwork = defineKind<DefaultNetworkSpec, Record<string, never>>({
  name: 'default-network',
  numbered: false,
  description: 'An account has got its default VPC in a region. The id is `ACCOUNT/REGION`.',
  spec: DefaultNetworkSpec,
  references: () => [],
});
export const defaultNetworkId = (account: string, region: string) => `${account}/${region}`;

export const RequestRecordSpec = Type.Object(
  {
    fingerprint: Type.String({ description: 'what was asked, in short' }),
    result: Type.Unknown({ description: 'what the request gave; plain data' }),
  },
  closed,
);
export type RequestRecordSpec = Static<typeof RequestRecordSpec>;

/**
 * A request that was carried out under an idempotency key, kept for a day; its revision is that of what the request did. The
 * id is `ACCOUNT/REGION/KEY`.
 */
export const requestRecord = defineKind<RequestRecordSpec, Record<string, never>>({
  name: 'request-record',
  numbered: false,
  description: 'A request that is not to be carried out twice.',
  spec: RequestRecordSpec,
  references: () => [],
});
