import type { AnyResource } from '../resources/index.ts';
import {
  type Connections,
  type Evaluation,
  evaluate,
  type Frame,
  type Icmp,
  type Ip,
  indexResources,
  noConnections,
  type Place,
  type Resources,
  type Tcp,
  type TcpFlag,
  type Udp,
} from './index.ts';

type Kind = AnyResource['kind'];

/** A resource as far as the model looks at it; the revision is its place in the list. */
export function resource(
  kind: Kind,
  id: string,
  number: number,
  spec: object,
  revision = number,
): AnyResource {
  const envelope = { account: '123456789012', region: 'us-east-1', createdAt: '2026-01-01T00:00:00Z' };
  return { kind, id, number, revision, spec, status: {}, tags: {}, ...envelope } as unknown as AnyResource;
}

const open = (direction: string) => ({ number: 100, direction, action: 'allow', protocol: 'all' });
/** Entries of a network ACL that allow everything. */
export const openEntries = [
  ...['ingress', 'egress'].map((direction) => ({ ...open(direction), cidrIpv4: '0.0.0.0/0' })),
  ...['ingress', 'egress'].map((direction) => ({ ...open(direction), number: 101, cidrIpv6: '::/0' })),
];

/**
 * One network for all tests. VPC `vpc-a` has the subnets 10.0.1.0/24 and 10.0.2.0/24 with the interfaces `web` (10.0.1.5),
 * `db` (10.0.1.6) and `app` (10.0.2.5) on hosts, and `idle` (10.0.1.9) on none. VPC `vpc-b` has the same addresses, and
 * `twin` (10.0.1.5). `web` and `twin` have elastic IPs. All but `idle` have IPv6 addresses with the same last number, in
 * 2001:db8:0:100::/64 and 2001:db8:0:101::/64, and in `vpc-b` in 2001:db8:0:200::/64, all of them on the link outside.
 */
export const resources: readonly AnyResource[] = [
  resource('external-network', 'ext', 1, {
    name: 'outside',
    cidrBlock: '203.0.113.0/24',
    gateway: '203.0.113.1',
    addressRanges: [{ first: '203.0.113.10', last: '203.0.113.20' }],
    ipv6CidrBlock: '2001:db8::/48',
    ipv6Gateway: 'fe80::1',
  }),
  resource('host', 'host-1', 1, { externalPorts: { outside: 2 }, servicePort: 5 }),
  resource('host', 'host-2', 2, { externalPorts: {} }),
  ...['a', 'b'].flatMap((name, index) => [
    resource('vpc', `vpc-${name}`, index + 1, {
      cidrBlock: '10.0.0.0/16',
      ipv6CidrBlock: `2001:db8:0:${index + 1}00::/56`,
      defaultSecurityGroupId: `sg-${name}`,
      mainRouteTableId: `rtb-${name}`,
      defaultNetworkAclId: `acl-${name}`,
    }),
    resource('network-acl', `acl-${name}`, index + 1, { vpcId: `vpc-${name}`, entries: openEntries }),
    resource('internet-gateway', `igw-${name}`, index + 1, {
      vpcId: `vpc-${name}`,
      externalNetworkId: 'ext',
    }),
    resource('route-table', `rtb-${name}`, index + 1, {
      vpcId: `vpc-${name}`,
      routes: [
        { destination: '0.0.0.0/0', target: `igw-${name}` },
        { destination: '198.51.100.0/24', target: 'blackhole' },
        { destinationIpv6: '::/0', target: `igw-${name}` },
      ],
    }),
    resource('security-group', `sg-${name}`, index + 1, { vpcId: `vpc-${name}`, name }),
    rule(`sgr-${name}-out`, {
      groupId: `sg-${name}`,
      direction: 'egress',
      protocol: 'all',
      cidrIpv4: '0.0.0.0/0',
    }),
    rule(`sgr-${name}-out6`, {
      groupId: `sg-${name}`,
      direction: 'egress',
      protocol: 'all',
      cidrIpv6: '::/0',
    }),
  ]),
  resource('subnet', 'subnet-1', 1, {
    vpcId: 'vpc-a',
    cidrBlock: '10.0.1.0/24',
    ipv6CidrBlock: '2001:db8:0:100::/64',
  }),
  resource('subnet', 'subnet-2', 2, {
    vpcId: 'vpc-a',
    cidrBlock: '10.0.2.0/24',
    ipv6CidrBlock: '2001:db8:0:101::/64',
  }),
  resource('subnet', 'subnet-3', 3, {
    vpcId: 'vpc-b',
    cidrBlock: '10.0.1.0/24',
    ipv6CidrBlock: '2001:db8:0:200::/64',
  }),
  resource('security-group', 'sg-db', 3, { vpcId: 'vpc-a', name: 'db' }),
  rule('sgr-db', {
    groupId: 'sg-db',
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: 5432,
    toPort: 5433,
    referencedGroupId: 'sg-a',
  }),
  rule('sgr-a', {
    groupId: 'sg-a',
    direction: 'ingress',
    protocol: 'icmp',
    icmpType: 8,
    cidrIpv4: '0.0.0.0/0',
  }),
  rule('sgr-a6', {
    groupId: 'sg-a',
    direction: 'ingress',
    protocol: 'icmpv6',
    icmpType: 128,
    cidrIpv6: '::/0',
  }),
  rule('sgr-b6', { groupId: 'sg-b', direction: 'ingress', protocol: 'all', cidrIpv6: '2001:db8::/48' }),
  rule('sgr-b', { groupId: 'sg-b', direction: 'ingress', protocol: 'all', cidrIpv4: '203.0.113.0/24' }),
  networkInterface('web', 1, 'vpc-a', 'subnet-1', '10.0.1.5', ['sg-a'], ['2001:db8:0:100::5']),
  networkInterface('db', 2, 'vpc-a', 'subnet-1', '10.0.1.6', ['sg-db'], ['2001:db8:0:100::6']),
  networkInterface('app', 3, 'vpc-a', 'subnet-2', '10.0.2.5', ['sg-a'], ['2001:db8:0:101::5']),
  networkInterface('idle', 4, 'vpc-a', 'subnet-1', '10.0.1.9', ['sg-a']),
  networkInterface('twin', 5, 'vpc-b', 'subnet-3', '10.0.1.5', ['sg-b'], ['2001:db8:0:200::5']),
  ...bindings({ web: 'host-1', db: 'host-2', app: 'host-2', twin: 'host-1' }),
  resource('elastic-ip', 'eip-web', 1, {
    externalNetworkId: 'ext',
    address: '203.0.113.10',
    networkInterfaceId: 'web',
  }),
  resource('elastic-ip', 'eip-twin', 2, {
    externalNetworkId: 'ext',
    address: '203.0.113.11',
    networkInterfaceId: 'twin',
  }),
  resource('elastic-ip', 'eip-free', 3, { externalNetworkId: 'ext', address: '203.0.113.12' }),
];

/** Another VPC, 10.1.0.0/16, with the interface `partner` (10.1.1.5), and a connection to it with a route in `vpc-a`. */
export function partner(state: string): AnyResource[] {
  return [
    resource('vpc', 'vpc-p', 9, {
      cidrBlock: '10.1.0.0/16',
      mainRouteTableId: 'rtb-p',
      defaultNetworkAclId: 'acl-p',
    }),
    resource('network-acl', 'acl-p', 9, { vpcId: 'vpc-p', entries: openEntries }),
    resource('route-table', 'rtb-p', 9, { vpcId: 'vpc-p', routes: [] }),
    resource('subnet', 'subnet-p', 9, { vpcId: 'vpc-p', cidrBlock: '10.1.1.0/24' }),
    resource('security-group', 'sg-p', 9, { vpcId: 'vpc-p', name: 'p' }),
    rule('sgr-p', { groupId: 'sg-p', direction: 'ingress', protocol: 'all', cidrIpv4: '0.0.0.0/0' }),
    networkInterface('partner', 9, 'vpc-p', 'subnet-p', '10.1.1.5', ['sg-p']),
    binding('partner', 'host-2', 9),
    resource('vpc-peering-connection', 'pcx-1', 1, {
      requesterVpcId: 'vpc-a',
      accepterVpcId: 'vpc-p',
      accepterAccount: '123456789012',
      state,
    }),
    changed('rtb-a', { routes: [{ destination: '10.1.0.0/16', target: 'pcx-1' }] }),
  ];
}

export function prefixList(id: string, cidrs: readonly string[]): AnyResource {
  const entries = cidrs.map((cidr) => ({ cidr }));
  return resource('prefix-list', id, 1, { name: id, maxEntries: 9, entries });
}

export function rule(id: string, spec: object): AnyResource {
  return resource('security-group-rule', id, 1, spec);
}

function networkInterface(
  id: string,
  number: number,
  vpcId: string,
  subnetId: string,
  privateAddress: string,
  securityGroupIds: readonly string[],
  ipv6Addresses?: readonly string[],
): AnyResource {
  const macAddress = macOf(id);
  return resource('network-interface', id, number, {
    vpcId,
    subnetId,
    privateAddress,
    macAddress,
    securityGroupIds,
    ...(ipv6Addresses ? { ipv6Addresses } : {}),
  });
}

function bindings(hosts: Readonly<Record<string, string>>): AnyResource[] {
  return Object.entries(hosts).map(([id, hostId], index) => binding(id, hostId, index + 1));
}

export function binding(networkInterfaceId: string, hostId: string, revision: number): AnyResource {
  const spec = { networkInterfaceId, hostId, ofport: 10, zoneSlot: 1 };
  return resource('binding', `${hostId}/${networkInterfaceId}`, 0, spec, revision);
}

/** MACs of interfaces that tests can tell apart. */
export function macOf(interfaceId: string): string {
  const known = ['web', 'db', 'app', 'idle', 'twin', 'partner'].indexOf(interfaceId);
  return `02:00:00:00:00:0${known + 1}`;
}

export const router = {
  subnet1: '02:57:01:00:00:01',
  subnet2: '02:57:01:00:00:02',
  subnet3: '02:57:01:00:00:03',
};
export const publicMac = {
  web: '02:57:02:00:00:01',
  twin: '02:57:02:00:00:02',
  nat: '02:57:02:00:00:03',
};
/** MACs under which IPv6 addresses answer outside. */
export const publicMacOf = { web: '02:57:04:00:00:01', twin: '02:57:04:00:00:05' };
/** The routers' own addresses in IPv6. */
export const routerLink = { subnet1: 'fe80::57:1ff:fe00:1', subnet2: 'fe80::57:1ff:fe00:2' };

/** A NAT gateway in `subnet-2`, which has a table of its own to the internet gateway; the main table leads to it. */
export const natGateway = resource('nat-gateway', 'nat-a', 1, {
  vpcId: 'vpc-a',
  subnetId: 'subnet-2',
  connectivity: 'public',
  privateAddress: '10.0.2.9',
  elasticIpId: 'eip-free',
});
export const natPlacement = placement('nat-a', 'host-1');
export const routeToNat = resource('route-table', 'rtb-a', 1, {
  vpcId: 'vpc-a',
  routes: [{ destination: '0.0.0.0/0', target: 'nat-a' }],
});
export const routeToInternet = resource('route-table', 'rtb-public', 3, {
  vpcId: 'vpc-a',
  routes: [{ destination: '0.0.0.0/0', target: 'igw-a' }],
});

export function placement(ownerId: string, hostId: string): AnyResource {
  return resource('placement', ownerId, 0, { ownerId, vpcId: 'vpc-a', hostId, zoneSlot: 9 });
}

/** The network with some resources in place of those with the same kind and id, or beside them; without those of `gone`. */
export function network(changes: readonly AnyResource[] = [], gone: readonly string[] = []): Resources {
  return indexResources([...resources, ...changes].filter(({ id }) => !gone.includes(id)));
}

/** A resource of the network with another specification. */
export function changed(id: string, spec: object): AnyResource {
  const old = resources.find((one) => one.id === id);
  if (!old) throw new Error(`the scene has no ${id}`);
  return { ...old, spec: { ...old.spec, ...spec } } as AnyResource;
}

/** An instance with one interface. */
export function instance(networkInterfaceId: string, spec: object): AnyResource[] {
  const all = { hostId: 'host-1', networkInterfaceIds: [networkInterfaceId], ...spec };
  return [changed(networkInterfaceId, { instanceId: 'i-a' }), resource('instance', 'i-a', 0, all)];
}

export function udp(destinationPort: number, sourcePort = 40000): Udp {
  return { protocol: 'udp', sourcePort, destinationPort };
}

export function tcp(destinationPort: number, flags: readonly TcpFlag[] = ['syn'], sourcePort = 40000): Tcp {
  return { protocol: 'tcp', sourcePort, destinationPort, flags };
}

export const ping: Icmp = { protocol: 'icmp', type: 8, code: 0, identifier: 7 };
export const pong: Icmp = { ...ping, type: 0 };
export const ping6: Icmp = { protocol: 'icmpv6', type: 128, code: 0, identifier: 7 };
export const pong6: Icmp = { ...ping6, type: 129 };

export function ip(source: string, destination: string, payload: Ip['payload'], timeToLive = 64): Ip {
  const protocol = source.includes(':') ? 'ipv6' : 'ipv4';
  return { protocol, source, destination, timeToLive, payload };
}

export const outside: Place = { externalNetworkId: 'ext' };
const outsideMac = '06:00:00:00:00:01';

/** Sends packets one after the other, with the connections of those before. */
export class Sender {
  readonly #resources: Resources;
  connections: Connections;

  constructor(used = network(), connections = noConnections) {
    this.#resources = used;
    this.connections = connections;
  }

  /** From an interface, to a MAC. */
  send(from: string, destination: string, content: Frame['content'], frame: Partial<Frame> = {}): Evaluation {
    return this.#evaluate({ interfaceId: from }, { source: macOf(from), destination, content, ...frame });
  }

  /** From the network outside, to a MAC. */
  receive(destination: string, content: Frame['content'], frame: Partial<Frame> = {}): Evaluation {
    return this.#evaluate(outside, { source: outsideMac, destination, content, ...frame });
  }

  #evaluate(from: Place, frame: Frame): Evaluation {
    const evaluation = evaluate(this.#resources, { from, ...frame }, this.connections);
    this.connections = evaluation.connections;
    return evaluation;
  }
}

/** The outcome in a word or two: `delivered to db`, `egress-rules`. */
export function verdict({ outcome }: Evaluation): string {
  switch (outcome.type) {
    case 'dropped':
      return outcome.reason;
    case 'delivered':
      return `delivered to ${outcome.interfaceId}`;
    case 'sent-outside':
      return `sent to ${outcome.nextHop}`;
    case 'answered':
      return `answered by ${outcome.by}`;
    case 'announced':
      return `announced ${outcome.address}`;
  }
}
