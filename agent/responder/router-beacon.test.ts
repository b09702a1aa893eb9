import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Message } from 'node-openflow';
import { parseEthernet } from './ethernet.ts';
import { parseIpv6 } from './ipv6.ts';
import { RouterBeacon, slices } from './router-beacon.ts';

describe('the beacon of routers', () => {
  it('gives every port its turn once in a round, spread over it', () => {
    const sent: Message[] = [];
    const ports = Array.from({ length: 2 * slices }, (_, index) => ({
      ofport: index + 1,
      mac: 2n + BigInt(index),
    }));
    const beacon = new RouterBeacon(
      () => ports,
      (message) => sent.push(message),
    );
    for (let tick = 0; tick < slices; tick++) {
      const before = sent.length;
      beacon.tick();
      assert.equal(sent.length - before, 2);
    }
    const numbers = sent.map((message) => (message.type === 'packet-out' ? message.inPort : 0) as number);
    assert.deepEqual(
      numbers.sort((a, b) => a - b),
      ports.map(({ ofport }) => ofport),
    );
  });

  it('asks as the machine behind the port would', () => {
    const sent: Message[] = [];
    const beacon = new RouterBeacon(
      () => [{ ofport: slices, mac: 0x0257_0000_0001n }],
      (message) => sent.push(message),
    );
    beacon.tick();
    const [message] = sent;
    assert.ok(message?.type === 'packet-out' && message.data);
    assert.deepEqual(message.actions, [{ type: 'resubmit', table: 0 }]);
    const frame = Buffer.from(message.data);
    assert.equal(parseEthernet(frame).source, 0x0257_0000_0001n);
    const packet = parseIpv6(frame);
    assert.deepEqual([packet.source, packet.payload.readUInt8(0), packet.hopLimit], [0n, 133, 255]);
  });

  it('ends', () => {
    const beacon = new RouterBeacon(
      () => [],
      () => assert.fail('nothing to send'),
    );
    beacon.start();
    beacon.start();
    beacon.close();
  });
});
