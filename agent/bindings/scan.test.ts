import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeTables } from '../testing/tables.ts';
import { PortScanner } from './scan.ts';

const a = 'eni-0000000000000000a';
const b = 'eni-0000000000000000b';
const port = (name: string, id: string, ofport?: number, bridge = 'br-int') => ({
  bridge,
  name,
  externalIds: { 'iface-id': id },
  ...(ofport === undefined ? {} : { ofport }),
});
const host = () => new FakeTables().addBridge('br-int').addBridge('br-other');

describe('port scanner', () => {
  it('finds ports of br-int that have an interface id and a number', () => {
    const tables = host()
      .addPort(port('p1', a, 1))
      .addPort(port('p2', b))
      .addPort(port('p3', b, -1))
      .addPort(port('p4', 'vm-of-somebody-else', 4))
      .addPort(port('p5', b, 5, 'br-other'));
    assert.deepEqual(new PortScanner().scan(tables), { ports: new Map([[a, 1]]), refused: [] });
    assert.deepEqual(new PortScanner().scan(new FakeTables()).ports, new Map());
  });

  it('lets the first port keep an interface that a second one claims', () => {
    const scanner = new PortScanner();
    const tables = host().addPort(port('late', a, 9));
    assert.deepEqual(scanner.scan(tables).ports, new Map([[a, 9]]));
    const { ports, refused } = scanner.scan(tables.addPort(port('thief', a, 2)));
    assert.deepEqual(ports, new Map([[a, 9]]));
    assert.deepEqual(refused, [
      { port: 'thief', networkInterfaceId: a, reason: 'port late has this interface already' },
    ]);
    assert.deepEqual(scanner.scan(tables.removePort('late')), { ports: new Map([[a, 2]]), refused: [] });
  });

  it('takes the oldest of several that were there before', () => {
    const tables = host()
      .addPort(port('second', a, 7))
      .addPort(port('first', a, 3));
    assert.deepEqual(new PortScanner().scan(tables).ports, new Map([[a, 3]]));
  });

  it('refuses an id that the controller could not read', () => {
    const { ports, refused } = new PortScanner().scan(host().addPort(port('p1', 'eni-xyz', 1)));
    assert.equal(ports.size, 0);
    assert.match(refused[0]?.reason ?? '', /17 hex digits/);
  });
});
