import type { Frame, Icmp, Ip, Resources, Tcp, Udp } from '../../../controller/reference/index.ts';
import type { ResourceOf, Route } from '../../../controller/resources/index.ts';
import type { Random } from '../random.ts';
import type { Rig } from '../rig.ts';
import type { ScriptStep, SendStep } from '../script.ts';
import { addressIn, ip, isIn, isIpv6 } from './families.ts';

export type Interface = ResourceOf<'network-interface'>;
export type ElasticIp = ResourceOf<'elastic-ip'>;

type KindInVpc =
  | 'subnet'
  | 'route-table'
  | 'security-group'
  | 'network-acl'
  | 'internet-gateway'
  | 'egress-only-internet-gateway'
  | 'nat-gateway'
  | 'network-interface';

export const externalNetwork = {
  name: 'outside',
  cidr: '203.0.113.0/24',
  gateway: '203.0.113.1',
  /** Elastic IPs. */
  first: '203.0.113.10',
  last: '203.0.113.60',
  /** The first /56 is the network's own, and VPCs get the others. */
  ipv6: '2001:db8::/48',
  ipv6Gateways: ['fe80::1', '2001:db8::1'],
} as const;

/** Machines outside: on the external network, and beyond it. */
export const outsideAddresses = [
  '203.0.113.200',
  '203.0.113.201',
  '198.51.100.7',
  '198.51.100.99',
  '192.0.2.1',
];

/** The same in IPv6. */
export const outsideAddressesIpv6 = [
  '2001:db8::c8',
  '2001:db8::c9',
  '2001:db9::7',
  '2001:db9:0:1::63',
  '2620::1',
];

/** What generators look at: the resources as they are, and the names that the script has for them. */
export class Scene {
  readonly random: Random;
  readonly #rig: Rig;

  constructor(rig: Rig, random: Random) {
    this.#rig = rig;
    this.random = random;
  }

  get resources(): Resources {
    return this.#rig.resources;
  }

  /** In an order that does not depend on ids, which are random, so that a seed decides everything. */
  all<K extends keyof Resources>(kind: K): ResourceOf<K>[] {
    const all = [...this.resources[kind].values()] as ResourceOf<K>[];
    if (kind === 'binding') return all.sort((a, b) => a.revision - b.revision);
    const names = new Map(all.map((one) => [one, this.name(one)]));
    return all.sort((a, b) => ((names.get(a) as string) < (names.get(b) as string) ? -1 : 1));
  }

  /** Those of a kind that are in a VPC. */
  inVpc<K extends KindInVpc>(kind: K, vpcId: string): ResourceOf<K>[] {
    return this.all(kind).filter(({ spec }) => (spec as { vpcId?: string }).vpcId === vpcId);
  }

  /** `@name` of a resource. */
  ref({ id }: { id: string }): string {
    return `@${this.name({ id })}`;
  }

  name({ id }: { id: string }): string {
    return this.#rig.names.nameOf(id);
  }

  bindingsOf({ id }: Interface): ResourceOf<'binding'>[] {
    return this.all('binding').filter(({ spec }) => spec.networkInterfaceId === id);
  }

  interfaces(bound: boolean): Interface[] {
    const ids = new Set(this.all('binding').map(({ spec }) => spec.networkInterfaceId));
    return this.all('network-interface').filter(({ id }) => ids.has(id) === bound);
  }

  /** Other interfaces of the same VPC. */
  peersOf({ id, spec }: Interface, bound = true): Interface[] {
    return this.interfaces(bound).filter((one) => one.id !== id && one.spec.vpcId === spec.vpcId);
  }

  /** Peering connections of a VPC, active or not, with the VPC at the other end. */
  connectionsOf(vpcId: string) {
    return this.all('vpc-peering-connection').flatMap((connection) => {
      const { requesterVpcId, accepterVpcId } = connection.spec;
      if (![requesterVpcId, accepterVpcId].includes(vpcId)) return [];
      const vpc = this.resources.vpc.get(requesterVpcId === vpcId ? accepterVpcId : requesterVpcId);
      return vpc ? [{ connection, vpc }] : [];
    });
  }

  /** Bound interfaces of the VPCs that are peered with that of an interface, active or not. */
  beyondPeering({ spec }: Interface): Interface[] {
    const vpcIds = new Set(this.connectionsOf(spec.vpcId).map(({ vpc }) => vpc.id));
    return this.interfaces(true).filter((one) => vpcIds.has(one.spec.vpcId));
  }

  subnetOf({ spec }: Interface): ResourceOf<'subnet'> {
    return this.resources.subnet.get(spec.subnetId) as ResourceOf<'subnet'>;
  }

  vpcOf({ spec }: { spec: { vpcId: string } }): ResourceOf<'vpc'> {
    return this.resources.vpc.get(spec.vpcId) as ResourceOf<'vpc'>;
  }

  elasticIpOf({ id }: Interface): ElasticIp | undefined {
    return this.all('elastic-ip').find(({ spec }) => spec.networkInterfaceId === id);
  }

  /** Names of what a step is about: those it mentions, and the members of groups and owners of addresses among them. */
  touchedBy(step: ScriptStep): ReadonlySet<string> {
    const text = JSON.stringify(step);
    const names = new Set(
      [...text.matchAll(/"@?([a-z]+[0-9]+(?:\.[a-z]+)*(?:\.\d+)?)"/g)].map((found) => found[1] as string),
    );
    const mentioned = (one: { id: string }) => names.has(this.name(one));
    const rules = this.all('security-group-rule').filter(mentioned);
    const groups = new Set([
      ...rules.map(({ spec }) => spec.groupId),
      ...this.all('security-group')
        .filter(mentioned)
        .map(({ id }) => id),
    ]);
    for (const one of this.all('network-interface')) {
      if (one.spec.securityGroupIds.some((id) => groups.has(id))) names.add(this.name(one));
    }
    const routed = new Set(
      this.all('nat-gateway')
        .filter(mentioned)
        .map(({ id }) => id),
    );
    for (const one of this.interfaces(true)) {
      const gateway = this.natGatewayOf(one);
      if (gateway && routed.has(gateway.id)) names.add(this.name(one));
    }
    for (const elasticIp of this.all('elastic-ip').filter(mentioned)) {
      const owner = this.ownerOf(elasticIp);
      if (owner) names.add(this.name(owner));
    }
    return names;
  }

  /** Those that neither an interface nor a NAT gateway has. */
  freeElasticIps(): ElasticIp[] {
    const used = new Set(this.all('nat-gateway').map(({ spec }) => spec.elasticIpId));
    return this.all('elastic-ip').filter(
      ({ id, spec }) => spec.networkInterfaceId === undefined && !used.has(id),
    );
  }

  /** Id of the table that a subnet's packets go by. */
  routeTableOf(subnetId: string): string {
    const subnet = this.resources.subnet.get(subnetId) as ResourceOf<'subnet'>;
    return subnet.spec.routeTableId ?? this.vpcOf(subnet).spec.mainRouteTableId;
  }

  /** The routes of whoever is in a subnet. */
  routesOf({ spec }: { spec: { subnetId: string } }): readonly Route[] {
    return this.resources['route-table'].get(this.routeTableOf(spec.subnetId))?.spec.routes ?? [];
  }

  /** The NAT gateway that a route of an interface, or of another NAT gateway, leads to. */
  natGatewayOf(sender: Interface | ResourceOf<'nat-gateway'>): ResourceOf<'nat-gateway'> | undefined {
    for (const { target } of this.routesOf(sender)) {
      const gateway = this.resources['nat-gateway'].get(target);
      if (gateway) return gateway;
    }
    return undefined;
  }

  ownerOf({ spec }: ElasticIp): Interface | undefined {
    return this.all('network-interface').find(({ id }) => id === spec.networkInterfaceId);
  }

  /** A machine outside, in IPv6 as often as in IPv4 if the interface has both. */
  outsideFor({ spec }: Interface): string {
    const hasIpv6 = (spec.ipv6Addresses ?? []).length + (spec.ipv6Prefixes ?? []).length > 0;
    return this.random.pick(hasIpv6 && this.random.chance(0.5) ? outsideAddressesIpv6 : outsideAddresses);
  }

  /** Interfaces with IPv6 addresses, on hosts. */
  withIpv6(): Interface[] {
    return this.interfaces(true).filter(({ spec }) => (spec.ipv6Addresses ?? []).length > 0);
  }

  /** An IPv6 address of an interface, or, of one that has none, what it could be. */
  ipv6Of({ spec }: Interface): string {
    const own = this.random.pickOrNone([
      ...(spec.ipv6Addresses ?? []),
      ...(spec.ipv6Prefixes ?? []).map((prefix) => this.#inside(prefix)),
    ]);
    const { ipv6CidrBlock = '2001:db8:0:100::/64' } = this.resources.subnet.get(spec.subnetId)?.spec ?? {};
    return own ?? addressIn(ipv6CidrBlock, 0x99);
  }

  /** One of the addresses of an interface, mostly the primary one or an IPv6 one. */
  addressOf(one: Interface): string {
    const { spec } = one;
    if ((spec.ipv6Addresses ?? spec.ipv6Prefixes) && this.random.chance(0.45)) return this.ipv6Of(one);
    return this.ipv4Of(one);
  }

  ipv4Of({ spec }: Interface): string {
    const further = [
      ...(spec.secondaryPrivateAddresses ?? []),
      ...(spec.ipv4Prefixes ?? []).map((prefix) => this.#inside(prefix)),
    ];
    return further.length > 0 && this.random.chance(0.4) ? this.random.pick(further) : spec.privateAddress;
  }

  /** An address of a prefix: few of them, at its ends and inside, so that conversations meet. */
  #inside(prefix: string): string {
    return addressIn(prefix, this.random.pick([0, 5, 15]));
  }

  interfaceAt(vpcId: string, address: string): Interface | undefined {
    return this.all('network-interface').find(
      ({ spec }) =>
        spec.vpcId === vpcId &&
        (spec.privateAddress === address ||
          spec.secondaryPrivateAddresses?.includes(address) ||
          spec.ipv6Addresses?.includes(address) ||
          [...(spec.ipv4Prefixes ?? []), ...(spec.ipv6Prefixes ?? [])].some((one) => isIn(one, address))),
    );
  }

  /** A frame as an honest VM sends it: to the neighbour itself inside of the subnet, else to the router. */
  fromInterface(
    sender: Interface,
    packet: Omit<Ip, 'protocol' | 'source' | 'timeToLive'> & Partial<Ip>,
  ): SendStep {
    const subnet = this.subnetOf(sender);
    const { cidrBlock, ipv6CidrBlock = cidrBlock } = subnet.spec;
    const near = [cidrBlock, ipv6CidrBlock].some((block) => isIn(block, packet.destination));
    const neighbour = near ? this.interfaceAt(sender.spec.vpcId, packet.destination) : undefined;
    const source = isIpv6(packet.destination) ? this.ipv6Of(sender) : this.ipv4Of(sender);
    const content = ip({ source, timeToLive: 64, ...packet });
    return this.raw(sender, {
      source: this.ref(sender),
      destination: this.ref(neighbour ?? subnet),
      content,
    });
  }

  fromOutside(
    target: ElasticIp,
    packet: Omit<Ip, 'protocol' | 'destination' | 'timeToLive'> & Partial<Ip>,
  ): SendStep {
    const content: Ip = { protocol: 'ipv4', destination: target.spec.address, timeToLive: 57, ...packet };
    return {
      do: 'send',
      from: externalNetwork.name,
      frame: { source: outsideSender, destination: this.ref(target), content },
    };
  }

  /** From a machine outside to the IPv6 address of an interface. */
  fromOutsideIpv6(
    target: Interface,
    packet: Omit<Ip, 'protocol' | 'destination' | 'timeToLive'> & Partial<Ip>,
  ): SendStep {
    const content = ip({ destination: this.ipv6Of(target), timeToLive: 57, ...packet });
    const frame = { source: outsideSender, destination: `${this.ref(target)}.public`, content };
    return { do: 'send', from: externalNetwork.name, frame };
  }

  raw(sender: Interface, frame: Frame): SendStep {
    return { do: 'send', from: this.name(sender), frame };
  }
}

/** MAC of the router outside that packets from beyond come through. */
export const outsideSender = '06:00:cb:00:71:01';
/** MAC of the machine 2001:db8::c8 outside. */
export const outsideSenderIpv6 = '06:06:00:00:00:c8';

/** Few ports, so that random rules and random packets meet. */
export const somePorts = [22, 53, 80, 443, 8080, 0, 65535] as const;

export function somePort(random: Random): number {
  return random.chance(0.8) ? random.pick(somePorts) : random.between(0, 65535);
}

export function somePayload(random: Random): Tcp | Udp | Icmp | { protocol: number } {
  const ports = { sourcePort: random.between(40000, 40003), destinationPort: somePort(random) };
  return random.weighted<() => Tcp | Udp | Icmp | { protocol: number }>([
    [4, () => ({ protocol: 'tcp', ...ports, flags: ['syn'] })],
    [3, () => ({ protocol: 'udp', ...ports })],
    [3, () => ping(random)],
    [1, () => ({ protocol: random.pick([47, 132, 50]) })],
  ])();
}

export function ping(random: Random): Icmp {
  const type = random.weighted([
    [8, 8],
    [1, 13],
    [1, 15],
  ] as const);
  return { protocol: 'icmp', type, code: 0, identifier: random.between(1, 3) };
}
