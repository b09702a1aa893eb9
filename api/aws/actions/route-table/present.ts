import { blocksOf, type ResourceOf, type Route } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import type { Route as AwsRoute, RouteTable, RouteTableAssociation } from '../../model/generated/types.ts';
import { tagList } from '../../tags.ts';
import { relatedId } from '../ids.ts';

/** Ids of associations have the digits of the subnet or internet gateway or, for the main table, of the VPC. */
export const associationId = (id: string) => relatedId('rtbassoc', id);

/** The table by which packets go that come in by the gateway. */
export function edgeTableOf(
  { cloud }: ActionContext,
  gateway: ResourceOf<'internet-gateway'>,
): ResourceOf<'route-table'> | undefined {
  const [table] = cloud.referrers('route-table', 'edge-of', gateway);
  return table;
}

export function associationsOf(
  { cloud }: ActionContext,
  table: ResourceOf<'route-table'>,
): RouteTableAssociation[] {
  const associations: RouteTableAssociation[] = [];
  const common = { RouteTableId: table.id, AssociationState: { State: 'associated' } } as const;
  const vpc = cloud.find('vpc', table.spec.vpcId);
  if (vpc?.spec.mainRouteTableId === table.id) {
    associations.push({ Main: true, RouteTableAssociationId: associationId(vpc.id), ...common });
  }
  for (const { id } of cloud.referrers('subnet', 'uses-route-table', table)) {
    associations.push({ Main: false, RouteTableAssociationId: associationId(id), SubnetId: id, ...common });
  }
  const { internetGatewayId: gatewayId } = table.spec;
  if (gatewayId !== undefined) {
    const id = associationId(gatewayId);
    associations.push({ Main: false, RouteTableAssociationId: id, GatewayId: gatewayId, ...common });
  }
  return associations;
}

/** The blocks of the table's VPC, IPv4 and IPv6: to each there is a local route, or one that has taken its place. */
export function localBlocksOf({ cloud }: ActionContext, table: ResourceOf<'route-table'>): readonly string[] {
  const vpc = cloud.find('vpc', table.spec.vpcId);
  return vpc ? blocksOf(vpc) : [];
}

export function routesOf(context: ActionContext, table: ResourceOf<'route-table'>): AwsRoute[] {
  const isLocal = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' } as const;
  const routed = new Set(
    table.spec.routes.map(({ destination, destinationIpv6 }) => destination ?? destinationIpv6),
  );
  const local = localBlocksOf(context, table)
    .filter((block) => !routed.has(block))
    .map((block): AwsRoute => {
      return block.includes(':')
        ? { DestinationIpv6CidrBlock: block, ...isLocal }
        : { DestinationCidrBlock: block, ...isLocal };
    });
  return [...local, ...table.spec.routes.map((route) => presentRoute(context, table, route))];
}

function destinationOf({ destination, destinationIpv6 }: Route): AwsRoute {
  if (destination === undefined) return { DestinationIpv6CidrBlock: destinationIpv6 };
  if (destination.startsWith('pl-')) return { DestinationPrefixListId: destination };
  return { DestinationCidrBlock: destination };
}

function presentRoute(
  { cloud, account }: ActionContext,
  table: ResourceOf<'route-table'>,
  route: Route,
): AwsRoute {
  const common = { ...destinationOf(route), Origin: 'CreateRoute' as const };
  const state = (works: boolean) => (works ? ('active' as const) : ('blackhole' as const));
  switch (route.target.split('-')[0]) {
    case 'igw': {
      const gateway = cloud.find('internet-gateway', route.target);
      return { ...common, GatewayId: route.target, State: state(gateway?.spec.vpcId === table.spec.vpcId) };
    }
    case 'nat':
      return {
        ...common,
        NatGatewayId: route.target,
        State: state(cloud.find('nat-gateway', route.target) !== undefined),
      };
    case 'eigw':
      return {
        ...common,
        EgressOnlyInternetGatewayId: route.target,
        State: state(cloud.find('egress-only-internet-gateway', route.target) !== undefined),
      };
    case 'pcx': {
      const peering = cloud.find('vpc-peering-connection', route.target);
      const active = peering?.spec.state === 'active';
      return { ...common, VpcPeeringConnectionId: route.target, State: state(active) };
    }
    case 'eni': {
      const port = cloud.find('network-interface', route.target);
      const { instanceId } = port?.spec ?? {};
      const instance = instanceId === undefined ? {} : { InstanceId: instanceId, InstanceOwnerId: account };
      return { ...common, NetworkInterfaceId: route.target, ...instance, State: state(port !== undefined) };
    }
    default:
      return { ...common, State: 'blackhole' };
  }
}

export function presentRouteTable(context: ActionContext, table: ResourceOf<'route-table'>): RouteTable {
  return {
    RouteTableId: table.id,
    VpcId: table.spec.vpcId,
    OwnerId: context.account,
    Associations: associationsOf(context, table),
    PropagatingVgws: [],
    Routes: routesOf(context, table),
    Tags: tagList(table.tags),
  };
}
