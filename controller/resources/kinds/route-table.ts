import Type, { type Static } from 'typebox';
import { closed, Id, Ipv6Cidr } from './common.ts';
import { defineKind } from './define.ts';

const vpcId = Id('vpc');
const internetGatewayId = Id('igw');
export const Route = Type.Object(
  {
    destination: Type.Optional(
      Type.String({
        pattern: '^(\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,2}|pl-[0-9a-f]{17})$',
        description: 'IPv4 network in CIDR notation, or the id of a prefix list of either kind of IP',
        examples: ['10.0.0.0/16'],
      }),
    ),
    destinationIpv6: Type.Optional(Ipv6Cidr),
    target: Type.String({
      pattern: '^((igw|eigw|nat|pcx|eni)-[0-9a-f]{17}|blackhole)$',
      description:
        'id of an internet gateway, egress-only internet gateway, NAT gateway, peering connection or network interface of the same VPC, or blackhole',
    }),
  },
  { ...closed, description: 'exactly one of destination and destinationIpv6' },
);
export type Route = Static<typeof Route>;
const routes = Type.Array(Route, {
  maxItems: 1000,
  description: 'longest prefix wins; local is always there, unless a network interface takes its place',
});
/** What a route may lead to, by the prefix of its id. */
const targetKinds = {
  igw: 'internet-gateway',
  eigw: 'egress-only-internet-gateway',
  nat: 'nat-gateway',
  pcx: 'vpc-peering-connection',
  eni: 'network-interface',
} as const;

/** The kind of a route's target; undefined for `blackhole`. */
export function routeTargetKind(target: string): (typeof targetKinds)[keyof typeof targetKinds] | undefined {
  return targetKinds[target.split('-')[0] as keyof typeof targetKinds];
}

/** True when a route's destination is a prefix list. */
export const namesPrefixList = (destination: string) => destination.startsWith('pl-');

export const RouteTableSpec = Type.Object(
  { vpcId, routes, internetGatewayId: Type.Optional(internetGatewayId) },
  closed,
);
export type RouteTableSpec = Static<typeof RouteTableSpec>;

/**
 * Where packets that leave a subnet go, or those that come in by an internet gateway. The local route of the VPC is implied
 * and cannot be removed.
 */
export const routeTable = defineKind<RouteTableSpec, Record<string, never>>({
  name: 'route-table',
  prefix: 'rtb',
  path: 'route-tables',
  numbered: true,
  quota: 1000,
  description: 'Where packets go that leave a subnet, or come in by an internet gateway.',
  spec: RouteTableSpec,
  create: Type.Object(
    { vpcId, routes: Type.Optional(routes), internetGatewayId: Type.Optional(internetGatewayId) },
    closed,
  ),
  update: Type.Object(
    {
      routes: Type.Optional(routes),
      internetGatewayId: Type.Optional(Type.Union([internetGatewayId, Type.Null()])),
    },
    closed,
  ),
  references: (spec) => [
    { type: 'in-vpc', kind: 'vpc', id: spec.vpcId },
    ...(spec.internetGatewayId
      ? [{ type: 'edge-of', kind: 'internet-gateway', id: spec.internetGatewayId } as const]
      : []),
    ...[...new Set(spec.routes.map((route) => route.target))].flatMap((id) => {
      const kind = routeTargetKind(id);
      return kind ? [{ type: 'route-target', kind, id } as const] : [];
    }),
    ...spec.routes
      .flatMap(({ destination }) => (destination && namesPrefixList(destination) ? [destination] : []))
      .map((id) => ({ type: 'uses-prefix-list', kind: 'prefix-list', id }) as const),
  ],
});
