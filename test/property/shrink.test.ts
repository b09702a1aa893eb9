import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explore } from './explore.ts';
import { faults } from './faults/index.ts';
import { shrink } from './shrink.ts';

describe('shrinking', () => {
  it('leaves of a long script only what the fault needs', async () => {
    const fault = faults.find(({ name }) => name === 'the time to live stays');
    assert.ok(fault);
    const options = { mutation: fault.plant(), incrementalEvery: 0 };
    const { script, failure } = await explore({ seed: 3, packets: 300, ...options });
    assert.ok(failure);
    const short = await shrink(script, { ...options, mutation: fault.plant() });
    assert.ok(10 * short.length <= script.length, `${script.length} steps became ${short.length}`);
    assert.equal(short.filter((step) => step.do === 'send').length, 1);
  });
});
