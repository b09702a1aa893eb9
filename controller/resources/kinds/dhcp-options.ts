import Type, { type Static } from 'typebox';
import { closed, Ipv4Address, Ipv6Address, onlyTags } from './common.ts';
import { defineKind } from './define.ts';

/** Stands for the DNS server of each VPC itself, at its base address + 2. */
export const providedDns = 'provided';

const domainName = Type.String({
  maxLength: 200,
  pattern: '^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$',
  description: 'domain in which instances look for names (option 15)',
  examples: ['example.internal'],
});
/** AWS allows so many servers of IPv4, and as many of IPv6. */
export const mostServers = 4;
const servers = { minItems: 1, maxItems: 2 * mostServers, uniqueItems: true } as const;
export const DhcpOptionsSpec = Type.Object(
  {
    domainName: Type.Optional(domainName),
    domainNameServers: Type.Optional(
      Type.Array(Type.Union([Ipv4Address, Ipv6Address, Type.Literal(providedDns)]), {
        ...servers,
        description: `DNS servers (option 6; in IPv6 option 23 and router advertisements), at most ${mostServers} of IPv4 and of IPv6; \`${providedDns}\`: that of the VPC`,
      }),
    ),
    ntpServers: Type.Optional(
      Type.Array(Type.Union([Ipv4Address, Ipv6Address]), {
        ...servers,
        description: `time servers (option 42; in DHCPv6 options 31 and 56), at most ${mostServers} of IPv4 and of IPv6`,
      }),
    ),
    netbiosNameServers: Type.Optional(
      Type.Array(Ipv4Address, {
        ...servers,
        maxItems: mostServers,
        description: 'NetBIOS name servers, WINS (option 44)',
      }),
    ),
    netbiosNodeType: Type.Optional(
      Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(4), Type.Literal(8)], {
        description:
          'how NetBIOS names are found (option 46): 1 by broadcast, of which there is none here, 2 by name servers, 4 and 8 by both',
      }),
    ),
    leaseSeconds: Type.Optional(
      Type.Integer({
        minimum: 120,
        maximum: 604_800,
        description: 'how long an address is lent (option 51); absent: 3,600',
      }),
    ),
    ipv6PreferredLeaseSeconds: Type.Optional(
      Type.Integer({
        minimum: 60,
        maximum: 2_147_483_647,
        description:
          'how long IPv6 addresses are preferred; they are renewed after half of it, and valid for twice as long; absent: 3,600',
      }),
    ),
  },
  closed,
);
export type DhcpOptionsSpec = Static<typeof DhcpOptionsSpec>;

/** What instances are told by DHCP beside their address. Never changed, as in AWS: a VPC gets another set. */
export const dhcpOptions = defineKind<DhcpOptionsSpec, Record<string, never>>({
  name: 'dhcp-options',
  prefix: 'dopt',
  path: 'dhcp-options',
  numbered: false,
  description: 'What the instances of VPCs are told by DHCP beside their address.',
  spec: DhcpOptionsSpec,
  create: DhcpOptionsSpec,
  update: onlyTags,
  references: () => [],
});
