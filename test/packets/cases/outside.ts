import { arp, change, expect, make, type PacketCase, ping, remove, tcp, udp } from '../packet-case.ts';

const out = { from: 'web', to: 'outside' };
const allFrom = (groupId: string, network: string) =>
  make('security-group-rule', 'open', {
    groupId,
    direction: 'ingress',
    protocol: 'all',
    ...(network.includes(':') ? { cidrIpv6: network } : { cidrIpv4: network }),
  });

/** Packets that leave a VPC, or come from outside. */
export const outside: readonly PacketCase[] = [
  {
    feature: 'elastic-ip',
    about: 'stands for the private address in both directions, and follows to another interface',
    steps: [
      expect(tcp(out, 443), 'outside from 203.0.113.10'),
      expect(
        tcp({ from: 'outside', to: 'eip1' }, 40_000, { source: 443, flags: ['syn', 'ack'] }),
        'web from 198.51.100.7',
      ),
      expect(tcp({ from: 'outside', to: 'eip1' }, 80), 'dropped: ingress-rules'),
      allFrom('@vpc1.default', '0.0.0.0/0'),
      expect(tcp({ from: 'outside', to: 'eip1' }, 80), 'web from 198.51.100.7'),
      expect(tcp({ from: 'outside', to: 'eip1', source: '10.0.2.20' }, 80), 'dropped: private-source'),
      expect(tcp({ from: 'app', to: 'outside' }, 443), 'dropped: no-elastic-ip'),
      expect(tcp({ from: 'app', to: '203.0.113.10' }, 80), 'dropped: no-elastic-ip'),
      change('elastic-ip', 'eip1', { networkInterfaceId: null }),
      expect(tcp({ ...out }, 443, { source: 40_005 }), 'dropped: no-elastic-ip'),
      change('elastic-ip', 'eip1', { networkInterfaceId: '@app' }),
      expect(tcp({ from: 'outside', to: 'eip1' }, 80, { source: 40_006 }), 'app from 198.51.100.7'),
    ],
  },
  {
    feature: 'elastic-ip',
    about: 'is translated on a gateway host where its own host does not reach the network outside',
    steps: [
      make('elastic-ip', 'eip2', { address: '203.0.113.11', networkInterfaceId: '@db' }),
      expect(tcp({ from: 'db', to: 'outside' }, 443), 'outside from 203.0.113.11'),
      expect(
        tcp({ from: 'outside', to: '203.0.113.11', destinationMac: '@eip2' }, 40_000, {
          source: 443,
          flags: ['syn', 'ack'],
        }),
        'db from 198.51.100.7',
      ),
      expect(
        tcp({ from: 'outside', to: '203.0.113.11', destinationMac: '@eip2' }, 22),
        'dropped: ingress-rules',
      ),
    ],
  },
  {
    feature: 'internet-gateway',
    about: 'leads out while it is attached and a route leads to it',
    steps: [
      expect(ping(out), 'outside from 203.0.113.10'),
      change('route-table', 'vpc1.main', { routes: [] }),
      expect(udp(out, 53), 'dropped: no-route'),
      change('route-table', 'vpc1.main', { routes: [{ destination: '198.51.0.0/16', target: '@igw1' }] }),
      expect(udp(out, 53, { source: 40_001 }), 'outside from 203.0.113.10'),
      expect(udp({ from: 'web', to: '192.0.2.1' }, 53), 'dropped: no-route'),
    ],
  },
  {
    feature: 'external-network',
    about: 'asks for addresses in it, and is answered for those that are in use',
    steps: [
      expect(arpFromOutside('203.0.113.10'), 'answered: arp'),
      expect(arpFromOutside('203.0.113.11'), 'dropped: arp-unanswered'),
    ],
  },
  {
    feature: 'nat-gateway',
    about: 'lets a subnet out under its own address, and only answers in',
    steps: [
      make('elastic-ip', 'eip2', { address: '203.0.113.12' }),
      make('nat-gateway', 'nat1', { subnetId: '@subnet1', elasticIpId: '@eip2' }),
      make('route-table', 'table1', {
        vpcId: '@vpc1',
        routes: [{ destination: '0.0.0.0/0', target: '@nat1' }],
      }),
      change('subnet', 'subnet2', { routeTableId: '@table1' }),
      expect(tcp({ from: 'db', to: 'outside' }, 443), 'outside from 203.0.113.12'),
      expect(
        tcp({ from: 'outside', to: '203.0.113.12', destinationMac: '@eip2' }, 40_000, {
          source: 443,
          flags: ['syn', 'ack'],
        }),
        'db from 198.51.100.7',
      ),
      expect(
        tcp({ from: 'outside', to: '203.0.113.12', destinationMac: '@eip2' }, 80),
        'dropped: unsolicited',
      ),
      remove('nat-gateway', 'nat1'),
      expect(tcp({ from: 'db', to: 'outside' }, 443, { source: 40_001 }), 'dropped: blackhole'),
    ],
  },
  {
    feature: 'egress-only-internet-gateway',
    about: 'lets IPv6 connections out, and none in',
    steps: [
      make('egress-only-internet-gateway', 'eigw1', { vpcId: '@vpc1' }),
      change('route-table', 'vpc1.main', { routes: [{ destinationIpv6: '::/0', target: '@eigw1' }] }),
      allFrom('@vpc1.default', '::/0'),
      expect(tcp(out, 443, { six: true }), 'outside from 2001:db8:0:101::10'),
      expect(
        tcp({ from: 'outside', to: 'web' }, 40_000, { six: true, source: 443, flags: ['syn', 'ack'] }),
        'web from 2001:db9::7',
      ),
      expect(tcp({ from: 'outside', to: 'web' }, 80, { six: true }), 'dropped: unsolicited'),
    ],
  },
  {
    feature: 'network-interface',
    about: 'IPv6 addresses are public by their route, in both directions, as far as rules allow',
    steps: [
      expect(tcp(out, 443, { six: true }), 'outside from 2001:db8:0:101::10'),
      expect(tcp({ from: 'outside', to: 'web' }, 80, { six: true }), 'dropped: ingress-rules'),
      allFrom('@vpc1.default', '::/0'),
      expect(tcp({ from: 'outside', to: 'web' }, 80, { six: true }), 'web from 2001:db9::7'),
      expect(tcp({ from: 'web', to: 'db' }, 80, { six: true }), 'db from 2001:db8:0:101::10'),
      expect(
        tcp({ from: 'web', to: 'app', source: '2001:db8:0:101::99' }, 80, { six: true }),
        'dropped: spoofed-address',
      ),
    ],
  },
  {
    feature: 'vpc-peering-connection',
    about: 'joins two VPCs when it is accepted, and no third one',
    steps: [
      make('vpc', 'vpc3', { cidrBlock: '10.3.0.0/16' }),
      make('subnet', 'subnet4', { vpcId: '@vpc3', cidrBlock: '10.3.1.0/24' }),
      make('network-interface', 'peer', { subnetId: '@subnet4', privateAddress: '10.3.1.5' }),
      { do: 'bind', interface: 'peer', host: 'host2', port: 30 },
      make('vpc-peering-connection', 'peering1', { requesterVpcId: '@vpc1', accepterVpcId: '@vpc3' }),
      change('route-table', 'vpc1.main', { routes: [{ destination: '10.3.0.0/16', target: '@peering1' }] }),
      expect(tcp({ from: 'web', to: '10.3.1.5' }, 80), 'dropped: inactive-peering'),
      change('vpc-peering-connection', 'peering1', { state: 'active' }),
      expect(tcp({ from: 'web', to: '10.3.1.5' }, 80), 'dropped: ingress-rules'),
      make('security-group-rule', 'rule1', {
        groupId: '@vpc3.default',
        direction: 'ingress',
        protocol: 'tcp',
        fromPort: 80,
        toPort: 80,
        referencedGroupId: '@vpc1.default',
      }),
      expect(tcp({ from: 'web', to: '10.3.1.5' }, 80), 'peer from 10.0.1.10'),
      expect(tcp({ from: 'web', to: '10.3.1.5' }, 81), 'dropped: ingress-rules'),
      expect(
        tcp({ from: 'peer', to: '198.51.100.7', destinationMac: '@subnet4', source: '10.3.1.5' }, 80),
        'dropped: no-route',
      ),
      remove('vpc-peering-connection', 'peering1'),
      expect(tcp({ from: 'web', to: '10.3.1.5' }, 80, { source: 40_001 }), 'dropped: inactive-peering'),
    ],
  },
  {
    feature: 'route-table',
    about: 'the longest prefix wins; a route may lead through a machine that routes, or nowhere',
    steps: [
      change('route-table', 'vpc1.main', {
        routes: [
          { destination: '0.0.0.0/0', target: '@igw1' },
          { destination: '198.51.100.0/24', target: 'blackhole' },
          { destination: '198.51.100.7/32', target: '@app' },
        ],
      }),
      expect(tcp({ from: 'web', to: '192.0.2.1' }, 80), 'outside from 203.0.113.10'),
      expect(tcp({ from: 'web', to: '198.51.100.8' }, 80), 'dropped: blackhole'),
      expect(tcp(out, 80), 'dropped: checked-target'),
      change('network-interface', 'app', { sourceDestinationCheck: false }),
      expect(tcp(out, 80), 'app from 10.0.1.10'),
    ],
  },
  {
    feature: 'prefix-list',
    about: 'rules and routes follow the entries of a list',
    steps: [
      make('prefix-list', 'list1', { name: 'l', maxEntries: 2, entries: [{ cidr: '198.51.100.0/24' }] }),
      change('route-table', 'vpc1.main', { routes: [{ destination: '@list1', target: '@igw1' }] }),
      make('security-group-rule', 'rule1', {
        groupId: '@vpc1.default',
        direction: 'ingress',
        protocol: 'tcp',
        fromPort: 80,
        toPort: 80,
        prefixListId: '@list1',
      }),
      expect(tcp(out, 443), 'outside from 203.0.113.10'),
      expect(tcp({ from: 'outside', to: 'eip1' }, 80), 'web from 198.51.100.7'),
      expect(tcp({ from: 'outside', to: 'eip1', source: '192.0.2.1' }, 80), 'dropped: ingress-rules'),
      change('prefix-list', 'list1', { entries: [{ cidr: '192.0.2.0/24' }] }),
      expect(tcp(out, 443, { source: 40_001 }), 'dropped: no-route'),
      expect(tcp({ from: 'outside', to: 'eip1', source: '192.0.2.1' }, 80), 'web from 192.0.2.1'),
    ],
  },
];

function arpFromOutside(target: string) {
  const { frame, ...step } = arp('outside', target);
  const mac = '06:00:cb:00:71:01';
  return {
    ...step,
    frame: { ...frame, source: mac, content: { ...frame.content, senderMac: mac } },
  } as typeof step & {
    frame: typeof frame;
  };
}
