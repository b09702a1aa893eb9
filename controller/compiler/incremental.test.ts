import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { observed } from '../testing/faults.ts';
import { gatewayReactions } from '../testing/gateway-scenario.ts';
import { namesReactions } from '../testing/names-scenario.ts';
import { peeringReactions } from '../testing/peering-scenario.ts';
import { incrementalIsFull } from './incremental.test-property.ts';
import { harmless, needed } from './reactions.test-support.ts';

describe('incremental compiling', () => {
  it('gives the same as a full compile after every edit of random sequences', async () => {
    const tally = { done: 0, refused: 0 };
    const reactions = new Set<string>();
    await fc.assert(incrementalIsFull(observed(reactions), tally), { numRuns: 40 });
    const { done, refused } = tally;
    assert.ok(done > 2 * refused, `${done} done, ${refused} refused: the test must mostly edit`);
    const scenarios = [...peeringReactions, ...gatewayReactions, ...namesReactions];
    const known = [...needed, ...harmless, ...scenarios];
    const unknown = [...reactions].filter((one) => !known.includes(one));
    assert.deepEqual(unknown, [], 'each reaction must be among those that are planted as faults');
  });
});
