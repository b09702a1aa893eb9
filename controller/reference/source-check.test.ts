import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { broadcastMac, type Frame } from './index.ts';
import { arp, db, web } from './packets.test-support.ts';
import { changed, ip, macOf, network, router, Sender, tcp, udp, verdict } from './scene.test-support.ts';

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
