import { derivedMac, parseAddress, type ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { natGatewayContext } from '../nat-gateway/context.ts';
import { conntrackZones, currentBinding, interfaceContext, macNumber } from '../network-interface/context.ts';
import { gatewayPlace } from '../placement/place.ts';
import { elasticIpUser } from './user.ts';

/**
 * The host that translates an elastic IP. `beside`: that of its interface or NAT gateway, whose MAC is next; `gateway`:
 * another one, since the interface's own host has no port to the network.
 */
export type TranslationPlace = {
  readonly host: ResourceOf<'host'>;
  /** Conntrack zone for the translation. */
  readonly zone: number;
} & (
  | { readonly type: 'beside'; readonly mac: bigint; readonly opensInward: boolean }
  | { readonly type: 'gateway'; readonly hostKey: number }
);

/** An elastic IP that somebody has, with everything that its flows are made of. */
export interface ElasticIpContext {
  readonly elasticIp: ResourceOf<'elastic-ip'>;
  readonly network: ResourceOf<'external-network'>;
  readonly vpc: ResourceOf<'vpc'>;
  readonly subnet: ResourceOf<'subnet'>;
  readonly address: number;
  /** A MAC of its own that moves with the address: neighbours need not forget anything. */
  readonly mac: bigint;
  /** What it stands for inside. */
  readonly privateAddress: number;
  /** Whose share of what the agent is asked is used up by packets to it; 0 for a NAT gateway. */
  readonly interfaceNumber: number;
  /** Absent while no host translates it. */
  readonly place: TranslationPlace | undefined;
}

export function elasticIpContext(view: TopologyView, id: string): ElasticIpContext | undefined {
  const elasticIp = view.get('elastic-ip', id);
  const network = elasticIp && view.get('external-network', elasticIp.spec.externalNetworkId);
  const user = elasticIp && elasticIpUser(view, elasticIp);
  if (!elasticIp || !network || !user) return undefined;
  const owner =
    user.kind === 'nat-gateway'
      ? ofNatGateway(view, user.id, network)
      : ofInterface(view, user.id, elasticIp, network);
  return (
    owner && {
      elasticIp,
      network,
      address: parseAddress(elasticIp.spec.address, 'address'),
      mac: derivedMac('elasticIp', elasticIp.number as number),
      ...owner,
    }
  );
}

type Owner = Pick<ElasticIpContext, 'vpc' | 'subnet' | 'privateAddress' | 'interfaceNumber' | 'place'>;

function ofNatGateway(
  view: TopologyView,
  id: string,
  network: ResourceOf<'external-network'>,
): Owner | undefined {
  const context = natGatewayContext(view, id);
  if (!context) return undefined;
  const { vpc, subnet, privateAddress, mac, place } = context;
  const translates = place && reaches(place.host, network);
  return {
    vpc,
    subnet,
    privateAddress,
    interfaceNumber: 0,
    place: translates
      ? { type: 'beside', host: place.host, zone: place.zones.elasticIp, mac, opensInward: false }
      : undefined,
  };
}

function ofInterface(
  view: TopologyView,
  id: string,
  elasticIp: ResourceOf<'elastic-ip'>,
  network: ResourceOf<'external-network'>,
): Owner | undefined {
  const context = interfaceContext(view, id);
  if (!context) return undefined;
  const { networkInterface, vpc, subnet } = context;
  const privateAddress = parseAddress(
    elasticIp.spec.privateAddress ?? networkInterface.spec.privateAddress,
    'privateAddress',
  );
  const interfaceNumber = networkInterface.number as number;
  const owner = { vpc, subnet, privateAddress, interfaceNumber };
  const binding = currentBinding(view, id);
  const host = binding && view.get('host', binding.spec.hostId);
  if (host && reaches(host, network)) {
    const mac = macNumber(networkInterface.spec.macAddress);
    const { translation: zone } = conntrackZones(binding);
    return { ...owner, place: { type: 'beside', host, zone, mac, opensInward: true } };
  }
  const gateway = host && gatewayPlace(view, elasticIp.id);
  const place: TranslationPlace | undefined =
    gateway && reaches(gateway.host, network)
      ? { type: 'gateway', host: gateway.host, hostKey: gateway.hostKey, zone: gateway.zones.elasticIp }
      : undefined;
  return { ...owner, place };
}

function reaches(host: ResourceOf<'host'>, network: ResourceOf<'external-network'>): boolean {
  return network.spec.name in host.spec.externalPorts;
}
