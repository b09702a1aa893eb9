import {
  blocksOf,
  type ResourceOf,
  type Route,
  type RouteTableSpec,
  routeTargetKind,
  WeftError,
} from '../../resources/index.ts';
import { referenced, requireSameVpc } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';

/** A route table as it is to be. */
interface Wanted {
  /** Absent while it is made. */
  readonly id?: string;
  readonly spec: Pick<RouteTableSpec, 'routes' | 'internetGatewayId'>;
}

const field = 'spec.internetGatewayId';

/**
 * A table by which packets go that come in by an internet gateway.
 *
 * AWS, "Gateway route tables": its routes lead to network interfaces of the VPC, and from whole blocks of the VPC or of one of its
 * subnets; none of them is by a prefix list.
 *
 * @param had the table as it is: routes that stay are not asked about again, since their subnet may be gone
 * @throws WeftError when gateway or routes do not fit; nothing for a table without a gateway
 */
export function checkEdge(
  draft: Draft,
  vpc: ResourceOf<'vpc'>,
  { id, spec }: Wanted,
  had?: RouteTableSpec,
): void {
  const { internetGatewayId, routes } = spec;
  if (internetGatewayId === undefined) return;
  const isNew = internetGatewayId !== had?.internetGatewayId;
  if (isNew) requireFreeGateway(draft, vpc, internetGatewayId, id);
  const kept = isNew ? [] : had.routes;
  const blocks = new Set([...blocksOf(vpc), ...subnetBlocks(draft, vpc)]);
  for (const [index, route] of routes.entries()) {
    if (!kept.some((one) => isSame(one, route))) {
      requireEdgeRoute(route, blocks, `spec.routes[${index}]`, isNew ? internetGatewayId : undefined);
    }
  }
}

const isSame = (one: Route, other: Route) =>
  one.destination === other.destination &&
  one.destinationIpv6 === other.destinationIpv6 &&
  one.target === other.target;

function* subnetBlocks(draft: Draft, vpc: ResourceOf<'vpc'>): Iterable<string> {
  for (const { spec } of draft.view.referrers(vpc, 'in-vpc', 'subnet')) {
    yield spec.cidrBlock;
    if (spec.ipv6CidrBlock !== undefined) yield spec.ipv6CidrBlock;
  }
}

/** The gateway is attached to the VPC, and has no other table. */
function requireFreeGateway(
  draft: Draft,
  vpc: ResourceOf<'vpc'>,
  gatewayId: string,
  tableId: string | undefined,
): void {
  const gateway = referenced(draft, 'internet-gateway', gatewayId, field);
  if (gateway.spec.vpcId === undefined) {
    throw new WeftError('wrong-state', `internet gateway ${gatewayId} is attached to no VPC`, {
      field,
      value: gatewayId,
      fix: `Attach it to VPC ${vpc.id} first.`,
    });
  }
  requireSameVpc(vpc.id, gateway, field);
  for (const other of draft.view.referrers(gateway, 'edge-of', 'route-table')) {
    if (other.id === tableId) continue;
    throw new WeftError('already-exists', `internet gateway ${gatewayId} has route table ${other.id}`, {
      field,
      value: gatewayId,
      fix: `Disassociate that one first (internetGatewayId: null of ${other.id}).`,
    });
  }
}

/** @param association the gateway, when the route is refused because of a new association */
function requireEdgeRoute(
  route: Route,
  blocks: ReadonlySet<string>,
  at: string,
  association: string | undefined,
): void {
  const destination = (route.destination ?? route.destinationIpv6) as string;
  const isToInterface = routeTargetKind(route.target) === 'network-interface';
  if (isToInterface && blocks.has(destination)) return;
  const [name, value] = isToInterface
    ? [route.destination === undefined ? 'destinationIpv6' : 'destination', destination]
    : ['target', route.target];
  throw new WeftError(
    'invalid-value',
    isToInterface
      ? `a table of an internet gateway has no route to ${destination}, which is no block of the VPC or of a subnet`
      : `a table of an internet gateway has no route to ${route.target}, which is no network interface`,
    {
      field: association === undefined ? `${at}.${name}` : field,
      value: association ?? value,
      fix: isToInterface
        ? `Give a whole block of the VPC or of a subnet: ${[...blocks].slice(0, 5).join(', ')}.`
        : 'Give a network interface of the VPC, or leave the route out: what has no route is local.',
    },
  );
}
