import { derivedMac, parseAddress, type ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { natGatewayContext } from '../nat-gateway/context.ts';
import { conntrackZones, currentBinding, interfaceContext, macNumber } from '../network-interface/context.ts';
import { gatewayPlace } from '../placement/place.ts';
import { edgeTableOf } from '../route-table/edge.ts';
import { elasticIpUser } from './user.ts';

/**
 * The host that translates an elastic IP. `beside`: that of its interface or NAT gateway, whose MAC is next; `gateway`:
 * packets are routed to it and from it, since the interface's own host has no port to the network, or since the internet
 * gateway has a route table, so that they pass through interfaces on other hosts in between.
 */
export type TranslationPlace = {
  readonly host: ResourceOf<'host'>;
  /** Conntrack zone for the translation. */
  readonly zone: number;
  /** Whether packets from outside may open connections. */
  readonly opensInward: boolean;
} & (
  | { readonly type: 'beside'; readonly mac: bigint }
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
  /** How large packets to it may be, in bytes. */
  readonly mtu: number;
  /** Whose share of what the agent is asked is used up by packets to it; 0 for a NAT gateway. */
  readonly interfaceNumber: number;
  /** Absent while no host translates it. */
  readonly place: TranslationPlace | undefined;
  /** Whether packets from outside go by a route table of the internet gateway. */
  readonly isRouted: boolean;
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
      mtu: view.interfaceMtu,
      ...owner,
    }
  );
}

type Owner = Pick<
  ElasticIpContext,
  'vpc' | 'subnet' | 'privateAddress' | 'interfaceNumber' | 'place' | 'isRouted'
>;

function ofNatGateway(
  view: TopologyView,
  id: string,
  network: ResourceOf<'external-network'>,
): Owner | undefined {
  const context = natGatewayContext(view, id);
  if (!context) return undefined;
  const { vpc, subnet, privateAddress, mac, place } = context;
  const isRouted = edgeTableOf(view, vpc, network) !== undefined;
  const owner = { vpc, subnet, privateAddress, interfaceNumber: 0, isRouted };
  if (!place || !reaches(place.host, network)) return { ...owner, place: undefined };
  const { host, hostKey, zones } = place;
  const common = { host, zone: zones.elasticIp, opensInward: false };
  const way = isRouted ? ({ type: 'gateway', hostKey } as const) : ({ type: 'beside', mac } as const);
  return { ...owner, place: { ...common, ...way } };
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
  const isRouted = edgeTableOf(view, vpc, network) !== undefined;
  const owner = { vpc, subnet, privateAddress, interfaceNumber, isRouted };
  const binding = currentBinding(view, id);
  const host = binding && view.get('host', binding.spec.hostId);
  if (host && reaches(host, network)) {
    const common = { host, zone: conntrackZones(binding).translation, opensInward: true };
    const way = isRouted
      ? ({ type: 'gateway', hostKey: parseAddress(host.spec.tunnelAddress, 'tunnelAddress') } as const)
      : ({ type: 'beside', mac: macNumber(networkInterface.spec.macAddress) } as const);
    return { ...owner, place: { ...common, ...way } };
  }
  const gateway = host && gatewayPlace(view, elasticIp.id);
  if (!gateway || !reaches(gateway.host, network)) return { ...owner, place: undefined };
  const { hostKey, zones } = gateway;
  const place = {
    type: 'gateway',
    host: gateway.host,
    hostKey,
    zone: zones.elasticIp,
    opensInward: true,
  } as const;
  return { ...owner, place };
}

function reaches(host: ResourceOf<'host'>, network: ResourceOf<'external-network'>): boolean {
  return network.spec.name in host.spec.externalPorts;
}
