import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { app, db, toDb, web } from './packets.test-support.ts';
import {
  changed,
  ip,
  macOf,
  network,
  ping,
  pong,
  router,
  rule,
  Sender,
  tcp,
  verdict,
} from './scene.test-support.ts';

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

  it('are not promised for a router that sends both directions of a connection', () => {
    const sender = new Sender(network([changed('web', { sourceDestinationCheck: false })]));
    const there = sender.send('web', router.subnet1, ip('192.0.2.9', app, tcp(80)));
    assert.equal(there.leftOpen, undefined);
    const back = ip(app, '192.0.2.9', tcp(40000, ['syn', 'ack'], 80));
    assert.match(sender.send('web', router.subnet1, back).leftOpen ?? '', /both directions/);
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
