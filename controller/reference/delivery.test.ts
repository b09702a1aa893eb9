import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { broadcastMac, type Ip } from './index.ts';
import { app, arp, db, dhcp, remote, toApp, toDb, toPublic, toRemote, web } from './packets.test-support.ts';
import {
  binding,
  changed,
  ip,
  macOf,
  network,
  ping,
  pong,
  publicMac,
  router,
  Sender,
  tcp,
  udp,
  verdict,
} from './scene.test-support.ts';

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
    assert.deepEqual((outcome.frame.content as Ip).payload, {
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
    const asked = (destination: string, payload: Ip['payload'], used = network()) =>
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
    const large = (packet: Ip) => ({ ...packet, totalLength: 1443 });
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
    assert.equal((outcome.frame.content as Ip).source, '203.0.113.10');
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
      netbiosNameServers: [],
      netbiosNodeType: 0,
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
