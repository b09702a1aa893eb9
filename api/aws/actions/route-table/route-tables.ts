import { define } from '../../define.ts';
import { describe } from '../../describe.ts';
import { tagsFor } from '../../tags.ts';
import { associationsOf, presentRouteTable, routesOf } from './present.ts';

export const createRouteTable = define({
  action: 'CreateRouteTable',
  supports: ['VpcId', 'TagSpecifications'],
  refusals: { 'quota-exceeded': 'RouteTableLimitExceeded' },
  async handle(context, { VpcId: vpcId, TagSpecifications: specifications }) {
    context.cloud.require('vpc', vpcId);
    const tags = tagsFor('route-table', specifications);
    const table = await context.cloud.create('route-table', { spec: { vpcId }, tags });
    return { RouteTable: presentRouteTable(context, table) };
  },
});

export const describeRouteTables = describe({
  action: 'DescribeRouteTables',
  kind: 'route-table',
  ids: 'RouteTableIds',
  result: 'RouteTables',
  filters: {
    'route-table-id': ({ id }) => id,
    'vpc-id': ({ spec }) => spec.vpcId,
    'owner-id': ({ account }) => account,
    'association.route-table-association-id': (table, context) =>
      associationsOf(context, table).map((each) => each.RouteTableAssociationId),
    'association.route-table-id': (table, context) =>
      associationsOf(context, table).map((each) => each.RouteTableId),
    'association.subnet-id': (table, context) => associationsOf(context, table).map((each) => each.SubnetId),
    'association.gateway-id': (table) => table.spec.internetGatewayId,
    'association.main': (table, context) =>
      associationsOf(context, table).some((each) => each.Main) ? 'true' : 'false',
    'association.state': (table, context) =>
      associationsOf(context, table).map((each) => each.AssociationState?.State),
    'route.destination-cidr-block': (table, context) =>
      routesOf(context, table).map((route) => route.DestinationCidrBlock),
    'route.destination-ipv6-cidr-block': (table, context) =>
      routesOf(context, table).map((route) => route.DestinationIpv6CidrBlock),
    'route.egress-only-internet-gateway-id': (table, context) =>
      routesOf(context, table).map((route) => route.EgressOnlyInternetGatewayId),
    'route.gateway-id': (table, context) => routesOf(context, table).map((route) => route.GatewayId),
    'route.nat-gateway-id': (table, context) => routesOf(context, table).map((route) => route.NatGatewayId),
    'route.destination-prefix-list-id': (table, context) =>
      routesOf(context, table).map((route) => route.DestinationPrefixListId),
    'route.vpc-peering-connection-id': (table, context) =>
      routesOf(context, table).map((route) => route.VpcPeeringConnectionId),
    'route.origin': (table, context) => routesOf(context, table).map((route) => route.Origin),
    'route.state': (table, context) => routesOf(context, table).map((route) => route.State),
  },
  indexed: { 'route-table-id': ['id'], 'vpc-id': ['spec.vpcId'] },
  present: presentRouteTable,
});

export const deleteRouteTable = define({
  action: 'DeleteRouteTable',
  supports: ['RouteTableId'],
  async handle({ cloud }, { RouteTableId: id }) {
    cloud.require('route-table', id);
    await cloud.remove('route-table', id);
    return undefined;
  },
});
