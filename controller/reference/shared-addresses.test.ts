import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Announced, broadcastMac, holderAfter } from './index.ts';
import { arp, db6, web, web6 } from './packets.test-support.ts';
import { changed, ip, macOf, network, ping, router, Sender, verdict } from './scene.test-support.ts';

const shared = '10.0.1.100';
const shared6 = '2001:db8:0:100::fe';
const strange = '00:00:5e:00:01:07';

describe('a shared address', () => {
  const announce = (allowedAddressPairs: readonly object[], change = {}, mac = macOf('web')) =>
    verdict(
      new Sender(network([changed('web', { allowedAddressPairs })])).send(
        'web',
        broadcastMac,
        arp({ senderMac: mac, senderAddress: shared, targetAddress: shared, ...change }),
        { source: mac },
      ),
    );

  it('is announced by ARP that asks for its own sender, and by replies, of a pair of it alone', () => {
    const pair = { cidrBlock: `${shared}/32` };
    assert.equal(announce([pair]), `announced ${shared}`);
    assert.equal(announce([pair], { operation: 'reply', targetAddress: '10.0.1.6' }), `announced ${shared}`);
    assert.equal(announce([pair], { targetAddress: '10.0.1.6' }), 'answered by arp', 'an ordinary question');
    assert.equal(announce([]), 'spoofed-arp');
    assert.equal(announce([{ cidrBlock: '10.0.1.96/28' }]), 'arp-unanswered');
  });

  it('is announced with the MAC of its pair', () => {
    const pair = { cidrBlock: `${shared}/32`, macAddress: strange };
    assert.equal(announce([pair], {}, strange), `announced ${shared}`);
    assert.equal(announce([pair]), 'spoofed-arp');
  });

  it('is where its holder is, with the MAC of the pair', () => {
    const spec = { vpcId: 'vpc-a', subnetId: 'subnet-1', networkInterfaceId: 'web', address: shared };
    const held = {
      ...changed('web', {}),
      kind: 'held-address',
      id: `subnet-1/${shared}`,
      spec: { ...spec, macAddress: strange, announcedAt: '2026-01-01T00:00:00Z' },
    } as unknown as ReturnType<typeof changed>;
    const evaluation = new Sender(network([held])).send('app', router.subnet2, ip('10.0.2.5', shared, ping));
    assert.equal(verdict(evaluation), 'delivered to web');
    const { outcome } = evaluation;
    assert.equal(outcome.type === 'delivered' && outcome.frame.destination, strange);
    assert.equal(
      verdict(new Sender(network()).send('app', router.subnet2, ip('10.0.2.5', shared, ping))),
      'no-interface',
    );
  });

  it('is announced in IPv6 by an advertisement of a pair of it alone', () => {
    const mac = macOf('web');
    const advertised = (allowedAddressPairs: readonly object[], target = shared6) => {
      const neighbour = { target, mac, flags: ['override'] } as const;
      const payload = { protocol: 'icmpv6', type: 136, code: 0, neighbour } as const;
      const sender = new Sender(network([changed('web', { allowedAddressPairs })]));
      const content = ip(web6, 'ff02::1', payload, 255);
      return verdict(sender.send('web', '33:33:00:00:00:01', content));
    };
    const pair = { cidrBlock: `${shared6}/128` };
    assert.equal(advertised([pair]), `announced ${shared6}`);
    assert.equal(advertised([pair], db6), 'neighbour-discovery');
    assert.equal(advertised([{ cidrBlock: '2001:db8:0:100::/64' }]), 'neighbour-discovery');
  });

  it('is nobody’s own, nor reserved, nor of another subnet', () => {
    const resources = network();
    const after = (address: string) =>
      holderAfter(resources, {
        type: 'announced',
        interfaceId: 'web',
        address,
        macAddress: strange,
      } as Announced);
    assert.equal(after(shared), 'web');
    assert.equal(after(shared6), 'web');
    const [first, other] = ['2001:db8:0:100::3', '2001:db8:0:101::fe'];
    for (const address of [web, '10.0.1.6', '10.0.1.3', '10.0.1.255', '10.0.2.100', web6, first, other]) {
      assert.equal(after(address), undefined, address);
    }
  });
});
