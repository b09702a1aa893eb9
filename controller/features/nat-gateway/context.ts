import { derivedMac, parseAddress, type ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { type GatewayPlace, gatewayPlace } from '../placement/place.ts';
import { networkAclOf } from '../subnet/network-acl.ts';
import { routeTableOf } from '../subnet/route-table.ts';

/** A NAT gateway with everything that its flows are made of. */
export interface NatGatewayContext {
  readonly gateway: ResourceOf<'nat-gateway'>;
  readonly vpc: ResourceOf<'vpc'>;
  readonly subnet: ResourceOf<'subnet'>;
  /** The table that says where its packets go: that of its subnet. */
  readonly routeTable: ResourceOf<'route-table'>;
  /** The one that judges what the gateway gets and sends: that of its subnet. */
  readonly networkAcl: ResourceOf<'network-acl'>;
  readonly privateAddress: number;
  readonly mac: bigint;
  /** Absent while it has no host. */
  readonly place: GatewayPlace | undefined;
}

export function natGatewayContext(view: TopologyView, id: string): NatGatewayContext | undefined {
  const gateway = view.get('nat-gateway', id);
  const vpc = gateway && view.get('vpc', gateway.spec.vpcId);
  const subnet = gateway && view.get('subnet', gateway.spec.subnetId);
  const routeTable = subnet && vpc && routeTableOf(view, subnet, vpc);
  const networkAcl = subnet && vpc && networkAclOf(view, subnet, vpc);
  if (!gateway || !vpc || !subnet || !routeTable || !networkAcl) return undefined;
  return {
    gateway,
    vpc,
    subnet,
    routeTable,
    networkAcl,
    privateAddress: parseAddress(gateway.spec.privateAddress, 'privateAddress'),
    mac: derivedMac('natGateway', gateway.number as number),
    place: gatewayPlace(view, id),
  };
}
