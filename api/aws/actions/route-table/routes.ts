import type { ResourceOf, Route } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import { requireBlock } from '../vpc/canonical-block.ts';
import { localBlocksOf } from './present.ts';

interface RouteInput {
  readonly RouteTableId: string;
  readonly DestinationCidrBlock?: string | undefined;
  readonly DestinationIpv6CidrBlock?: string | undefined;
  readonly EgressOnlyInternetGatewayId?: string | undefined;
  readonly DestinationPrefixListId?: string | undefined;
  readonly VpcPeeringConnectionId?: string | undefined;
  readonly GatewayId?: string | undefined;
  readonly NatGatewayId?: string | undefined;
  readonly NetworkInterfaceId?: string | undefined;
  readonly InstanceId?: string | undefined;
}

/** The one destination of a request, as routes keep it. */
function destinationOf({ cloud }: ActionContext, input: RouteInput): string {
  const {
    DestinationCidrBlock: block,
    DestinationPrefixListId: list,
    DestinationIpv6CidrBlock: ipv6,
  } = input;
  if ([block, list, ipv6].filter((given) => given !== undefined).length > 1) {
    throw new AwsError('InvalidParameterCombination', 'A route has one destination');
  }
  if (ipv6 !== undefined) return requireBlock(ipv6, 'destinationIpv6CidrBlock');
  if (list !== undefined) return cloud.require('prefix-list', list).id;
  if (block !== undefined) return requireBlock(block, 'destinationCidrBlock');
  throw new AwsError('MissingParameter', 'The request must contain the parameter destinationCidrBlock');
}

/** What the route leads to. @throws AwsError when none or several are given, or it is not there */
function targetOf(context: ActionContext, input: RouteInput): string {
  const { cloud } = context;
  const { GatewayId: gateway, NatGatewayId: nat, VpcPeeringConnectionId: peering } = input;
  const egressOnly = input.EgressOnlyInternetGatewayId;
  const { NetworkInterfaceId: port, InstanceId: instance } = input;
  if (
    [gateway, nat, peering, egressOnly, port, instance].filter((target) => target !== undefined).length !== 1
  ) {
    throw new AwsError('InvalidParameterCombination', 'A route needs exactly one target');
  }
  if (gateway !== undefined) return gatewayOf(context, gateway);
  if (egressOnly !== undefined) return cloud.require('egress-only-internet-gateway', egressOnly).id;
  if (peering !== undefined) return cloud.require('vpc-peering-connection', peering).id;
  if (port !== undefined) return cloud.require('network-interface', port).id;
  if (instance !== undefined) return onlyInterfaceOf(context, instance);
  const found = cloud.find('nat-gateway', nat);
  if (found) return found.id;
  throw new AwsError(
    'InvalidNatGatewayID.NotFound',
    `The natGateway ID '${nat?.slice(0, 100)}' does not exist`,
  );
}

function gatewayOf({ cloud }: ActionContext, id: string): string {
  const gateway = cloud.find('internet-gateway', id);
  if (gateway) return gateway.id;
  throw new AwsError('InvalidGatewayID.NotFound', `The gateway ID '${id.slice(0, 100)}' does not exist`);
}

/** AWS, "CreateRoute": an instance can be the target when exactly one interface is attached to it. */
function onlyInterfaceOf({ cloud }: ActionContext, instanceId: string): string {
  const [port, ...others] = cloud.require('instance', instanceId).spec.networkInterfaceIds;
  if (port !== undefined && others.length === 0) return port;
  throw new AwsError(
    'InvalidParameterCombination',
    `There are several interfaces attached to instance '${instanceId}'. Name one by NetworkInterfaceId.`,
  );
}

const destinations = ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId'];
const targets = [
  ...['GatewayId', 'EgressOnlyInternetGatewayId', 'NatGatewayId', 'VpcPeeringConnectionId'],
  ...['NetworkInterfaceId', 'InstanceId'],
];

const keyOf = ({ destination, destinationIpv6 }: Route) => destination ?? destinationIpv6;
const routeOf = (destination: string, target: string): Route =>
  destination.includes(':') ? { destinationIpv6: destination, target } : { destination, target };

/** Changes the routes of a table as they are at the moment of the commit. */
async function changeRoutes(
  { cloud }: ActionContext,
  id: string,
  change: (routes: readonly Route[], table: ResourceOf<'route-table'>) => Route[],
): Promise<void> {
  cloud.require('route-table', id);
  await cloud.transaction((batch) => {
    const table = batch.read('route-table', id);
    batch.update('route-table', id, { spec: { routes: change(table.spec.routes, table) } });
  });
}

const notFound = (id: string, destination: string) =>
  new AwsError(
    'InvalidRoute.NotFound',
    `no route with destination-cidr-block ${destination} in route table ${id}`,
  );

export const createRoute = define({
  action: 'CreateRoute',
  supports: ['RouteTableId', ...destinations, ...targets],
  refusals: { 'already-exists': 'RouteAlreadyExists', 'invalid-value': 'InvalidParameterValue' },
  async handle(context, input) {
    const destination = destinationOf(context, input);
    const target = targetOf(context, input);
    await changeRoutes(context, input.RouteTableId, (routes, table) => {
      const isThere = routes.some((route) => keyOf(route) === destination);
      if (isThere || localBlocksOf(context, table).includes(destination)) {
        throw new AwsError('RouteAlreadyExists', `The route identified by ${destination} already exists.`);
      }
      return [...routes, routeOf(destination, target)];
    });
    return { Return: true };
  },
});

/** The routes with another one in place of that to its destination; a local one stands in no list. */
function replaced(
  { destination, target }: { readonly destination: string; readonly target: string | undefined },
  routes: readonly Route[],
  isLocal: boolean,
): Route[] | undefined {
  const others = routes.filter((route) => keyOf(route) !== destination);
  if (target === undefined) return isLocal ? others : undefined;
  const route = routeOf(destination, target);
  if (others.length < routes.length) return routes.map((one) => (keyOf(one) === destination ? route : one));
  return isLocal ? [...routes, route] : undefined;
}

/** AWS, "Replace or restore the target for a local route": `local` is asked for by LocalTarget or as a gateway. */
function isBackToLocal({ LocalTarget: local, ...input }: RouteInput & { LocalTarget?: boolean | undefined }) {
  const others = targets.map((name) => input[name as keyof RouteInput]).filter((one) => one !== undefined);
  if (local && others.length > 0) {
    throw new AwsError('InvalidParameterCombination', 'A route needs exactly one target');
  }
  return local === true || (others.length === 1 && input.GatewayId === 'local');
}

export const replaceRoute = define({
  action: 'ReplaceRoute',
  supports: ['RouteTableId', ...destinations, ...targets, 'LocalTarget'],
  refusals: { 'already-exists': 'InvalidParameterValue' },
  async handle(context, input) {
    const destination = destinationOf(context, input);
    const target = isBackToLocal(input) ? undefined : targetOf(context, input);
    await changeRoutes(context, input.RouteTableId, (routes, table) => {
      const isLocal = localBlocksOf(context, table).includes(destination);
      const changed = replaced({ destination, target }, routes, isLocal);
      if (!changed) throw notFound(input.RouteTableId, destination);
      return changed;
    });
    return undefined;
  },
});

export const deleteRoute = define({
  action: 'DeleteRoute',
  supports: ['RouteTableId', ...destinations],
  async handle(context, input) {
    const destination = destinationOf(context, input);
    const table = context.cloud.require('route-table', input.RouteTableId);
    if (localBlocksOf(context, table).includes(destination)) {
      throw new AwsError(
        'InvalidParameterValue',
        `cannot remove local route ${destination} in route table ${input.RouteTableId}`,
      );
    }
    await changeRoutes(context, input.RouteTableId, (routes) => {
      const kept = routes.filter((route) => keyOf(route) !== destination);
      if (kept.length === routes.length) throw notFound(input.RouteTableId, destination);
      return kept;
    });
    return undefined;
  },
});
