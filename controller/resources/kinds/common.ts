import Type from 'typebox';

/** IPv4 network in CIDR notation, RFC 4632. Canonical form is checked by the operations, which can say the fix. */
export const Ipv4Cidr = Type.String({
  pattern: '^\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,2}$',
  description: 'IPv4 network in CIDR notation',
  examples: ['10.0.0.0/16'],
});
export const Ipv4Address = Type.String({
  pattern: '^\\d{1,3}(\\.\\d{1,3}){3}$',
  description: 'IPv4 address in dotted decimal',
  examples: ['10.0.0.5'],
});
/** IPv6 network in CIDR notation, RFC 4291, section 2.3. Operations store the form of RFC 5952. */
export const Ipv6Cidr = Type.String({
  pattern: '^[0-9A-Fa-f:.]{2,45}/\\d{1,3}$',
  description: 'IPv6 network in CIDR notation',
  examples: ['2001:db8:1200::/56'],
});
export const Ipv6Address = Type.String({
  pattern: '^[0-9A-Fa-f:.]{2,45}$',
  description: 'IPv6 address',
  examples: ['2001:db8:1200::5'],
});
/** Where a block or an address is given, or a free one is taken. */
export const auto = Type.Literal('auto', { description: 'a free one' });
export const MacAddress = Type.String({
  pattern: '^[0-9a-f]{2}(:[0-9a-f]{2}){5}$',
  description: 'Ethernet address, lower case',
  examples: ['02:57:00:00:00:01'],
});
/** Reference to another resource by id. */
export const Id = (prefix: string) =>
  Type.String({ pattern: `^${prefix}-[0-9a-f]{17}$`, description: `id of a resource (${prefix}-…)` });
export const Name = Type.String({
  minLength: 1,
  maxLength: 63,
  pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$',
  description: 'letters, digits, dot, dash and underscore; at most 63 characters',
});
/** A port as rules name it. */
const port = Type.Integer({ minimum: 0, maximum: 65535 });
/** ICMP type or code as rules name it. */
const icmpPart = Type.Integer({ minimum: -1, maximum: 255, description: '-1 or absent: any' });
const RuleProtocol = Type.Union(
  [
    Type.Literal('all'),
    Type.Literal('tcp'),
    Type.Literal('udp'),
    Type.Literal('icmp'),
    Type.Literal('icmpv6'),
    Type.Integer({ minimum: 0, maximum: 255 }),
  ],
  {
    description:
      'name, or IANA protocol number; all means every protocol; only tcp and udp take ports, all others mean all ports',
  },
);
export const Tags = Type.Record(
  Type.String({ minLength: 1, maxLength: 127 }),
  Type.String({ maxLength: 255 }),
  {
    maxProperties: 50,
    description: 'free labels; at most 50',
  },
);
/** Closed objects: a misspelt field is an error, never silently ignored. */
export const closed = { additionalProperties: false } as const;
/** For kinds of which nothing but the tags can be changed. */
export const onlyTags = Type.Object({}, closed);

/** What a rule is about: a protocol with its ports, or with its ICMP type and code, and a network on the other side. */
export const traffic = {
  protocol: RuleProtocol,
  fromPort: Type.Optional(port),
  toPort: Type.Optional(port),
  icmpType: Type.Optional(icmpPart),
  icmpCode: Type.Optional(icmpPart),
  cidrIpv4: Type.Optional(Ipv4Cidr),
  cidrIpv6: Type.Optional(Ipv6Cidr),
} as const;
