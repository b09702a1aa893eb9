import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { AnyResource } from '../resources/index.ts';
import {
  type Arp,
  afterChange,
  broadcastMac,
  type DropReason,
  dropReasons,
  type Frame,
  type Ipv4,
} from './index.ts';
import {
  binding,
  changed,
  ip,
  macOf,
  natGateway,
  natPlacement,
  network,
  openEntries,
  partner,
  ping,
  pong,
  prefixList,
  publicMac,
  router,
  routeToInternet,
  routeToNat,
  rule,
  Sender,
  tcp,
  udp,
  verdict,
} from './scene.test-support.ts';

const web = '10.0.1.5';
const db = '10.0.1.6';
const app = '10.0.2.5';
const remote = '192.0.2.1';

function arp(change: Partial<Arp> = {}): Arp {
  return {
    protocol: 'arp',
    operation: 'request',
    senderMac: macOf('web'),
    senderAddress: web,
    targetMac: '00:00:00:00:00:00',
    targetAddress: '10.0.1.1',
    ...change,
  };
}

const toDb = ip(web, db, tcp(5432));
const toApp = ip(web, app, ping);
const toRemote = ip(web, remote, ping);
const dhcp = ip('0.0.0.0', '255.255.255.255', udp(67, 68));
const fromWeb =
  (destination: string, content: Frame['content'], frame: Partial<Frame> = {}) =>
  (sender: Sender) =>
    sender.send('web', destination, content, frame);
const fromOutside =
  (destination: string, content: Ipv4, frame: Partial<Frame> = {}) =>
  (sender: Sender) =>
    sender.receive(destination, content, frame);
const toPublic = ip(remote, '203.0.113.10', ping);
const aboutNothing = ip(remote, '203.0.113.10', {
  protocol: 'icmp',
  type: 3,
  code: 3,
  quoted: ip('203.0.113.10', remote, udp(53)),
});

/**
 * `vpc-a` with a NAT gateway in `subnet-2` on `host-1`, with the elastic IP that is free elsewhere; `subnet-1` routes to it, and
 * `subnet-2` to the internet gateway.
 */
const withNat = (changes: readonly AnyResource[] = []) =>
  network([
    routeToNat,
    routeToInternet,
    natGateway,
    natPlacement,
    ...[changed('subnet-2', { routeTableId: 'rtb-public' })],
    ...changes,
  ]);

const throughDb = changed('rtb-a', { routes: [{ destination: '10.0.2.0/24', target: 'db' }] });
const denied = (direction: string, cidrIpv4: string) => ({
  number: 50,
  direction,
  action: 'deny',
  protocol: 'all',
  cidrIpv4,
});
const toPartner = ip(web, '10.1.1.5', ping);

type Send = (sender: Sender) => ReturnType<Sender['send']>;
/** For each reason: what is dropped for it, and what differs just so much that it is not. */
const cases: Readonly<
  Record<
    DropReason,
    readonly [
      send: Send,
      network: ReturnType<typeof network>,
      otherwise: readonly [Send, ReturnType<typeof network>, string],
    ]
  >
> = {
  'sender-not-bound': [
    (s) => s.send('idle', macOf('db'), ip('10.0.1.9', db, tcp(5432))),
    network(),
    [
      (s) => s.send('idle', macOf('db'), ip('10.0.1.9', db, tcp(5432))),
      network([binding('idle', 'host-1', 9)]),
      'delivered to db',
    ],
  ],
  'vlan-tag': [
    fromWeb(macOf('db'), toDb, { vlan: 5 }),
    network(),
    [fromWeb(macOf('db'), toDb), network(), 'delivered to db'],
  ],
  'unsupported-protocol': [
    fromWeb(macOf('db'), { protocol: 0x86dd }),
    network(),
    [fromWeb(macOf('db'), toDb), network(), 'delivered to db'],
  ],
  'spoofed-mac': [
    fromWeb(macOf('db'), toDb, { source: macOf('db') }),
    network(),
    [fromWeb(macOf('db'), toDb), network(), 'delivered to db'],
  ],
  'spoofed-address': [
    fromWeb(macOf('db'), ip('10.0.1.7', db, tcp(5432))),
    network(),
    [fromWeb(macOf('db'), toDb), network(), 'delivered to db'],
  ],
  'spoofed-arp': [
    fromWeb(broadcastMac, arp({ senderAddress: db })),
    network(),
    [fromWeb(broadcastMac, arp({ senderAddress: '0.0.0.0' })), network(), 'answered by arp'],
  ],
  'dhcp-server': [
    fromWeb(macOf('db'), ip(web, db, udp(68, 67))),
    network(),
    [fromWeb(broadcastMac, dhcp), network(), 'answered by dhcp'],
  ],
  'arp-unanswered': [
    fromWeb(broadcastMac, arp({ targetAddress: web })),
    network(),
    [fromWeb(broadcastMac, arp({ targetAddress: db })), network(), 'answered by arp'],
  ],
  'checked-target': [
    fromWeb(router.subnet1, ip(web, app, tcp(5432))),
    network([throughDb]),
    [
      fromWeb(router.subnet1, ip(web, app, tcp(5432))),
      network([throughDb, changed('db', { sourceDestinationCheck: false })]),
      'delivered to db',
    ],
  ],
  broadcast: [
    fromWeb(broadcastMac, toDb),
    network(),
    [fromWeb(macOf('db'), toDb), network(), 'delivered to db'],
  ],
  'wrong-mac': [
    fromWeb(macOf('db'), toApp),
    network(),
    [fromWeb(router.subnet1, toApp), network(), 'delivered to app'],
  ],
  untracked: [
    fromWeb(router.subnet1, ip(web, app, pong)),
    network(),
    [fromWeb(router.subnet1, toApp), network(), 'delivered to app'],
  ],
  'egress-rules': [
    fromWeb(router.subnet1, toApp),
    network([], ['sgr-a-out']),
    [fromWeb(router.subnet1, toApp), network(), 'delivered to app'],
  ],
  'egress-acl': [
    fromWeb(router.subnet1, toApp),
    network([changed('acl-a', { entries: [denied('egress', '10.0.2.0/24'), ...openEntries] })]),
    [
      fromWeb(router.subnet1, toApp),
      network([changed('acl-a', { entries: [denied('egress', '10.0.3.0/24'), ...openEntries] })]),
      'delivered to app',
    ],
  ],
  'ingress-acl': [
    fromWeb(router.subnet1, toApp),
    network([changed('acl-a', { entries: [denied('ingress', '10.0.1.0/24'), ...openEntries] })]),
    [
      fromWeb(macOf('db'), toDb),
      network([changed('acl-a', { entries: [denied('ingress', '10.0.1.0/24')] })]),
      'delivered to db',
    ],
  ],
  'no-route': [
    fromWeb(router.subnet1, toRemote),
    network([changed('rtb-a', { routes: [] })]),
    [fromWeb(router.subnet1, toRemote), network(), 'sent to 203.0.113.1'],
  ],
  blackhole: [
    fromWeb(router.subnet1, ip(web, '198.51.100.9', ping)),
    network(),
    [fromWeb(router.subnet1, ip(web, '198.51.101.9', ping)), network(), 'sent to 203.0.113.1'],
  ],
  'detached-gateway': [
    fromWeb(router.subnet1, toRemote),
    network([changed('igw-a', { vpcId: undefined })]),
    [fromWeb(router.subnet1, toRemote), network(), 'sent to 203.0.113.1'],
  ],
  'inactive-peering': [
    fromWeb(router.subnet1, toPartner),
    network(partner('pending-acceptance')),
    [fromWeb(router.subnet1, toPartner), network(partner('active')), 'delivered to partner'],
  ],
  'ttl-exceeded': [
    fromOutside(publicMac.web, ip(remote, '203.0.113.10', ping, 1)),
    network(),
    [fromOutside(publicMac.web, ip(remote, '203.0.113.10', ping, 2)), network(), 'delivered to web'],
  ],
  'too-large': [
    fromOutside(publicMac.web, { ...aboutNothing, totalLength: 1443 }),
    network(),
    [fromOutside(publicMac.web, { ...toPublic, totalLength: 1442 }), network(), 'delivered to web'],
  ],
  'no-elastic-ip': [
    fromWeb(router.subnet1, toRemote),
    network([], ['eip-web']),
    [fromWeb(router.subnet1, toRemote), network(), 'sent to 203.0.113.1'],
  ],
  'no-external-port': [
    fromWeb(router.subnet1, toRemote),
    network([binding('web', 'host-2', 9)]),
    [fromWeb(router.subnet1, toRemote), network(), 'sent to 203.0.113.1'],
  ],
  'no-next-hop': [
    fromWeb(router.subnet1, toRemote),
    network([changed('ext', { gateway: undefined })]),
    [
      fromWeb(router.subnet1, ip(web, '203.0.113.99', ping)),
      network([changed('ext', { gateway: undefined })]),
      'sent to 203.0.113.99',
    ],
  ],
  'to-itself': [
    fromWeb(router.subnet1, ip(web, web, ping)),
    network(),
    [fromWeb(router.subnet1, toApp), network(), 'delivered to app'],
  ],
  'no-interface': [
    fromWeb(router.subnet1, ip(web, '10.0.2.77', ping)),
    network(),
    [fromWeb(router.subnet1, toApp), network(), 'delivered to app'],
  ],
  'receiver-not-bound': [
    fromWeb(macOf('idle'), ip(web, '10.0.1.9', ping)),
    network(),
    [
      fromWeb(macOf('idle'), ip(web, '10.0.1.9', ping)),
      network([binding('idle', 'host-1', 9)]),
      'delivered to idle',
    ],
  ],
  'ingress-rules': [
    fromWeb(macOf('db'), ip(web, db, tcp(5434))),
    network(),
    [fromWeb(macOf('db'), ip(web, db, tcp(5433))), network(), 'delivered to db'],
  ],
  'unknown-public-address': [
    fromOutside(publicMac.web, ip(remote, '203.0.113.12', ping)),
    network(),
    [fromOutside(publicMac.web, toPublic), network(), 'delivered to web'],
  ],
  'no-gateway-host': [
    fromWeb(router.subnet1, toRemote),
    network([routeToNat, natGateway]),
    [fromWeb(router.subnet1, toRemote), withNat(), 'sent to 203.0.113.1'],
  ],
  'translated-twice': [
    fromWeb(router.subnet1, toRemote),
    withNat([changed('subnet-2', { routeTableId: 'rtb-a' })]),
    [fromWeb(router.subnet1, toRemote), withNat(), 'sent to 203.0.113.1'],
  ],
  unsolicited: [
    fromOutside(publicMac.nat, ip(remote, '203.0.113.12', ping)),
    withNat(),
    [
      (s) => {
        s.send('web', router.subnet1, toRemote);
        return s.receive(publicMac.nat, ip(remote, '203.0.113.12', pong));
      },
      withNat(),
      'delivered to web',
    ],
  ],
  'no-service': [
    (s) => s.send('app', router.subnet2, ip(app, '10.0.0.2', udp(53))),
    network(),
    [fromWeb(router.subnet1, ip(web, '10.0.0.2', udp(53))), network(), 'answered by dns'],
  ],
  'private-source': [
    fromOutside(publicMac.web, ip(db, '203.0.113.10', ping)),
    network(),
    [fromOutside(publicMac.web, toPublic), network(), 'delivered to web'],
  ],
};

describe('an address of a peer, from outside', () => {
  it('is dropped while the connection is active', () => {
    const claimed = fromOutside(publicMac.web, ip('10.1.1.5', '203.0.113.10', ping));
    const seen = (state: string) => verdict(claimed(new Sender(network(partner(state)))));
    assert.equal(seen('active'), 'private-source');
    assert.equal(seen('rejected'), 'delivered to web');
  });
});

describe('every reason to drop a packet', () => {
  for (const [reason, [send, used, [other, otherNetwork, expected]]] of Object.entries(cases)) {
    it(`${reason}, and what is just not dropped for it`, () => {
      assert.equal(verdict(send(new Sender(used))), reason);
      assert.equal(verdict(other(new Sender(otherNetwork))), expected);
    });
  }

  it('names the resources that decided', () => {
    const { outcome, steps } = new Sender().send('web', macOf('db'), ip(web, db, tcp(1)));
    assert.deepEqual(outcome, { type: 'dropped', reason: 'ingress-rules', by: ['sg-db'] });
    assert.equal(steps.at(-1)?.decision, 'dropped: ingress-rules');
  });

  it('is in the table of the page, with the same words, and nothing else is', () => {
    const page = readFileSync(new URL('README.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, reason, text]) => [
      reason,
      text,
    ]);
    assert.deepEqual(Object.fromEntries(rows), dropReasons);
  });
});

describe('what arrives', () => {
  it('keeps its sender inside of a subnet, and comes from the router of the receiver elsewhere', () => {
    const near = new Sender().send('web', macOf('db'), toDb).outcome;
    assert.deepEqual(near, {
      type: 'delivered',
      interfaceId: 'db',
      frame: { source: macOf('web'), destination: macOf('db'), content: toDb },
    });
    const far = new Sender().send('web', router.subnet1, toApp).outcome;
    const content = ip(web, app, ping, 63);
    assert.deepEqual(far, {
      type: 'delivered',
      interfaceId: 'app',
      frame: { source: router.subnet2, destination: macOf('app'), content },
    });
  });

  it('is in the same VPC, whoever else has the address', () => {
    assert.equal(verdict(new Sender().send('app', router.subnet2, ip(app, web, ping))), 'delivered to web');
    assert.equal(verdict(new Sender().send('twin', router.subnet3, ip(web, app, ping))), 'no-interface');
  });

  it('goes to the host that bound the interface last', () => {
    const moved = network([binding('web', 'host-2', 9)]);
    assert.equal(verdict(new Sender(moved).receive(publicMac.web, toPublic)), 'unknown-public-address');
    assert.equal(verdict(new Sender().receive(publicMac.web, toPublic)), 'delivered to web');
  });

  it('is translated at an elastic IP, both ways', () => {
    const sender = new Sender();
    const out = sender.send('web', router.subnet1, toRemote).outcome;
    assert.deepEqual(out, {
      type: 'sent-outside',
      externalNetworkId: 'ext',
      nextHop: '203.0.113.1',
      frame: { source: publicMac.web, content: ip('203.0.113.10', remote, ping, 63) },
    });
    const back = sender.receive(publicMac.web, ip(remote, '203.0.113.10', pong)).outcome;
    assert.deepEqual(back, {
      type: 'delivered',
      interfaceId: 'web',
      frame: { source: router.subnet1, destination: macOf('web'), content: ip(remote, web, pong, 63) },
    });
  });

  it('is translated inside of an ICMP error, too', () => {
    const sender = new Sender();
    sender.send('web', router.subnet1, toRemote);
    const quoted = ip('203.0.113.10', remote, ping, 1);
    const error = { protocol: 'icmp', type: 11, code: 0, quoted } as const;
    const { outcome } = sender.receive(publicMac.web, ip('192.0.2.254', '203.0.113.10', error));
    assert.ok(outcome.type === 'delivered');
    assert.deepEqual((outcome.frame.content as Ipv4).payload, {
      ...error,
      quoted: { ...quoted, source: web },
    });
    assert.equal(
      verdict(new Sender().receive(publicMac.web, ip('192.0.2.254', '203.0.113.10', error))),
      'untracked',
    );
  });

  it('to a service of the host is answered by it, whatever the rules say', () => {
    const sender = new Sender(network([], ['sgr-a-out']));
    const { outcome } = sender.send('web', router.subnet1, ip(web, '169.254.169.254', tcp(80)));
    assert.ok(outcome.type === 'answered' && outcome.by === 'metadata');
    assert.deepEqual(outcome.frame, {
      source: router.subnet1,
      destination: macOf('web'),
      content: ip('169.254.169.254', web, tcp(40000, ['syn', 'ack'], 80), 1),
    });
    const asked = (destination: string, payload: Ipv4['payload'], used = network()) =>
      verdict(new Sender(used).send('web', router.subnet1, ip(web, destination, payload)));
    assert.equal(asked('169.254.169.253', tcp(53)), 'answered by dns');
    assert.equal(asked('169.254.169.253', tcp(80)), 'no-route');
    assert.equal(asked('169.254.169.254', udp(80)), 'no-route');
    assert.equal(asked('10.0.0.2', udp(54)), 'no-interface');
    const silent = network([changed('vpc-a', { enableDnsSupport: false })]);
    assert.equal(asked('10.0.0.2', udp(53), silent), 'no-interface');
    assert.equal(asked('169.254.169.254', tcp(80), silent), 'answered by metadata');
    const near = new Sender().send('web', broadcastMac, arp({ targetAddress: '169.254.169.254' }));
    assert.equal(verdict(near), 'answered by arp');
  });

  it('whose time to live is over is told of by the router, with the packet as it was sent', () => {
    const packet = ip(web, app, ping, 1);
    const { outcome } = new Sender().send('web', router.subnet1, packet);
    assert.ok(outcome.type === 'answered' && outcome.by === 'time-exceeded');
    assert.deepEqual(outcome.frame, {
      source: router.subnet1,
      destination: macOf('web'),
      content: ip('10.0.1.1', web, { protocol: 'icmp', type: 11, code: 0, quoted: packet }),
    });
    const denied = new Sender(network([], ['sgr-a-out']));
    assert.equal(verdict(denied.send('web', router.subnet1, packet)), 'egress-rules');
    assert.equal(
      verdict(new Sender().send('web', macOf('db'), ip(web, db, tcp(5432), 1))),
      'delivered to db',
    );
  });

  it('that is too large for the tunnel is told of by the router, in a subnet and beyond, and on one host passes', () => {
    const large = (packet: Ipv4) => ({ ...packet, totalLength: 1443 });
    const { outcome } = new Sender().send('web', router.subnet1, large(toApp));
    assert.ok(outcome.type === 'answered' && outcome.by === 'too-large');
    const quoted = { ...large(toApp), timeToLive: 63 };
    const message = { protocol: 'icmp', type: 3, code: 4, mtu: 1442, quoted } as const;
    assert.deepEqual(outcome.frame.content, ip('10.0.1.1', web, message));
    assert.equal(verdict(new Sender().send('web', macOf('db'), large(toDb))), 'answered by too-large');
    const together = network([binding('db', 'host-1', 9)], ['host-2/db']);
    assert.equal(verdict(new Sender(together).send('web', macOf('db'), large(toDb))), 'delivered to db');
  });

  it('that is too large from outside is told of by the elastic IP', () => {
    const { outcome } = new Sender().receive(publicMac.web, { ...toPublic, totalLength: 1500 });
    assert.ok(outcome.type === 'answered' && outcome.by === 'too-large');
    assert.equal(outcome.frame.source, publicMac.web);
    assert.equal((outcome.frame.content as Ipv4).source, '203.0.113.10');
    const spoofed = { ...ip('10.0.9.9', '203.0.113.10', ping), totalLength: 1500 };
    assert.equal(verdict(new Sender().receive(publicMac.web, spoofed)), 'private-source');
  });

  it('answers: ARP, DHCP and the echo of the router', () => {
    const answered = new Sender().send('web', broadcastMac, arp()).outcome;
    assert.ok(answered.type === 'answered' && answered.by === 'arp');
    assert.deepEqual(answered.frame.content, {
      ...arp({ operation: 'reply', senderMac: router.subnet1, senderAddress: '10.0.1.1' }),
      targetMac: macOf('web'),
      targetAddress: web,
    });
    const offered = new Sender().send('web', broadcastMac, dhcp).outcome;
    assert.ok(offered.type === 'answered' && offered.by === 'dhcp');
    assert.deepEqual(offered.lease, {
      address: web,
      subnetMask: '255.255.255.0',
      router: '10.0.1.1',
      mtu: 1442,
      serverAddress: '10.0.1.1',
      serverMac: router.subnet1,
      domainName: 'ec2.internal',
      nameServers: ['10.0.0.2'],
      timeServers: [],
      leaseSeconds: 3600,
    });
    const echo = new Sender().send('web', router.subnet1, ip(web, '10.0.1.1', ping)).outcome;
    assert.ok(echo.type === 'answered' && echo.by === 'gateway-echo');
    assert.deepEqual(echo.frame.content, ip('10.0.1.1', web, pong));
    assert.equal(
      verdict(new Sender().send('web', router.subnet1, ip(web, '10.0.1.1', tcp(80)))),
      'no-interface',
    );
  });
});

describe('security groups', () => {
  const answer = ip(db, web, tcp(40000, ['syn', 'ack'], 5432));

  it('let replies pass that no rule allows, and nothing that only looks like a reply', () => {
    const sender = new Sender();
    sender.send('web', macOf('db'), toDb);
    assert.equal(
      verdict(new Sender(network(), sender.connections).send('db', macOf('web'), answer)),
      'delivered to web',
    );
    assert.equal(verdict(new Sender().send('db', macOf('web'), answer)), 'untracked');
  });

  it('judge live connections by the rules as they are now, in both directions', () => {
    const sender = new Sender();
    sender.send('web', macOf('db'), toDb);
    const { connections } = sender;
    const without = network([], ['sgr-db']);
    assert.equal(verdict(new Sender(without, connections).send('db', macOf('web'), answer)), 'egress-rules');
    assert.equal(verdict(new Sender(without, connections).send('web', macOf('db'), toDb)), 'ingress-rules');
    assert.equal(
      verdict(new Sender(network(), connections).send('db', macOf('web'), answer)),
      'delivered to web',
    );
  });

  it('know the peer of replies as the last packet of the original direction found it', () => {
    const sender = new Sender();
    sender.send('web', macOf('db'), toDb);
    const left = network([
      changed('web', { securityGroupIds: ['sg-other'] }),
      rule('sgr-other', { groupId: 'sg-other', direction: 'egress', protocol: 'all', cidrIpv4: '0.0.0.0/0' }),
    ]);
    assert.equal(
      verdict(new Sender(left, sender.connections).send('db', macOf('web'), answer)),
      'delivered to web',
    );
    assert.equal(
      verdict(new Sender(left, sender.connections).send('web', macOf('db'), toDb)),
      'ingress-rules',
    );
  });

  it('count for private addresses only', () => {
    const byGroup = network(
      [rule('sgr-b', { groupId: 'sg-b', direction: 'ingress', protocol: 'all', referencedGroupId: 'sg-a' })],
      [],
    );
    const toTwin = ip(web, '203.0.113.11', ping);
    assert.equal(verdict(new Sender(byGroup).send('web', router.subnet1, toTwin)), 'ingress-rules');
    assert.equal(verdict(new Sender().send('web', router.subnet1, toTwin)), 'delivered to twin');
  });

  it('match type and code of ICMP on the request, and let replies pass', () => {
    const sender = new Sender();
    assert.equal(verdict(sender.send('app', router.subnet2, ip(app, web, ping))), 'delivered to web');
    assert.equal(verdict(sender.send('web', router.subnet1, ip(web, app, pong))), 'delivered to app');
    const timestamp = { ...ping, type: 13 };
    assert.equal(verdict(sender.send('app', router.subnet2, ip(app, web, timestamp))), 'ingress-rules');
  });
});

describe('network ACLs', () => {
  const entry = (number: number, action: string, rest: object = {}) => ({
    ...denied('ingress', '10.0.1.0/24'),
    number,
    action,
    ...rest,
  });
  const arrives = (entries: object[], content = toApp) =>
    verdict(
      new Sender(network([changed('acl-a', { entries: [...entries, openEntries[1]] })])).send(
        'web',
        router.subnet1,
        content,
      ),
    );

  it('are decided by the lowest number that matches, in whatever order they stand', () => {
    assert.equal(arrives([entry(20, 'allow'), entry(10, 'deny')]), 'ingress-acl');
    assert.equal(arrives([entry(20, 'deny'), entry(10, 'allow')]), 'delivered to app');
    assert.equal(arrives([entry(10, 'deny', { cidrIpv4: '10.0.9.0/24' })]), 'ingress-acl', 'nothing matches');
  });

  it('match ports of the receiver, and type and code of ICMP', () => {
    const ssh = { protocol: 'tcp', fromPort: 22, toPort: 22 };
    const echo = { protocol: 'icmp', icmpType: 8, icmpCode: 0 };
    assert.equal(arrives([entry(10, 'allow', ssh), entry(20, 'deny')]), 'ingress-acl');
    assert.equal(arrives([entry(10, 'allow', echo)]), 'delivered to app');
    assert.equal(arrives([entry(10, 'allow', { ...echo, icmpCode: 1 })]), 'ingress-acl');
    assert.equal(arrives([entry(10, 'allow', { protocol: 1 })]), 'delivered to app');
  });

  it('know no connections: a reply needs an entry of its own', () => {
    const only = (direction: string) => [{ ...entry(10, 'allow', { cidrIpv4: '0.0.0.0/0' }), direction }];
    const acl = (entries: object[]) => ({ ...changed('acl-a', { entries }), id: 'acl-2' });
    const sender = new Sender(
      network([acl(only('ingress')) as never, changed('subnet-2', { networkAclId: 'acl-2' })]),
    );
    assert.equal(verdict(sender.send('web', router.subnet1, toApp)), 'delivered to app');
    assert.equal(verdict(sender.send('app', router.subnet2, ip(app, web, pong))), 'egress-acl');
  });
});

describe('a NAT gateway', () => {
  /** `web` sends out through the gateway, and is answered; the network ACL of the gateway's subnet has these entries. */
  const through = (...entries: object[]) => {
    const acl = { ...changed('acl-a', { entries }), id: 'acl-nat' };
    const itsSubnet = changed('subnet-2', { routeTableId: 'rtb-public', networkAclId: 'acl-nat' });
    const sender = new Sender(withNat([acl, itsSubnet]));
    const sent = verdict(sender.send('web', router.subnet1, toRemote));
    return [sent, verdict(sender.receive(publicMac.nat, ip(remote, '203.0.113.12', pong)))];
  };
  const pass = (direction: string, cidrIpv4: string, icmpType: number) => ({
    ...{ number: icmpType + 10, direction, action: 'allow', cidrIpv4 },
    ...{ protocol: 'icmp', icmpType },
  });
  const [into, on] = [pass('ingress', '10.0.1.0/24', 8), pass('egress', `${remote}/32`, 8)];
  const [back, home] = [pass('ingress', `${remote}/32`, 0), pass('egress', '10.0.1.0/24', 0)];

  it('is judged by the network ACL of its subnet, as packets come to it and as they go on', () => {
    assert.deepEqual(through(into, on, back, home), ['sent to 203.0.113.1', 'delivered to web']);
    assert.equal(through(on, back, home)[0], 'ingress-acl');
    assert.equal(through(into, back, home)[0], 'egress-acl');
    assert.equal(through(into, on, home)[1], 'ingress-acl');
    assert.equal(through(into, on, back)[1], 'egress-acl');
  });

  it('leads into a peered VPC where the table of its subnet does', () => {
    const routes = [{ destination: '10.1.0.0/16', target: 'pcx-1' }];
    const into = { ...routeToInternet, spec: { vpcId: 'vpc-a', routes } } as AnyResource;
    const used = (state: string) => withNat([...partner(state), routeToNat, into]);
    const send = (state: string) => verdict(new Sender(used(state)).send('web', router.subnet1, toPartner));
    assert.equal(send('active'), 'delivered to partner');
    assert.equal(send('rejected'), 'inactive-peering');
  });
});

describe('peering', () => {
  const rules = (peer: object, status: object = {}) => {
    const spec = { groupId: 'sg-p', direction: 'ingress', protocol: 'all', ...peer };
    return { ...rule('sgr-p', spec), status: { matchIds: [], ...status } } as never;
  };
  const across = { vpcPeeringConnectionId: 'pcx-1', peerVpcId: 'vpc-a' };
  const to = (...changes: never[]) =>
    verdict(new Sender(network([...partner('active'), ...changes])).send('web', router.subnet1, toPartner));

  it('carries the groups of senders, while a rule over the connection names one', () => {
    assert.equal(to(rules({ referencedGroupId: 'sg-a' }, across)), 'delivered to partner');
    assert.equal(to(rules({ referencedGroupId: 'sg-db' }, across)), 'ingress-rules');
    const stale = { ...across, vpcPeeringConnectionId: 'pcx-0' };
    assert.equal(to(rules({ referencedGroupId: 'sg-a' }, stale)), 'ingress-rules');
    assert.equal(to(rules({ cidrIpv4: '10.0.1.0/24' })), 'delivered to partner');
  });

  it('needs a route, and leads into the other VPC alone', () => {
    const rtb = (routes: object[]) => changed('rtb-a', { routes }) as never;
    assert.equal(to(rtb([])), 'no-route');
    assert.equal(to(rtb([{ destination: '0.0.0.0/0', target: 'pcx-1' }])), 'delivered to partner');
    const used = network([...partner('active'), rtb([{ destination: '0.0.0.0/0', target: 'pcx-1' }])]);
    assert.equal(verdict(new Sender(used).send('web', router.subnet1, toRemote)), 'no-interface');
  });

  it('is chosen by a prefix list, too, behind a route to the network itself', () => {
    const lists = [prefixList('pl-1', ['10.1.0.0/16']), prefixList('pl-2', ['10.1.0.0/16'])] as never[];
    const by = (...routes: object[]) => to(...lists, changed('rtb-a', { routes }) as never);
    const [first, second] = [
      { destination: 'pl-1', target: 'pcx-1' },
      { destination: 'pl-2', target: 'blackhole' },
    ];
    assert.equal(by(first, second), 'delivered to partner');
    assert.equal(by(second, first), 'blackhole');
    assert.equal(by(first, { destination: '10.1.0.0/16', target: 'blackhole' }), 'blackhole');
  });
});

describe('connections', () => {
  it('end with the port, and with the elastic IP', () => {
    const sender = new Sender();
    sender.send('web', macOf('db'), toDb);
    sender.receive(publicMac.web, toPublic);
    const { connections } = sender;
    assert.deepEqual(afterChange(network(), connections), connections);
    const kept = (gone: string) => [...afterChange(network([], [gone]), connections).keys()];
    assert.ok(kept('host-1/web').every((key) => !key.includes('host-1/web')));
    assert.ok(kept('eip-web').every((key) => !key.startsWith('address')));
    assert.ok(kept('eip-web').length > 0);
  });

  it('of TCP can be opened anew when both sides have closed, from either side', () => {
    const used = network([
      rule('sgr-out', { groupId: 'sg-db', direction: 'egress', protocol: 'all', cidrIpv4: '0.0.0.0/0' }),
      rule('sgr-in', { groupId: 'sg-a', direction: 'ingress', protocol: 'tcp', cidrIpv4: '10.0.0.0/16' }),
    ]);
    const toWeb = (...flags: Parameters<typeof tcp>[1] & object) => ip(db, web, tcp(40000, flags, 5432));
    const sender = new Sender(used);
    sender.send('web', macOf('db'), toDb);
    assert.match(sender.send('db', macOf('web'), toWeb('syn')).leftOpen ?? '', /SYN/);
    sender.send('web', macOf('db'), ip(web, db, tcp(5432, ['rst'])));
    const opened = sender.send('db', macOf('web'), toWeb('syn'));
    assert.equal(opened.leftOpen, undefined);
    assert.equal(verdict(opened), 'delivered to web');
    assert.match(opened.steps.at(-2)?.decision ?? '', /^new packet/);
  });

  it('are opened by no flags that TCP never sends', () => {
    for (const flags of [['syn', 'fin'], [], ['fin'], ['syn', 'rst'], ['syn', 'ack']] as const) {
      assert.equal(
        verdict(new Sender().send('web', macOf('db'), ip(web, db, tcp(5432, flags)))),
        'untracked',
      );
    }
    for (const flags of [['syn'], ['ack'], ['fin', 'ack'], ['rst']] as const) {
      assert.equal(
        verdict(new Sender().send('web', macOf('db'), ip(web, db, tcp(5432, flags)))),
        'delivered to db',
      );
    }
  });
});

describe('what an interface may send from', () => {
  const send = (spec: object, source: string, frame: Partial<Frame> = {}) =>
    verdict(
      new Sender(network([changed('web', spec)])).send('web', macOf('db'), ip(source, db, tcp(5432)), frame),
    );
  const strange = '02:aa:00:00:00:01';

  it('are its own addresses, the primary and the secondary ones', () => {
    const spec = { secondaryPrivateAddresses: ['10.0.1.7'] };
    assert.equal(send(spec, web), 'delivered to db');
    assert.equal(send(spec, '10.0.1.7'), 'delivered to db');
    assert.equal(send(spec, '10.0.1.8'), 'spoofed-address');
  });

  it('is any address when the check is off, but no other MAC', () => {
    assert.equal(send({ sourceDestinationCheck: false }, '10.0.1.8'), 'delivered to db');
    assert.equal(send({ sourceDestinationCheck: false }, '10.0.1.8', { source: strange }), 'spoofed-mac');
    assert.equal(send({ sourceDestinationCheck: true }, '10.0.1.8'), 'spoofed-address');
  });

  it('is what a pair allows, with its MAC', () => {
    const own = { allowedAddressPairs: [{ cidrBlock: '10.0.1.0/28' }] };
    assert.equal(send(own, '10.0.1.8'), 'delivered to db');
    assert.equal(send(own, '10.0.1.77'), 'spoofed-address');
    const other = { allowedAddressPairs: [{ cidrBlock: '10.0.1.0/28', macAddress: strange }] };
    assert.equal(send(other, '10.0.1.8', { source: strange }), 'delivered to db');
    assert.equal(send(other, '10.0.1.8'), 'spoofed-address');
    assert.equal(send(other, web, { source: strange }), 'delivered to db', 'it is of the network, too');
    assert.equal(send(other, '10.0.1.77', { source: strange }), 'spoofed-address');
  });

  it('stays what it is inside of the subnet, with the MAC of a pair', () => {
    const spec = { allowedAddressPairs: [{ cidrBlock: '10.0.1.0/28', macAddress: strange }] };
    const packet = ip('10.0.1.8', '10.0.1.6', tcp(5432));
    const sender = new Sender(network([changed('web', spec)]));
    const { outcome } = sender.send('web', macOf('db'), packet, { source: strange });
    assert.equal(outcome.type === 'delivered' && outcome.frame.source, strange);
  });

  it('is told by ARP only of what it has', () => {
    const claim = (spec: object, senderAddress: string) =>
      verdict(new Sender(network([changed('web', spec)])).send('web', broadcastMac, arp({ senderAddress })));
    assert.equal(claim({ secondaryPrivateAddresses: ['10.0.1.7'] }, '10.0.1.7'), 'answered by arp');
    assert.equal(claim({ sourceDestinationCheck: false }, '10.0.1.7'), 'spoofed-arp');
    assert.equal(
      claim({ allowedAddressPairs: [{ cidrBlock: '10.0.1.7/32' }] }, '10.0.1.7'),
      'answered by arp',
    );
  });
});

describe('a secondary address', () => {
  it('is reached like the primary one', () => {
    const sender = new Sender(network([changed('db', { secondaryPrivateAddresses: ['10.0.1.7'] })]));
    assert.equal(verdict(sender.send('web', macOf('db'), ip(web, '10.0.1.7', tcp(5432)))), 'delivered to db');
    assert.equal(verdict(sender.send('web', macOf('db'), ip(web, '10.0.1.8', tcp(5432)))), 'no-interface');
  });
});
