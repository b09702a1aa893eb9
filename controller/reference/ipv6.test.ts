import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Icmp, Ip } from './index.ts';
import {
  app6,
  chosen6,
  db6,
  fromOutside,
  fromWeb,
  remote6,
  solicitation,
  solicitationMac,
  throughEgressOnly,
  twin6,
  web6,
} from './packets.test-support.ts';
import {
  binding,
  changed,
  instance,
  ip,
  macOf,
  network,
  openEntries,
  ping6,
  pong6,
  publicMacOf,
  router,
  routerLink,
  rule,
  Sender,
  tcp,
  udp,
  verdict,
} from './scene.test-support.ts';

const told = (payload: Omit<Icmp, 'protocol'>): Icmp => ({ protocol: 'icmpv6', ...payload });

describe('IPv6 inside of a VPC', () => {
  it('is answered by the router: neighbours, the router itself, addresses, ping', () => {
    const sender = new Sender();
    const dns = { domainName: 'ec2.internal', nameServers: ['fd00:ec2::253'] };
    const asked = fromWeb(solicitationMac, solicitation(chosen6, db6, macOf('web')))(sender).outcome;
    assert.ok(asked.type === 'answered' && asked.by === 'neighbour-discovery');
    assert.equal(asked.frame.destination, macOf('web'));
    const neighbour = { target: db6, mac: macOf('db'), flags: ['solicited', 'override'] } as const;
    assert.deepEqual(asked.frame.content, ip(db6, chosen6, told({ type: 136, code: 0, neighbour }), 255));
    const advertised = fromWeb('33:33:00:00:00:02', ip('::', 'ff02::2', told({ type: 133, code: 0 }), 255));
    assert.deepEqual(advertised(sender).outcome, {
      type: 'answered',
      by: 'router-advertisement',
      router: { mac: router.subnet1, prefix: '2001:db8:0:100::/64', mtu: 1442, ...dns },
    });
    const leased = fromWeb('33:33:00:01:00:02', ip(chosen6, 'ff02::1:2', udp(547, 546)));
    assert.deepEqual(leased(sender).outcome, {
      type: 'answered',
      by: 'dhcpv6',
      lease: {
        addresses: [web6],
        serverMac: router.subnet1,
        preferredSeconds: 3600,
        timeServers: [],
        ...dns,
      },
    });
    const echo = fromWeb(router.subnet1, ip(chosen6, routerLink.subnet1, ping6))(sender).outcome;
    assert.ok(echo.type === 'answered' && echo.by === 'gateway-echo');
    assert.deepEqual(echo.frame.content, ip(routerLink.subnet1, chosen6, pong6));
  });

  it('is told by nobody else, and nobody probing for an address is answered', () => {
    const sent = (content: Ip) => verdict(fromWeb(solicitationMac, content)(new Sender()));
    const routed = ip(chosen6, 'ff02::1', told({ type: 134, code: 0 }), 255);
    assert.equal(sent(routed), 'neighbour-discovery');
    assert.equal(sent(ip(web6, db6, udp(546, 547))), 'dhcp-server');
    assert.equal(sent(solicitation('::', '2001:db8:0:100::77')), 'nd-unanswered');
    assert.equal(sent(solicitation(web6, app6, macOf('web'))), 'nd-unanswered', 'of another subnet');
  });

  it('has services of its own: DNS in each VPC with IPv6, metadata for instances that want it', () => {
    const ask = (
      destination: string,
      payload: Ip['payload'],
      changes: Parameters<typeof network>[0] = [],
    ) => {
      const sender = new Sender(network(changes));
      return sender.send('web', router.subnet1, ip(web6, destination, payload)).outcome;
    };
    for (const payload of [udp(53), tcp(53)]) {
      const asked = ask('fd00:ec2::253', payload);
      assert.ok(asked.type === 'answered' && asked.by === 'dns');
      assert.equal((asked.frame.content as Ip).destination, web6);
      assert.equal((asked.frame.content as Ip).timeToLive, 64);
    }
    const reason = (outcome: ReturnType<typeof ask>) => outcome.type === 'dropped' && outcome.reason;
    assert.equal(reason(ask('fd00:ec2::253', udp(54))), 'no-route');
    const silent = [changed('vpc-a', { enableDnsSupport: false })];
    assert.equal(reason(ask('fd00:ec2::253', udp(53), silent)), 'no-route');
    assert.equal(reason(ask('fd00:ec2::254', tcp(80))), 'no-service');
    assert.equal(reason(ask('fd00:ec2::254', tcp(80), instance('web', {}))), 'no-service');
    const wanted = instance('web', { metadataIpv6: true, metadataHopLimit: 2 });
    const asked = ask('fd00:ec2::254', tcp(80), wanted);
    assert.ok(asked.type === 'answered' && asked.by === 'metadata');
    assert.deepEqual(asked.frame.content, ip('fd00:ec2::254', web6, tcp(40000, ['syn', 'ack'], 80), 2));
    assert.equal(reason(ask('fd00:ec2::254', udp(80), wanted)), 'no-route');
  });

  it('is switched in a subnet and routed between subnets, which takes one from the hop limit', () => {
    const near = new Sender().send('db', macOf('web'), ip(db6, web6, ping6));
    assert.equal(verdict(near), 'egress-rules', 'the rules of db are for IPv4');
    const far = fromWeb(router.subnet1, ip(web6, app6, ping6))(new Sender()).outcome;
    assert.ok(far.type === 'delivered');
    assert.deepEqual(far.frame, {
      source: router.subnet2,
      destination: macOf('app'),
      content: ip(web6, app6, ping6, 63),
    });
    const over = fromWeb(router.subnet1, ip(web6, app6, ping6, 1))(new Sender()).outcome;
    assert.ok(over.type === 'answered' && over.by === 'time-exceeded');
    const quoted = ip(web6, app6, ping6, 1);
    assert.deepEqual(over.frame.content, ip(routerLink.subnet1, web6, told({ type: 3, code: 0, quoted })));
    const large = { ...ip(web6, app6, ping6), totalLength: 1443 };
    const stuck = fromWeb(router.subnet1, large)(new Sender()).outcome;
    assert.ok(stuck.type === 'answered' && stuck.by === 'too-large');
    const { type, mtu } = (stuck.frame.content as Ip).payload as Icmp;
    assert.deepEqual([type, mtu], [2, 1442]);
  });

  it('has rules, replies and errors of its own', () => {
    const byGroup = rule('sgr-group', {
      groupId: 'sg-db',
      direction: 'ingress',
      protocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      referencedGroupId: 'sg-a',
    });
    const sender = new Sender(network([byGroup]));
    const send = (content: Ip) => verdict(sender.send('web', macOf('db'), content));
    assert.equal(send(ip(web6, db6, tcp(22))), 'delivered to db');
    assert.equal(send(ip(web6, db6, tcp(5432))), 'delivered to db', 'a group is of both kinds of IP');
    assert.equal(send(ip(web6, db6, tcp(23))), 'ingress-rules');
    const answer = ip(db6, web6, tcp(40000, ['syn', 'ack'], 22));
    assert.equal(verdict(sender.send('db', macOf('web'), answer)), 'delivered to web');
    const error = told({ type: 1, code: 4, quoted: ip(web6, db6, tcp(22)) });
    assert.equal(verdict(sender.send('db', macOf('web'), ip(db6, web6, error))), 'delivered to web');
    const stray = told({ type: 1, code: 4, quoted: ip(web6, db6, tcp(99)) });
    assert.equal(verdict(sender.send('db', macOf('web'), ip(db6, web6, stray))), 'untracked');
  });

  it('is judged by entries of network ACLs for IPv6 alone', () => {
    const only = (field: string) => openEntries.filter((entry) => field in entry);
    const to = (field: string) =>
      verdict(
        fromWeb(
          router.subnet1,
          ip(web6, app6, ping6),
        )(new Sender(network([changed('acl-a', { entries: only(field) })]))),
      );
    assert.equal(to('cidrIpv6'), 'delivered to app');
    assert.equal(to('cidrIpv4'), 'egress-acl');
  });

  it('goes through an interface that routes, if that has an IPv6 address', () => {
    const routes = [{ destinationIpv6: '2001:db8:0:101::/64', target: 'db' }];
    const through = (spec: object) =>
      verdict(
        fromWeb(
          router.subnet1,
          ip(web6, app6, tcp(5432)),
        )(new Sender(network([changed('rtb-a', { routes }), changed('db', spec)]))),
      );
    assert.equal(through({ sourceDestinationCheck: false }), 'delivered to db');
    assert.equal(through({ sourceDestinationCheck: false, ipv6Addresses: [] }), 'no-ipv6');
    assert.equal(through({}), 'checked-target');
  });
});

describe('public IPv6 addresses', () => {
  it('leave and come in as they are', () => {
    const out = fromWeb(router.subnet1, ip(web6, remote6, ping6))(new Sender()).outcome;
    assert.deepEqual(out, {
      type: 'sent-outside',
      externalNetworkId: 'ext',
      nextHop: 'fe80::1',
      frame: { source: publicMacOf.web, content: ip(web6, remote6, ping6, 63) },
    });
    const back = fromOutside(publicMacOf.web, ip(remote6, web6, ping6))(new Sender()).outcome;
    assert.ok(back.type === 'delivered');
    assert.deepEqual(back.frame, {
      source: router.subnet1,
      destination: macOf('web'),
      content: ip(remote6, web6, ping6, 63),
    });
  });

  it('reach those of other VPCs, and machines on the link without the gateway', () => {
    assert.equal(verdict(fromWeb(router.subnet1, ip(web6, twin6, ping6))(new Sender())), 'delivered to twin');
    const near = fromWeb(router.subnet1, ip(web6, '2001:db8::9', ping6))(new Sender());
    assert.equal(verdict(near), 'sent to 2001:db8::9');
  });

  it('are where the interface is, if that host has a port to the network', () => {
    const asked = (target: string, used = network()) =>
      verdict(
        fromOutside(solicitationMac, solicitation('fe80::1', target, '06:00:00:00:00:01'))(new Sender(used)),
      );
    assert.equal(asked(web6), 'answered by neighbour-discovery');
    assert.equal(asked(db6), 'nd-unanswered', 'on a host without a port');
    assert.equal(asked(web6, network([binding('web', 'host-2', 9)])), 'nd-unanswered');
    assert.equal(asked(web6, network([], ['igw-a'])), 'nd-unanswered');
  });

  it('tell themselves that a packet is too large', () => {
    const packet = { ...ip(remote6, web6, ping6), totalLength: 1443 };
    const { outcome } = fromOutside(publicMacOf.web, packet)(new Sender());
    assert.ok(outcome.type === 'answered' && outcome.by === 'too-large');
    assert.equal((outcome.frame.content as Ip).source, web6);
  });

  it('take only what they have asked for through an egress-only gateway', () => {
    const sender = new Sender(network(throughEgressOnly));
    const opening = ip(remote6, web6, ping6);
    assert.equal(verdict(sender.receive(publicMacOf.web, opening)), 'unsolicited');
    assert.equal(verdict(sender.send('web', router.subnet1, ip(web6, remote6, ping6))), 'sent to fe80::1');
    assert.equal(verdict(sender.receive(publicMacOf.web, ip(remote6, web6, pong6))), 'delivered to web');
    const error = told({ type: 3, code: 0, quoted: ip(web6, remote6, ping6, 1) });
    const fromRouter = ip('2001:db9::ff', web6, error);
    assert.equal(verdict(sender.receive(publicMacOf.web, fromRouter)), 'delivered to web');
    assert.equal(verdict(sender.receive(publicMacOf.web, opening)), 'unsolicited');
  });
});
