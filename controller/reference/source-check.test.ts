import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { broadcastMac, type Frame } from './index.ts';
import { arp, db, web } from './packets.test-support.ts';
import {
  changed,
  ip,
  macOf,
  network,
  resource,
  router,
  rule,
  Sender,
  tcp,
  udp,
  verdict,
} from './scene.test-support.ts';

/** What is from no member of a group may come in, too. */
const anybody = rule('sgr-anybody', {
  groupId: 'sg-db',
  direction: 'ingress',
  protocol: 'tcp',
  cidrIpv4: '0.0.0.0/0',
});

describe('what an interface may send from', () => {
  const send = (spec: object, source: string, frame: Partial<Frame> = {}) =>
    verdict(
      new Sender(network([changed('web', spec), anybody])).send(
        'web',
        macOf('db'),
        ip(source, db, tcp(5432)),
        frame,
      ),
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
    const sender = new Sender(network([changed('web', spec), anybody]));
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

  it('is answered by services as the primary one is; one of a pair is not', () => {
    const spec = {
      secondaryPrivateAddresses: ['10.0.1.7'],
      allowedAddressPairs: [{ cidrBlock: '10.0.1.8/32' }],
    };
    const sender = new Sender(network([changed('web', spec)]));
    const ask = (source: string) =>
      verdict(sender.send('web', router.subnet1, ip(source, '10.0.0.2', udp(53))));
    assert.equal(ask(web), 'answered by dns');
    assert.equal(ask('10.0.1.7'), 'answered by dns');
    assert.equal(ask('10.0.1.8'), 'no-service');
  });
});

describe('a rule that names a group, for what an interface sends', () => {
  const strange = '02:aa:00:00:00:01';
  const held = {
    ...resource('held-address', 'subnet-1/10.0.1.7', 0, {
      vpcId: 'vpc-a',
      subnetId: 'subnet-1',
      networkInterfaceId: 'web',
      address: '10.0.1.7',
      macAddress: strange,
    }),
  };
  const send = (spec: object, source: string, more = network([changed('web', spec)]), mac = macOf('web')) =>
    verdict(new Sender(more).send('web', macOf('db'), ip(source, db, tcp(5432)), { source: mac }));

  it('counts for its own addresses alone, the shared one that it holds among them', () => {
    const unchecked = { sourceDestinationCheck: false, secondaryPrivateAddresses: ['10.0.1.8'] };
    assert.equal(send(unchecked, web), 'delivered to db');
    assert.equal(send(unchecked, '10.0.1.8'), 'delivered to db');
    assert.equal(send(unchecked, '10.0.1.7'), 'ingress-rules');
    assert.equal(send(unchecked, '203.0.113.200'), 'ingress-rules');
    assert.equal(send({}, '10.0.1.7', network([changed('web', unchecked), held])), 'delivered to db');
  });

  it('does not count for addresses of its pairs, but whatever MAC it has for its own', () => {
    const pairs = { allowedAddressPairs: [{ cidrBlock: '10.0.1.0/28', macAddress: strange }] };
    const resources = network([changed('web', pairs)]);
    assert.equal(send({}, '10.0.1.7', resources, strange), 'ingress-rules');
    assert.equal(send({}, web, resources, strange), 'delivered to db');
    assert.equal(send({}, '10.0.1.7', network([changed('web', pairs), held]), strange), 'delivered to db');
  });

  it('does not count when a router passes on what another member has sent', () => {
    const routed = [
      changed('web', { sourceDestinationCheck: false }),
      resource('route-table', 'rtb-2', 4, {
        vpcId: 'vpc-a',
        routes: [{ destination: '10.0.1.0/24', target: 'web' }],
      }),
      changed('subnet-2', { routeTableId: 'rtb-2' }),
      changed('sgr-a', {
        protocol: 'all',
        icmpType: undefined,
        cidrIpv4: undefined,
        referencedGroupId: 'sg-a',
      }),
    ];
    const app = '10.0.2.5';
    const direct = new Sender(network());
    assert.equal(verdict(direct.send('app', router.subnet2, ip(app, db, tcp(5432)))), 'delivered to db');
    const toRouter = new Sender(network(routed)).send('app', router.subnet2, ip(app, db, tcp(5432)));
    assert.equal(verdict(toRouter), 'delivered to web', 'the router gets it from the member itself');
    const around = new Sender(network(routed));
    assert.equal(verdict(around.send('web', macOf('db'), ip(app, db, tcp(5432)))), 'ingress-rules');
    const byNetwork = new Sender(network([...routed, anybody]));
    assert.equal(verdict(byNetwork.send('web', macOf('db'), ip(app, db, tcp(5432)))), 'delivered to db');
  });

  it('counts for where it sends to, whoever it sends for', () => {
    const rules = [
      changed('sgr-a-out', { cidrIpv4: undefined, referencedGroupId: 'sg-db' }),
      changed('web', { sourceDestinationCheck: false }),
      anybody,
    ];
    assert.equal(send({}, '203.0.113.200', network(rules)), 'delivered to db');
    const others = [...rules, changed('sgr-a-out', { cidrIpv4: undefined, referencedGroupId: 'sg-a' })];
    assert.equal(send({}, '203.0.113.200', network(others)), 'egress-rules');
  });
});
