import type { AnyResource, ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';

/** The table that says where packets of a subnet go: its own, or else the VPC's main one. */
export function routeTableOf(view: TopologyView, subnet: ResourceOf<'subnet'>, vpc: ResourceOf<'vpc'>) {
  return view.get('route-table', subnet.spec.routeTableId ?? vpc.spec.mainRouteTableId);
}

/** The main table of a VPC before or after a change; undefined where there is no VPC. */
export function mainTableOf(vpc: AnyResource | undefined): string | undefined {
  return (vpc as ResourceOf<'vpc'> | undefined)?.spec.mainRouteTableId;
}
