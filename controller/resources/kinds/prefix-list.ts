import Type, { type Static } from 'typebox';
import { closed, Name } from './common.ts';
import { defineKind } from './define.ts';

const Cidr = Type.String({
  pattern: '^[0-9A-Fa-f:.]{2,45}/\\d{1,3}$',
  description: "network in CIDR notation, of the list's kind of IP",
  examples: ['192.0.2.0/24'],
});
export const PrefixListEntry = Type.Object(
  { cidr: Cidr, description: Type.Optional(Type.String({ maxLength: 255 })) },
  closed,
);
export type PrefixListEntry = Static<typeof PrefixListEntry>;
const entries = Type.Array(PrefixListEntry, { maxItems: 1000 });
const maxEntries = Type.Integer({
  minimum: 1,
  maximum: 1000,
  description: 'what rules and routes that name the list are counted as',
});
const addressFamily = Type.Optional(
  Type.Union([Type.Literal('ipv4'), Type.Literal('ipv6')], {
    description: 'kind of IP of all entries; absent: ipv4. It never changes',
  }),
);
export const PrefixListSpec = Type.Object({ name: Name, addressFamily, maxEntries, entries }, closed);
export type PrefixListSpec = Static<typeof PrefixListSpec>;
export const PrefixListStatus = Type.Object(
  { version: Type.Integer({ description: 'counts the changes of the entries, from 1' }) },
  closed,
);
export type PrefixListStatus = Static<typeof PrefixListStatus>;

/** Networks under one name, for security group rules and routes. */
export const prefixList = defineKind<PrefixListSpec, PrefixListStatus>({
  name: 'prefix-list',
  prefix: 'pl',
  path: 'prefix-lists',
  numbered: false,
  description: 'Networks under one name, for security group rules and routes.',
  spec: PrefixListSpec,
  status: PrefixListStatus,
  create: Type.Object({ name: Name, addressFamily, maxEntries, entries: Type.Optional(entries) }, closed),
  update: Type.Object(
    {
      name: Type.Optional(Name),
      maxEntries: Type.Optional(maxEntries),
      entries: Type.Optional(entries),
    },
    closed,
  ),
  references: () => [],
});
