import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  changed,
  ip,
  network,
  ping,
  pong,
  publicMac,
  router,
  Sender,
  verdict,
} from './scene.test-support.ts';

const [web, elsewhere, remote] = ['10.0.1.5', '100.64.2.5', '192.0.2.1'];

/** `vpc-a` with `subnet-2` and `app` in a second block. */
const twoBlocks = (...secondaryCidrBlocks: string[]) =>
  new Sender(
    network([
      changed('vpc-a', { secondaryCidrBlocks }),
      changed('subnet-2', { cidrBlock: '100.64.2.0/24' }),
      changed('app', { privateAddress: elsewhere }),
    ]),
  );

describe('a VPC with several blocks', () => {
  it('is one network: every table has a local route for each of them', () => {
    const sender = twoBlocks('100.64.0.0/16');
    const there = sender.send('web', router.subnet1, ip(web, elsewhere, ping));
    assert.equal(verdict(there), 'delivered to app');
    assert.equal(verdict(sender.send('app', router.subnet2, ip(elsewhere, web, pong))), 'delivered to web');
    assert.equal(
      verdict(twoBlocks().send('web', router.subnet1, ip(web, elsewhere, ping))),
      'sent to 203.0.113.1',
      'no block of the VPC: the default route',
    );
  });

  it('is nowhere outside: none of its addresses comes from there', () => {
    const sender = twoBlocks('100.64.0.0/16');
    for (const [source, outcome] of [
      ['100.64.7.7', 'private-source'],
      ['10.0.7.7', 'private-source'],
      ['100.65.7.7', 'delivered to web'],
      [remote, 'delivered to web'],
    ] as const) {
      const packet = ip(source, '203.0.113.10', ping);
      assert.equal(verdict(sender.receive(publicMac.web, packet)), outcome, source);
    }
  });
});
