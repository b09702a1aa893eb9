import type { ScriptStep } from '../property/script.ts';

/**
 * The network that all cases start from. Two VPCs have the same addresses; `web` and `app` share a subnet on two hosts, `db` is
 * in another one, `stranger` in the other VPC. Only `web` has an elastic IP. Host 3 does not reach the network outside.
 *
 *     outside 203.0.113.0/24 ── igw1 ── vpc1 10.0.0.0/16
 *                                        ├─ subnet1 10.0.1.0/24: web .10 (host1), app .11 (host2)
 *                                        └─ subnet2 10.0.2.0/24: db .20 (host3)
 *                                       vpc2 10.0.0.0/16
 *                                        └─ subnet3 10.0.1.0/24: stranger .11 (host1)
 */
export const network: readonly ScriptStep[] = [
  { do: 'host', name: 'host1', number: 1, external: true },
  { do: 'host', name: 'host2', number: 2, external: true },
  { do: 'host', name: 'host3', number: 3 },
  make('external-network', 'outside', {
    name: 'outside',
    cidrBlock: '203.0.113.0/24',
    gateway: '203.0.113.1',
    addressRanges: [{ first: '203.0.113.10', last: '203.0.113.20' }],
    ipv6CidrBlock: '2001:db8::/48',
    ipv6Gateway: 'fe80::1',
  }),
  make('vpc', 'vpc1', { cidrBlock: '10.0.0.0/16', ipv6CidrBlock: '2001:db8:0:100::/56' }),
  make('vpc', 'vpc2', { cidrBlock: '10.0.0.0/16' }),
  ...subnet('subnet1', 'vpc1', '10.0.1.0/24', '2001:db8:0:101::/64'),
  ...subnet('subnet2', 'vpc1', '10.0.2.0/24', '2001:db8:0:102::/64'),
  ...subnet('subnet3', 'vpc2', '10.0.1.0/24'),
  make('internet-gateway', 'igw1', { vpcId: '@vpc1' }),
  ...machine('web', 'subnet1', '10.0.1.10', 'host1', 10, '2001:db8:0:101::10'),
  ...machine('app', 'subnet1', '10.0.1.11', 'host2', 11, '2001:db8:0:101::11'),
  ...machine('db', 'subnet2', '10.0.2.20', 'host3', 12, '2001:db8:0:102::20'),
  ...machine('stranger', 'subnet3', '10.0.1.11', 'host1', 13),
  make('elastic-ip', 'eip1', { address: '203.0.113.10', networkInterfaceId: '@web' }),
  {
    do: 'update',
    kind: 'route-table',
    name: 'vpc1.main',
    spec: {
      routes: [
        { destination: '0.0.0.0/0', target: '@igw1' },
        { destinationIpv6: '::/0', target: '@igw1' },
      ],
    },
  },
];

/** Where the machines of the network are. */
export const addresses: Readonly<
  Record<string, { ipv4: string; ipv6?: string; subnet?: string; publicMac?: string }>
> = {
  web: { ipv4: '10.0.1.10', ipv6: '2001:db8:0:101::10', subnet: 'subnet1', publicMac: '@web.public' },
  app: { ipv4: '10.0.1.11', ipv6: '2001:db8:0:101::11', subnet: 'subnet1', publicMac: '@app.public' },
  db: { ipv4: '10.0.2.20', ipv6: '2001:db8:0:102::20', subnet: 'subnet2' },
  stranger: { ipv4: '10.0.1.11', subnet: 'subnet3' },
  eip1: { ipv4: '203.0.113.10', publicMac: '@eip1' },
  outside: { ipv4: '198.51.100.7', ipv6: '2001:db9::7' },
};

function make(kind: (ScriptStep & { do: 'create' })['kind'], name: string, spec: object): ScriptStep {
  return { do: 'create', kind, name, spec: spec as Record<string, unknown> };
}

function subnet(name: string, vpc: string, cidrBlock: string, ipv6CidrBlock?: string): ScriptStep[] {
  return [make('subnet', name, { vpcId: `@${vpc}`, cidrBlock, ...(ipv6CidrBlock ? { ipv6CidrBlock } : {}) })];
}

function machine(
  name: string,
  subnetName: string,
  privateAddress: string,
  host: string,
  port: number,
  ipv6?: string,
): ScriptStep[] {
  const ipv6Addresses = ipv6 ? { ipv6Addresses: [ipv6] } : {};
  return [
    make('network-interface', name, { subnetId: `@${subnetName}`, privateAddress, ...ipv6Addresses }),
    { do: 'bind', interface: name, host, port },
  ];
}
