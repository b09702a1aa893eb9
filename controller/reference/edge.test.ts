import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnyResource } from '../resources/index.ts';
import {
  changed,
  ip,
  natGateway,
  natPlacement,
  network,
  ping,
  ping6,
  pong,
  publicMac,
  publicMacOf,
  resource,
  router,
  routeToInternet,
  rule,
  Sender,
  tcp,
  verdict,
} from './scene.test-support.ts';

const client = '198.51.100.9';
const client6 = '2001:db8:ffff::9';
const [web, webPublic] = ['10.0.1.5', '203.0.113.10'];
const web6 = '2001:db8:0:100::5';

/** `app` is a middlebox between the gateway and `subnet-1`; its own subnet leads to the gateway. */
const middlebox = (spec: object = {}): AnyResource[] => [
  changed('app', { sourceDestinationCheck: false }),
  resource('route-table', 'rtb-edge', 8, {
    vpcId: 'vpc-a',
    internetGatewayId: 'igw-a',
    routes: [
      { destination: '10.0.1.0/24', target: 'app' },
      { destinationIpv6: '2001:db8:0:100::/64', target: 'app' },
    ],
    ...spec,
  }),
  changed('rtb-a', {
    routes: [
      { destination: '0.0.0.0/0', target: 'app' },
      { destinationIpv6: '::/0', target: 'app' },
    ],
  }),
  resource('route-table', 'rtb-public', 3, {
    vpcId: 'vpc-a',
    routes: [
      { destination: '0.0.0.0/0', target: 'igw-a' },
      { destinationIpv6: '::/0', target: 'igw-a' },
    ],
  }),
  changed('subnet-2', { routeTableId: 'rtb-public' }),
  rule('sgr-a', { groupId: 'sg-a', direction: 'ingress', protocol: 'icmp', cidrIpv4: '0.0.0.0/0' }),
];

describe('the route table of an internet gateway', () => {
  it('leads what comes in through the middlebox, and back out under the elastic IP', () => {
    const sender = new Sender(network(middlebox()));
    const inward = sender.receive(publicMac.web, ip(client, webPublic, ping));
    assert.equal(verdict(inward), 'delivered to app');
    const { outcome } = inward;
    assert.ok(outcome.type === 'delivered');
    assert.deepEqual(outcome.frame.content, ip(client, web, ping, 63), 'one hop, and the private address');
    assert.equal(outcome.frame.source, router.subnet2);
    const passedOn = sender.send('app', router.subnet2, ip(client, web, ping, 62));
    assert.equal(verdict(passedOn), 'delivered to web');
    const answer = sender.send('web', router.subnet1, ip(web, client, pong));
    assert.equal(verdict(answer), 'delivered to app');
    const out = sender.send('app', router.subnet2, ip(web, client, pong, 62));
    assert.equal(verdict(out), 'sent to 203.0.113.1');
    assert.ok(out.outcome.type === 'sent-outside');
    assert.deepEqual(out.outcome.frame, {
      source: publicMac.web,
      content: ip(webPublic, client, pong, 61),
    });
    assert.equal(out.leftOpen, undefined, 'where it is remembered is promised');
  });

  it('leads nothing elsewhere that it has no route for, or that is of another VPC', () => {
    const receive = (changes: readonly AnyResource[], to: keyof typeof publicMac, address: string) =>
      verdict(new Sender(network(changes)).receive(publicMac[to], ip(client, address, ping)));
    const routes = [{ destination: '10.0.2.0/24', target: 'app' }];
    assert.equal(receive(middlebox({ routes }), 'web', webPublic), 'delivered to web');
    assert.equal(receive(middlebox(), 'twin', '203.0.113.11'), 'ingress-rules');
    assert.equal(
      receive([...middlebox({ internetGatewayId: undefined })], 'web', webPublic),
      'delivered to web',
    );
    const whole = [{ destination: '10.0.0.0/16', target: 'app' }];
    assert.equal(receive(middlebox({ routes: whole }), 'web', webPublic), 'delivered to app');
  });

  it('drops what its interface cannot take', () => {
    const receive = (spec: object) => {
      const sender = new Sender(network([...middlebox(), changed('app', spec)]));
      return [
        verdict(sender.receive(publicMac.web, ip(client, webPublic, ping))),
        verdict(sender.receive(publicMacOf.web, ip(client6, web6, ping6))),
      ];
    };
    assert.deepEqual(receive({ sourceDestinationCheck: true }), ['checked-target', 'checked-target']);
    assert.deepEqual(receive({ sourceDestinationCheck: false, ipv6Addresses: [] }), [
      'delivered to app',
      'no-ipv6',
    ]);
  });

  it('leads IPv6 through the middlebox whose subnet has the way back', () => {
    const sender = new Sender(network(middlebox()));
    assert.equal(verdict(sender.receive(publicMacOf.web, ip(client6, web6, ping6))), 'delivered to app');
    const without = middlebox({ routes: [] });
    assert.equal(
      verdict(new Sender(network(without)).receive(publicMacOf.web, ip(client6, web6, ping6))),
      'no-return-route',
    );
  });

  it('leads what answers a NAT gateway through the middlebox, and nothing unasked', () => {
    const server = (flags: readonly ('syn' | 'ack')[], source = 443) => ({
      ...tcp(40000, flags),
      sourcePort: source,
    });
    const resources = network([
      ...middlebox({ routes: [{ destination: '10.0.2.0/24', target: 'web' }] }),
      changed('web', { sourceDestinationCheck: false }),
      changed('rtb-a', { routes: [{ destination: '0.0.0.0/0', target: 'igw-a' }] }),
      { ...routeToInternet, spec: { vpcId: 'vpc-a', routes: [{ destination: '0.0.0.0/0', target: 'web' }] } },
      natGateway,
      natPlacement,
      resource('route-table', 'rtb-inner', 7, {
        vpcId: 'vpc-a',
        routes: [{ destination: '0.0.0.0/0', target: 'nat-a' }],
      }),
      resource('subnet', 'subnet-9', 9, {
        vpcId: 'vpc-a',
        cidrBlock: '10.0.1.0/24',
        routeTableId: 'rtb-inner',
      }),
      changed('db', { subnetId: 'subnet-9' }),
      rule('sgr-db-out', { groupId: 'sg-db', direction: 'egress', protocol: 'all', cidrIpv4: '0.0.0.0/0' }),
      rule('sgr-a', { groupId: 'sg-a', direction: 'ingress', protocol: 'all', cidrIpv4: '0.0.0.0/0' }),
    ] as AnyResource[]);
    const sender = new Sender(resources);
    const mac = '02:57:01:00:00:09';
    assert.equal(verdict(sender.send('db', mac, ip('10.0.1.6', client, tcp(443)))), 'delivered to web');
    const out = sender.send('web', router.subnet1, ip('10.0.2.9', client, tcp(443)));
    assert.equal(verdict(out), 'sent to 203.0.113.1');
    assert.ok(out.outcome.type === 'sent-outside');
    assert.equal(out.outcome.frame.source, publicMac.nat);
    const answer = ip(client, '203.0.113.12', server(['syn', 'ack']));
    assert.equal(verdict(sender.receive(publicMac.nat, answer)), 'delivered to web');
    const back = ip(client, '10.0.2.9', server(['syn', 'ack']));
    assert.equal(verdict(sender.send('web', router.subnet1, back)), 'delivered to db');
    const unasked = ip(client, '203.0.113.12', server(['syn'], 444));
    assert.equal(verdict(sender.receive(publicMac.nat, unasked)), 'unsolicited');
  });
});
