import {
  type AnyResource,
  contains,
  containsIpv6,
  derivedMac,
  formatIpv4,
  formatIpv6,
  formatMac,
  gatewayAddress,
  type Ipv4Network,
  ipv4BlocksOf,
  type KindName,
  linkLocalAddress,
  parseAddress,
  parseCidr,
  parseIpv6Address,
  parseIpv6Cidr,
  type ResourceOf,
} from '../resources/index.ts';
import type { Ip } from './packet.ts';

/** The kinds that decide about packets. */
const modelledKinds = [
  'external-network',
  'host',
  'vpc',
  'subnet',
  'network-acl',
  'prefix-list',
  'vpc-peering-connection',
  'route-table',
  'internet-gateway',
  'egress-only-internet-gateway',
  'security-group',
  'security-group-rule',
  'network-interface',
  'elastic-ip',
  'nat-gateway',
  'binding',
  'instance',
  'dhcp-options',
  'placement',
  'held-address',
] as const satisfies readonly KindName[];
export type ModelledKind = (typeof modelledKinds)[number];

/** Everything that decides about packets, by kind and id. */
export type Resources = { readonly [K in ModelledKind]: ReadonlyMap<string, ResourceOf<K>> };

/** Sorts resources by kind and id; kinds that decide nothing are left out. */
export function indexResources(all: Iterable<AnyResource>): Resources {
  const index = Object.fromEntries(modelledKinds.map((kind) => [kind, new Map<string, AnyResource>()]));
  for (const resource of all) index[resource.kind]?.set(resource.id, resource);
  return index as unknown as Resources;
}

/** A resource that another one names. @throws Error when it is not there: the store never lets that happen */
export function named<K extends ModelledKind>(resources: Resources, kind: K, id: string): ResourceOf<K> {
  const found = resources[kind].get(id);
  if (!found) throw new Error(`there is no ${kind} ${id}, though another resource names it`);
  return found as ResourceOf<K>;
}

/** True when the address (text) is inside of the network (CIDR text); false, too, when one is IPv4 and the other IPv6. */
export function isInside(cidr: string, address: string): boolean {
  const isIpv6 = cidr.includes(':');
  if (isIpv6 !== address.includes(':')) return false;
  if (isIpv6) return containsIpv6(parseIpv6Cidr(cidr, 'network'), parseIpv6Address(address, 'address'));
  return contains(parseCidr(cidr, 'network'), parseAddress(address, 'address'));
}

export function networkOf(subnet: ResourceOf<'subnet'>): Ipv4Network {
  return parseCidr(subnet.spec.cidrBlock, 'cidrBlock');
}

/** The networks of a VPC, IPv4 and, where it has one, IPv6. */
export function blocksOf(vpc: ResourceOf<'vpc'>): readonly string[] {
  const { ipv6CidrBlock } = vpc.spec;
  return [...ipv4BlocksOf(vpc), ...(ipv6CidrBlock === undefined ? [] : [ipv6CidrBlock])];
}

/** True when the address is in one of the networks of a VPC. */
export function isInVpc(vpc: ResourceOf<'vpc'>, address: string): boolean {
  return blocksOf(vpc).some((block) => isInside(block, address));
}

/**
 * The router's address in a subnet: base + 1. AWS, "Subnet CIDR blocks": "10.0.0.1: Reserved by AWS for the VPC router."
 * In IPv6, the link-local address of its MAC: that is how routers make themselves known (RFC 4861, section 4.2).
 */
export function routerAddress(subnet: ResourceOf<'subnet'>, protocol: Ip['protocol'] = 'ipv4'): string {
  if (protocol === 'ipv4') return formatIpv4(gatewayAddress(networkOf(subnet)));
  return formatIpv6(linkLocalAddress(derivedMac('subnetGateway', subnet.number as number)));
}

export function routerMac(subnet: ResourceOf<'subnet'>): string {
  return formatMac(derivedMac('subnetGateway', subnet.number as number));
}

/** The MAC under which an elastic IP answers on its external network; it moves with the address. */
export function publicMac(elasticIp: ResourceOf<'elastic-ip'>): string {
  return formatMac(derivedMac('elasticIp', elasticIp.number as number));
}

/** The MAC under which the IPv6 addresses of an interface answer on an external network. */
export function publicInterfaceMac({ number }: ResourceOf<'network-interface'>): string {
  return formatMac(derivedMac('publicInterface', number as number));
}

/** The single addresses of an interface, the primary one first. */
export function addressesOf({ spec }: ResourceOf<'network-interface'>): readonly string[] {
  return [spec.privateAddress, ...(spec.secondaryPrivateAddresses ?? []), ...(spec.ipv6Addresses ?? [])];
}

/**
 * AWS, "Prefix delegation for Amazon EC2 network interfaces": an interface has the addresses of its prefixes, too, "without the
 * need to assign each".
 */
export function isOwnAddress(one: ResourceOf<'network-interface'>, address: string): boolean {
  const { ipv4Prefixes = [], ipv6Prefixes = [] } = one.spec;
  if (addressesOf(one).includes(address)) return true;
  return [...ipv4Prefixes, ...ipv6Prefixes].some((prefix) => isInside(prefix, address));
}

export function hasIpv6({ spec }: ResourceOf<'network-interface'>): boolean {
  return (spec.ipv6Addresses ?? []).length + (spec.ipv6Prefixes ?? []).length > 0;
}

/** The interface that has this address in the VPC. */
export function interfaceAt(
  resources: Resources,
  vpcId: string,
  address: string,
): ResourceOf<'network-interface'> | undefined {
  for (const one of resources['network-interface'].values()) {
    if (one.spec.vpcId === vpcId && isOwnAddress(one, address)) return one;
  }
  return undefined;
}

/** Who receives packets for an address, and with which MAC. */
export interface AddressOwner {
  readonly interface: ResourceOf<'network-interface'>;
  readonly mac: string;
}

/** The interface that has this address in the VPC for itself, or holds it as a shared one. */
export function receiverAt(resources: Resources, vpcId: string, address: string): AddressOwner | undefined {
  const own = interfaceAt(resources, vpcId, address);
  if (own) return { interface: own, mac: own.spec.macAddress };
  for (const { spec } of resources['held-address'].values()) {
    if (spec.vpcId !== vpcId || spec.address !== address) continue;
    return {
      interface: named(resources, 'network-interface', spec.networkInterfaceId),
      mac: spec.macAddress,
    };
  }
  return undefined;
}

/**
 * Where an interface is. Two hosts may claim it for a while, as in a live migration: then it is where something has come out
 * of its port last; a port in standby has sent nothing yet.
 */
export function bindingOf(resources: Resources, interfaceId: string): ResourceOf<'binding'> | undefined {
  const all = [...resources.binding.values()].filter(({ spec }) => spec.networkInterfaceId === interfaceId);
  const awake = all.filter(({ spec }) => !spec.standby);
  const [newest] = (awake.length > 0 ? awake : all).sort((a, b) => b.revision - a.revision);
  return newest;
}

/** The NAT gateway that has this private address in the VPC. */
export function natGatewayAt(
  resources: Resources,
  vpcId: string,
  address: string,
): ResourceOf<'nat-gateway'> | undefined {
  for (const one of resources['nat-gateway'].values()) {
    if (one.spec.vpcId === vpcId && one.spec.privateAddress === address) return one;
  }
  return undefined;
}

/** The MAC of a NAT gateway in its subnet. */
export function natGatewayMac(gateway: ResourceOf<'nat-gateway'>): string {
  return formatMac(derivedMac('natGateway', gateway.number as number));
}

/** What translates an elastic IP. */
export interface Translator {
  /** Another one when the translations are remembered somewhere else. */
  readonly name: string;
  readonly hostId: string;
}

/**
 * The host that has the interface or NAT gateway of an elastic IP if it has a port to the network, else the gateway host
 * that stands in. The owner's host forgets its translations when the internet gateway gets a route table, or loses it; those of a
 * gateway host that stands in are made no other way then.
 *
 * @returns undefined when nobody can translate the address
 */
export function translatorOf(
  resources: Resources,
  elasticIp: ResourceOf<'elastic-ip'>,
): Translator | undefined {
  const { id, spec } = elasticIp;
  const network = named(resources, 'external-network', spec.externalNetworkId);
  const reaches = (hostId: string) =>
    network.spec.name in named(resources, 'host', hostId).spec.externalPorts;
  const gateway = natGatewayOf(resources, elasticIp);
  const owner = gateway ?? resources['network-interface'].get(spec.networkInterfaceId ?? '');
  const routed = owner && edgeTableOf(resources, owner.spec.vpcId, network.id) ? ' routed' : '';
  const placed = (ownerId: string, name = '') => {
    const placement = resources.placement.get(ownerId)?.spec;
    if (!placement || !reaches(placement.hostId)) return undefined;
    const { hostId, zoneSlot } = placement;
    return { name: `${hostId}/${zoneSlot} ${name}`, hostId };
  };
  if (gateway) return placed(gateway.id, routed);
  const binding = spec.networkInterfaceId && bindingOf(resources, spec.networkInterfaceId);
  if (!binding) return undefined;
  const { hostId } = binding.spec;
  return reaches(hostId) ? { name: `${binding.id}${routed}`, hostId } : placed(id, spec.networkInterfaceId);
}

/**
 * The table by which packets go that come in to the VPC from a network outside. AWS, "Gateway route tables": one that is
 * associated with the internet gateway; without one, each packet goes to who has its destination.
 */
export function edgeTableOf(
  resources: Resources,
  vpcId: string,
  externalNetworkId: string,
): ResourceOf<'route-table'> | undefined {
  for (const table of resources['route-table'].values()) {
    const gateway = resources['internet-gateway'].get(table.spec.internetGatewayId ?? '');
    if (gateway?.spec.vpcId === vpcId && gateway.spec.externalNetworkId === externalNetworkId) return table;
  }
  return undefined;
}

/** The NAT gateway that has an elastic IP. */
export function natGatewayOf(
  resources: Resources,
  elasticIp: ResourceOf<'elastic-ip'>,
): ResourceOf<'nat-gateway'> | undefined {
  for (const one of resources['nat-gateway'].values()) {
    if (one.spec.elasticIpId === elasticIp.id) return one;
  }
  return undefined;
}
