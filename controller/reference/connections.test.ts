import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { afterChange } from './index.ts';
import { db, toDb, toPublic, web } from './packets.test-support.ts';
import { ip, macOf, network, publicMac, rule, Sender, tcp, verdict } from './scene.test-support.ts';

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

  it('have no port 0', () => {
    const sent = (sourcePort: number, destinationPort: number) => {
      const payload = { protocol: 'udp', sourcePort, destinationPort } as const;
      return verdict(new Sender().send('web', macOf('db'), ip(web, db, payload)));
    };
    for (const [from, to] of [
      [0, 53],
      [53, 0],
      [0, 0],
    ] as const) {
      assert.equal(sent(from, to), 'untracked');
    }
    assert.notEqual(sent(53, 53), 'untracked');
  });
});
