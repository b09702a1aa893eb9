import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { broadcastMac, type DropReason, dropReasons } from './index.ts';
import {
  aboutNothing,
  app,
  app6,
  arp,
  chosen6,
  db,
  db6,
  denied,
  dhcp,
  fromOutside,
  fromWeb,
  remote,
  remote6,
  type Send,
  solicitation,
  solicitationMac,
  throughDb,
  toApp,
  toDb,
  toPartner,
  toPublic,
  toRemote,
  web,
  web6,
  withNat,
} from './packets.test-support.ts';
import {
  binding,
  changed,
  ip,
  macOf,
  natGateway,
  network,
  openEntries,
  partner,
  ping,
  ping6,
  pong,
  publicMac,
  publicMacOf,
  router,
  routerLink,
  routeToNat,
  Sender,
  tcp,
  udp,
  verdict,
} from './scene.test-support.ts';

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
  'no-ipv6': [
    (s) => s.send('idle', macOf('web'), ip('2001:db8:0:100::9', web6, ping6)),
    network([binding('idle', 'host-1', 9)]),
    [
      (s) => s.send('idle', macOf('web'), ip('2001:db8:0:100::9', web6, ping6)),
      network([binding('idle', 'host-1', 9), changed('idle', { ipv6Addresses: ['2001:db8:0:100::9'] })]),
      'delivered to web',
    ],
  ],
  'link-local': [
    fromWeb(router.subnet1, ip(chosen6, app6, ping6)),
    network(),
    [fromWeb(router.subnet1, ip(chosen6, routerLink.subnet1, ping6)), network(), 'answered by gateway-echo'],
  ],
  'spoofed-neighbour': [
    fromWeb(solicitationMac, solicitation(web6, db6, macOf('db'))),
    network(),
    [
      fromWeb(solicitationMac, solicitation(web6, db6, macOf('web'))),
      network(),
      'answered by neighbour-discovery',
    ],
  ],
  'neighbour-discovery': [
    fromWeb(macOf('db'), ip(web6, db6, { protocol: 'icmpv6', type: 134, code: 0 }, 255)),
    network(),
    [
      fromWeb('33:33:00:00:00:02', ip(web6, 'ff02::2', { protocol: 'icmpv6', type: 133, code: 0 }, 255)),
      network(),
      'answered by router-advertisement',
    ],
  ],
  'nd-unanswered': [
    fromWeb(solicitationMac, solicitation(web6, web6, macOf('web'))),
    network(),
    [
      fromWeb(solicitationMac, solicitation(chosen6, routerLink.subnet1, macOf('web'))),
      network(),
      'answered by neighbour-discovery',
    ],
  ],
  'unroutable-source': [
    fromOutside(publicMacOf.web, ip('fe80::9', web6, ping6)),
    network(),
    [fromOutside(publicMacOf.web, ip(remote6, web6, ping6)), network(), 'delivered to web'],
  ],
  'foreign-source': [
    fromWeb(router.subnet1, ip('2001:db8:0:200::5', remote6, ping6)),
    network([changed('web', { sourceDestinationCheck: false })]),
    [
      fromWeb(router.subnet1, ip(app6, remote6, ping6)),
      network([changed('web', { sourceDestinationCheck: false })]),
      'sent to fe80::1',
    ],
  ],
  'not-public': [
    fromWeb(router.subnet1, ip(web6, remote6, ping6)),
    network([changed('ext', { ipv6CidrBlock: '2001:db7::/48' })]),
    [fromWeb(router.subnet1, ip(web6, remote6, ping6)), network(), 'sent to fe80::1'],
  ],
  'no-return-route': [
    fromOutside(publicMacOf.web, ip(remote6, web6, ping6)),
    network([changed('rtb-a', { routes: [{ destinationIpv6: '2001:db7::/32', target: 'igw-a' }] })]),
    [
      fromOutside(publicMacOf.web, ip(remote6, web6, ping6)),
      network([changed('rtb-a', { routes: [{ destinationIpv6: '2001:db9::/32', target: 'igw-a' }] })]),
      'delivered to web',
    ],
  ],
  'private-source': [
    fromOutside(publicMac.web, ip(db, '203.0.113.10', ping)),
    network(),
    [fromOutside(publicMac.web, toPublic), network(), 'delivered to web'],
  ],
};

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
    const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (.+) \|$/gm)].map(([, reason, text]) => [
      reason,
      text,
    ]);
    assert.deepEqual(Object.fromEntries(rows), dropReasons);
  });
});
