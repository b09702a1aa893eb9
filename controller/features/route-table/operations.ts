import { parseCidr, type ResourceOf, type Route, routeTargetKind, WeftError } from '../../resources/index.ts';
import { referenced, refuseWhileUsed, requireSameVpc } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';

function checkRoutes(draft: Draft, vpc: ResourceOf<'vpc'>, routes: readonly Route[]): void {
  const seen = new Set<string>([vpc.spec.cidrBlock]);
  for (const [index, { destination, target }] of routes.entries()) {
    const field = `spec.routes[${index}]`;
    parseCidr(destination, `${field}.destination`);
    if (seen.has(destination)) {
      const local = destination === vpc.spec.cidrBlock;
      throw new WeftError(
        'already-exists',
        `there ${local ? 'is always a local route' : 'are two routes'} to ${destination}`,
        {
          field: `${field}.destination`,
          value: destination,
          fix: local ? "Leave it out: the VPC's own block is always local." : 'Keep one of them.',
        },
      );
    }
    seen.add(destination);
    const kind = routeTargetKind(target);
    if (kind === undefined) continue;
    const gateway = referenced(draft, kind, target, `${field}.target`);
    requireSameVpc(vpc.id, gateway as { id: string; spec: { vpcId?: string } }, `${field}.target`);
  }
}

export const routeTableOperations: Operations<'route-table'> = {
  kind: 'route-table',
  create(draft, { spec, tags }) {
    const vpc = referenced(draft, 'vpc', spec.vpcId as string, 'spec.vpcId');
    const routes = (spec.routes ?? []) as Route[];
    checkRoutes(draft, vpc, routes);
    return draft.create('route-table', { spec: { vpcId: vpc.id, routes }, tags });
  },
  update(draft, current, { spec }) {
    const routes = spec.routes as Route[] | undefined;
    if (routes === undefined) return draft.update(current, {});
    checkRoutes(draft, referenced(draft, 'vpc', current.spec.vpcId, 'spec.vpcId'), routes);
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
