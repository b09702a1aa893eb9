import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explore } from './explore.ts';
import { faults } from './faults.ts';
import { shrink } from './shrink.ts';

const networks = 12;
const packetsEach = 400;

/** Packets sent until the first disagreement; undefined when there was none. */
async function packetsToFind(plant: (typeof faults)[number]['plant']): Promise<number | undefined> {
  let sent = 0;
  for (let seed = 1; seed <= networks; seed++) {
    const options = { seed, packets: packetsEach, packetsPerEdit: 8, checkIncremental: false };
    const { coverage, failure } = await explore({ ...options, mutation: plant() });
    sent += coverage.packets;
    if (failure) return sent;
  }
  return undefined;
}

describe('the property test finds planted faults', () => {
  for (const { name, plant } of faults) {
    it(name, async () => {
      const sent = await packetsToFind(plant);
      assert.notEqual(sent, undefined, `${networks * packetsEach} packets did not show it`);
    });
  }
});

describe('shrinking', () => {
  it('leaves of a long script only what the fault needs', async () => {
    const fault = faults.find(({ name }) => name === 'the time to live stays');
    assert.ok(fault);
    const { script, failure } = await explore({ seed: 3, packets: 300, mutation: fault.plant() });
    assert.ok(failure);
    const short = await shrink(script, { mutation: fault.plant(), checkIncremental: false });
    assert.ok(short.length <= 16, `${script.length} steps became ${short.length}`);
    assert.equal(short.filter((step) => step.do === 'send').length, 1);
  });
});
