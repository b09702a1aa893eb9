import { ownerKind, type ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { currentBinding } from '../network-interface/context.ts';
import type { GatewayNeeds } from './choose.ts';

/** What the owner asks of a gateway host; undefined when it needs none. */
export function gatewayNeeds(view: TopologyView, ownerId: string): GatewayNeeds | undefined {
  if (ownerKind(ownerId) === 'elastic-ip') {
    const elasticIp = view.get('elastic-ip', ownerId);
    return elasticIp && needsOfElasticIp(view, elasticIp);
  }
  const gateway = view.get('nat-gateway', ownerId);
  return gateway && needsOfNatGateway(view, gateway);
}

function needsOfNatGateway(
  view: TopologyView,
  { spec }: ResourceOf<'nat-gateway'>,
): GatewayNeeds | undefined {
  const zone = view.get('subnet', spec.subnetId)?.spec.zone ?? '';
  if (spec.elasticIpId === undefined) return { vpcId: spec.vpcId, zone };
  const elasticIp = view.get('elastic-ip', spec.elasticIpId);
  const networkName = elasticIp && nameOfNetwork(view, elasticIp);
  return networkName === undefined ? undefined : { vpcId: spec.vpcId, networkName, zone };
}

/** An elastic IP is translated beside its interface if the host there can; then nobody else has to. */
function needsOfElasticIp(view: TopologyView, elasticIp: ResourceOf<'elastic-ip'>): GatewayNeeds | undefined {
  const { networkInterfaceId } = elasticIp.spec;
  const owner = networkInterfaceId && view.get('network-interface', networkInterfaceId);
  const host = owner && view.get('host', currentBinding(view, owner.id)?.spec.hostId ?? '');
  const networkName = nameOfNetwork(view, elasticIp);
  if (!host || networkName === undefined || networkName in host.spec.externalPorts) return undefined;
  const zone = view.get('subnet', owner.spec.subnetId)?.spec.zone ?? '';
  return { vpcId: owner.spec.vpcId, networkName, zone };
}

function nameOfNetwork(view: TopologyView, { spec }: ResourceOf<'elastic-ip'>): string | undefined {
  return view.get('external-network', spec.externalNetworkId)?.spec.name;
}
