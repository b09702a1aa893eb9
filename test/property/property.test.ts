import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeFinding, run } from './run.ts';

const packets = 8000;

describe('the reference model and the compiled flows', () => {
  it(`agree on ${packets} random packets in random networks that change, and every edit compiles as a whole does`, async () => {
    const { coverage, finding } = await run({ packets, seed: 1 });
    assert.equal(finding, undefined, finding && describeFinding(finding));
    assert.ok(coverage.delivered >= 0.3, `only ${coverage.delivered} of the packets arrive: most must`);
    assert.deepEqual(coverage.rarerThan(1), [], 'every reason and feature is met');
  });
});
