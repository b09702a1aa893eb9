import Type, { type Static } from 'typebox';
import { closed } from './common.ts';
import { defineKind } from './define.ts';

const name = Type.String({ minLength: 1, maxLength: 100, description: 'name for people' });
const enabled = Type.Boolean({ description: 'false: none of its keys is accepted; its network goes on' });
const quotas = Type.Record(
  Type.String({ pattern: '^[a-z][a-z-]{0,40}$' }),
  Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
  {
    maxProperties: 100,
    description:
      'kind → how many the account may have in a region; kinds that are not named have their default. `flows-per-vpc`: how many flows each of its VPCs may cost a host. `rules-per-security-group`: how many rules of one direction and one kind of IP a group may have (60)',
    examples: [{ vpc: 20 }],
  },
);

export const AccountSpec = Type.Object({ name, enabled, quotas }, closed);
export type AccountSpec = Static<typeof AccountSpec>;

/** A tenant. Its id is 12 digits, as with AWS, and stands in every resource that it owns. */
export const account = defineKind<AccountSpec, Record<string, never>>({
  name: 'account',
  path: 'accounts',
  numbered: false,
  operatorOwned: true,
  seenBy: 'operators',
  writtenBy: 'admins',
  description: 'A tenant: it owns resources, and has access keys and quotas.',
  spec: AccountSpec,
  create: Type.Object(
    {
      id: Type.Optional(
        Type.String({ pattern: '^\\d{12}$', description: '12 digits; without it a random one is chosen' }),
      ),
      name,
      quotas: Type.Optional(quotas),
    },
    closed,
  ),
  update: Type.Object(
    { name: Type.Optional(name), enabled: Type.Optional(enabled), quotas: Type.Optional(quotas) },
    closed,
  ),
  references: () => [],
});
