import Type, { type Static } from 'typebox';
import { type Role, roles } from '../roles.ts';
import { closed, Name } from './common.ts';
import { defineKind } from './define.ts';

const enabled = Type.Boolean({ description: 'false: it is refused, until it is enabled again' });
const description = Type.String({ maxLength: 255 });
const role = Type.Unsafe<Role>(
  Type.Union(
    roles.map((name) => Type.Literal(name)),
    { description: 'what its holder may do' },
  ),
);
const hostId = Type.Unsafe<string>({
  ...Name,
  description: 'with role agent: the host whose agent holds it',
});

export const AccessKeySpec = Type.Object(
  {
    accountId: Type.String(),
    role,
    hostId: Type.Optional(hostId),
    description: Type.Optional(description),
    enabled,
  },
  closed,
);
export type AccessKeySpec = Static<typeof AccessKeySpec>;

/** What is asked for when a key is made; the account stands in the address, and the secret is chosen. */
export const NewAccessKey = Type.Object(
  { role, hostId: Type.Optional(hostId), description: Type.Optional(description) },
  closed,
);
export type NewAccessKey = Static<typeof NewAccessKey>;

/** A credential of an account. Its secret is kept apart, so that nothing that shows the key can show the secret. */
export const accessKey = defineKind<AccessKeySpec, Record<string, never>>({
  name: 'access-key',
  path: 'access-keys',
  numbered: false,
  operatorOwned: true,
  seenBy: 'admins',
  writtenBy: 'admins',
  description:
    'A credential of an account. Made by POST /v1/accounts/{id}/keys, which alone shows its secret.',
  spec: AccessKeySpec,
  update: Type.Object(
    {
      enabled: Type.Optional(enabled),
      description: Type.Optional(Type.Union([description, Type.Null()])),
    },
    closed,
  ),
  references: (spec) => [{ type: 'of-account', kind: 'account', id: spec.accountId }],
});

export const AccessKeySecretSpec = Type.Object({ sealed: Type.String() }, closed);
export type AccessKeySecretSpec = Static<typeof AccessKeySecretSpec>;

/** The encrypted secret of the access key with the same id. */
export const accessKeySecret = defineKind<AccessKeySecretSpec, Record<string, never>>({
  name: 'access-key-secret',
  numbered: false,
  operatorOwned: true,
  seenBy: 'nobody',
  writtenBy: 'admins',
  description: 'The encrypted secret of an access key.',
  spec: AccessKeySecretSpec,
  references: () => [],
});
