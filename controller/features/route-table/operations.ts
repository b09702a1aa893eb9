import {
  canonicalIpv6Cidr,
  parseCidr,
  type ResourceOf,
  type Route,
  routeTargetKind,
  WeftError,
} from '../../resources/index.ts';
import { referenced, refuseWhileUsed, requireSameVpc } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';

/** The one destination of a route, in canonical form, and the field that it stands in. */
function destinationOf(route: Route, field: string): { readonly text: string; readonly field: string } {
  const { destination, destinationIpv6 } = route;
  if ((destination === undefined) === (destinationIpv6 === undefined)) {
    throw new WeftError('invalid-value', 'a route has one destination', {
      field: `${field}.destination`,
      value: destination,
      fix: 'Give one of destination (IPv4) and destinationIpv6.',
    });
  }
  if (destination !== undefined) {
    parseCidr(destination, `${field}.destination`);
    return { text: destination, field: `${field}.destination` };
  }
  const six = `${field}.destinationIpv6`;
  return { text: canonicalIpv6Cidr(destinationIpv6 as string, six), field: six };
}

function checkTarget(draft: Draft, vpcId: string, { destination, target }: Route, field: string): void {
  const kind = routeTargetKind(target);
  if (!kind) return;
  const gateway = referenced(draft, kind, target, `${field}.target`);
  requireSameVpc(vpcId, gateway as { id: string; spec: { vpcId?: string } }, `${field}.target`);
  const wrong = destination === undefined ? 'nat-gateway' : 'egress-only-internet-gateway';
  if (kind !== wrong) return;
  throw new WeftError('invalid-value', `${kind} is not for ${destination ? 'IPv4' : 'IPv6'}`, {
    field: `${field}.target`,
    value: target,
    fix: destination
      ? 'Give an internet gateway or a NAT gateway, or destinationIpv6.'
      : 'Give an internet gateway or an egress-only internet gateway.',
  });
}

/** Checks the routes. @returns them in canonical form, in which equal destinations are equal */
function checkRoutes(draft: Draft, { id, spec }: ResourceOf<'vpc'>, routes: readonly Route[]): Route[] {
  const local = [spec.cidrBlock, spec.ipv6CidrBlock];
  const seen = new Set<string | undefined>(local);
  return routes.map((route, index) => {
    const { text, field } = destinationOf(route, `spec.routes[${index}]`);
    if (seen.has(text)) {
      const isLocal = local.includes(text);
      throw new WeftError(
        'already-exists',
        `there ${isLocal ? 'is always a local route' : 'are two routes'} to ${text}`,
        {
          field,
          value: text,
          fix: isLocal ? "Leave it out: the VPC's own block is always local." : 'Keep one of them.',
        },
      );
    }
    seen.add(text);
    checkTarget(draft, id, route, `spec.routes[${index}]`);
    return route.destination === undefined ? { ...route, destinationIpv6: text } : route;
  });
}

export const routeTableOperations: Operations<'route-table'> = {
  kind: 'route-table',
  create(draft, { spec, tags }) {
    const vpc = referenced(draft, 'vpc', spec.vpcId as string, 'spec.vpcId');
    const routes = checkRoutes(draft, vpc, (spec.routes ?? []) as Route[]);
    return draft.create('route-table', { spec: { vpcId: vpc.id, routes }, tags });
  },
  update(draft, current, { spec }) {
    const wanted = spec.routes as Route[] | undefined;
    if (wanted === undefined) return draft.update(current, {});
    const routes = checkRoutes(draft, referenced(draft, 'vpc', current.spec.vpcId, 'spec.vpcId'), wanted);
    return draft.update(current, { spec: { ...current.spec, routes } });
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
    draft.remove(table);
  },
};
