import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NeighbourTable, neighbourLimits } from './neighbours.ts';

const gateway = 0xcb007101;
const question = (address = gateway, port = 2) => ({
  port,
  address,
  sourceMac: 0x0257n,
  sourceAddress: 0xcb007164,
});

function table() {
  const asked: { address: number | bigint; at: number }[] = [];
  const released: string[] = [];
  const dropped: string[] = [];
  let now = 0;
  const neighbours = new NeighbourTable<string>({
    ask: ({ address }) => asked.push({ address, at: now }),
    release: (packet) => released.push(packet),
    drop: (packet, reason) => dropped.push(`${packet} ${reason}`),
  });
  /** Lets time pass as the owner of the table does: by its own timers. */
  const advance = (until: number) => {
    for (
      let next = neighbours.nextTick();
      next !== undefined && next <= until;
      next = neighbours.nextTick()
    ) {
      now = next;
      neighbours.tick(now);
    }
    now = until;
  };
  return { neighbours, asked, released, dropped, advance, now: () => now };
}

describe('neighbour table', () => {
  it('asks once for several packets and releases them in order', () => {
    const { neighbours, asked, released, dropped } = table();
    neighbours.hold(question(), 'a', 0);
    neighbours.hold(question(), 'b', 10);
    assert.equal(asked.length, 1);
    neighbours.answered(2, gateway, 20);
    assert.deepEqual(released, ['a', 'b']);
    assert.deepEqual(dropped, []);
  });

  it('is not woken by another address or another port', () => {
    const { neighbours, released } = table();
    neighbours.hold(question(), 'a', 0);
    neighbours.answered(2, gateway + 1, 5);
    neighbours.answered(3, gateway, 5);
    assert.deepEqual(released, []);
  });

  it('asks again with growing pauses, then gives up after three seconds', () => {
    const { neighbours, asked, dropped, advance } = table();
    neighbours.hold(question(), 'a', 0);
    advance(2999);
    assert.deepEqual(
      asked.map(({ at }) => at),
      [0, 300, 900, 1900],
    );
    assert.deepEqual(dropped, []);
    advance(3000);
    assert.deepEqual(dropped, ['a unanswered']);
    assert.equal(neighbours.size, 0);
    assert.equal(neighbours.nextTick(), undefined);
  });

  it('asks once when it is called late', () => {
    const { neighbours, asked } = table();
    neighbours.hold(question(), 'a', 0);
    neighbours.tick(1950);
    assert.equal(asked.length, 2);
  });

  it('holds a limited number of packets and of neighbours', () => {
    const { neighbours, dropped } = table();
    for (let index = 0; index <= neighbourLimits.packetsEach; index++)
      neighbours.hold(question(), `p${index}`, 0);
    assert.deepEqual(dropped, ['p16 full']);
    for (let index = 1; index <= neighbourLimits.neighbours; index++)
      neighbours.hold(question(index), 'x', 0);
    assert.equal(neighbours.size, neighbourLimits.neighbours);
    assert.deepEqual(dropped.slice(1), ['x full']);
  });

  it('does not turn in a circle when released packets come back', () => {
    const { neighbours, asked, released, advance } = table();
    neighbours.hold(question(), 'a', 0);
    neighbours.answered(2, gateway, 1);
    neighbours.hold(question(), 'a', 2);
    assert.equal(asked.length, 1);
    advance(400);
    assert.deepEqual(
      asked.map(({ at }) => at),
      [0, 301],
    );
    neighbours.answered(2, gateway, 401);
    assert.deepEqual(released, ['a', 'a']);
    advance(10_000);
    assert.equal(neighbours.size, 0);
  });

  it('forgets everything on demand', () => {
    const { neighbours, released } = table();
    neighbours.hold(question(), 'a', 0);
    neighbours.clear();
    neighbours.answered(2, gateway, 5);
    assert.deepEqual(released, []);
    assert.equal(neighbours.nextTick(), undefined);
  });
});
