import {
  blocksOf,
  canonicalIpv6Cidr,
  namesPrefixList,
  parseCidr,
  type ResourceOf,
  type Route,
  routeTargetKind,
  WeftError,
} from '../../resources/index.ts';
import { referenced, refuseWhileUsed, requireSameVpc } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { checkEdge } from './edge-association.ts';

/** AWS's largest quota of routes of a table. A prefix list counts as the most entries that it may have. */
const routesPerTable = 1000;

/** The one destination of a route, in canonical form, the field that it stands in, and as how many routes it counts. */
function destinationOf(draft: Draft, { destination, destinationIpv6 }: Route, at: string) {
  const four = `${at}.destination`;
  const six = `${at}.destinationIpv6`;
  if ((destination === undefined) === (destinationIpv6 === undefined)) {
    throw new WeftError('invalid-value', 'a route has one destination', {
      field: four,
      value: destination,
      fix: 'Give one of destination (IPv4) and destinationIpv6.',
    });
  }
  if (destination === undefined) {
    return { text: canonicalIpv6Cidr(destinationIpv6 as string, six), field: six, count: 1 };
  }
  if (namesPrefixList(destination)) {
    const { maxEntries } = referenced(draft, 'prefix-list', destination, four).spec;
    return { text: destination, field: four, count: maxEntries };
  }
  parseCidr(destination, four);
  return { text: destination, field: four, count: 1 };
}

/** The kind of IP that a route is for. */
function familyOf(draft: Draft, { destination }: Route): 'ipv4' | 'ipv6' {
  if (destination === undefined) return 'ipv6';
  const list = namesPrefixList(destination) ? draft.get('prefix-list', destination) : undefined;
  return list?.spec.addressFamily ?? 'ipv4';
}

/** What a route leads to is of the VPC; a peering connection joins it, and need not be active yet. */
function checkTarget(draft: Draft, vpcId: string, route: Route, field: string): void {
  const { target } = route;
  const kind = routeTargetKind(target);
  if (!kind) return;
  const found = referenced(draft, kind, target, field);
  if (found.kind !== 'vpc-peering-connection') {
    requireSameVpc(vpcId, found as { id: string; spec: { vpcId?: string } }, field);
  } else if (found.spec.requesterVpcId !== vpcId && found.spec.accepterVpcId !== vpcId) {
    throw new WeftError('invalid-value', `${target} does not join VPC ${vpcId}`, {
      field,
      value: target,
      fix: `Use a peering connection of VPC ${vpcId}.`,
    });
  }
  const isIpv4 = familyOf(draft, route) === 'ipv4';
  if (kind !== (isIpv4 ? 'egress-only-internet-gateway' : 'nat-gateway')) return;
  throw new WeftError('invalid-value', `${kind} is not for ${isIpv4 ? 'IPv4' : 'IPv6'}`, {
    field,
    value: target,
    fix: isIpv4
      ? 'Give an internet gateway or a NAT gateway, or destinationIpv6.'
      : 'Give an internet gateway or an egress-only internet gateway.',
  });
}

/**
 * AWS, "Replace or restore the target for a local route": a network interface may take the place of the local route to a block.
 * @throws WeftError already-exists when something leads there already
 */
function requireNew(
  text: string,
  target: string,
  local: readonly string[],
  seen: ReadonlySet<string>,
  field: string,
) {
  const isLocal = local.includes(text) && routeTargetKind(target) !== 'network-interface';
  if (!isLocal && !seen.has(text)) return;
  throw new WeftError(
    'already-exists',
    `there ${isLocal ? 'is always a local route' : 'are two routes'} to ${text}`,
    {
      field,
      value: text,
      fix: isLocal
        ? "Leave it out: the VPC's own blocks are always local, or lead to a network interface."
        : 'Keep one of them.',
    },
  );
}

/**
 * Checks the routes.
 * @param had routes that the table has already: what they lead to may be gone since, as in AWS
 * @returns them in canonical form, in which equal destinations are equal
 */
function checkRoutes(
  draft: Draft,
  vpc: ResourceOf<'vpc'>,
  routes: readonly Route[],
  had: readonly Route[] = [],
): Route[] {
  const local = blocksOf(vpc);
  const seen = new Set<string>();
  let total = 0;
  const checked = routes.map((route, index) => {
    const at = `spec.routes[${index}]`;
    const { text, field, count } = destinationOf(draft, route, at);
    requireNew(text, route.target, local, seen, field);
    seen.add(text);
    total += count;
    const isKept = had.some(
      (one) => (one.destination ?? one.destinationIpv6) === text && one.target === route.target,
    );
    if (!isKept) checkTarget(draft, vpc.id, route, `${at}.target`);
    return route.destination === undefined ? { ...route, destinationIpv6: text } : route;
  });
  if (total <= routesPerTable) return checked;
  throw new WeftError(
    'invalid-value',
    `the table would have ${total} routes; ${routesPerTable} are possible`,
    {
      field: 'spec.routes',
      value: total,
      fix: 'Lower maxEntries of the prefix lists, or join networks.',
    },
  );
}

export const routeTableOperations: Operations<'route-table'> = {
  kind: 'route-table',
  create(draft, { spec, tags }) {
    const vpc = referenced(draft, 'vpc', spec.vpcId as string, 'spec.vpcId');
    const routes = checkRoutes(draft, vpc, (spec.routes ?? []) as Route[]);
    const internetGatewayId = spec.internetGatewayId as string | undefined;
    const edge = internetGatewayId === undefined ? {} : { internetGatewayId };
    checkEdge(draft, vpc, { spec: { routes, ...edge } });
    return draft.create('route-table', { spec: { vpcId: vpc.id, routes, ...edge }, tags });
  },
  update(draft, current, { spec }) {
    const { routes: wanted, internetGatewayId: gateway } = spec as {
      routes?: Route[];
      internetGatewayId?: string | null;
    };
    if (wanted === undefined && gateway === undefined) return draft.update(current, {});
    const vpc = referenced(draft, 'vpc', current.spec.vpcId, 'spec.vpcId');
    const { internetGatewayId: before, routes: had, ...rest } = current.spec;
    const routes = wanted === undefined ? had : checkRoutes(draft, vpc, wanted, had);
    const internetGatewayId = gateway === undefined ? before : gateway;
    const edge = typeof internetGatewayId === 'string' ? { internetGatewayId } : {};
    checkEdge(draft, vpc, { id: current.id, spec: { routes, ...edge } }, current.spec);
    return draft.update(current, { spec: { ...rest, routes, ...edge } });
  },
  remove(draft, table) {
    const vpc = draft.get('vpc', table.spec.vpcId);
    if (vpc?.spec.mainRouteTableId === table.id) {
      throw new WeftError('in-use', 'the main route table goes with its VPC', {
        field: 'id',
        value: table.id,
        fix: `Delete VPC ${vpc.id} instead.`,
      });
    }
    refuseWhileUsed(draft, table, 'uses-route-table', 'subnet');
    if (table.spec.internetGatewayId !== undefined) {
      throw new WeftError('in-use', `what comes in by ${table.spec.internetGatewayId} goes by the table`, {
        field: 'id',
        value: table.id,
        fix: 'Disassociate the gateway first (internetGatewayId: null).',
      });
    }
    draft.remove(table);
  },
};
