import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeFinding, run } from './run.ts';

const packets = 5000;
/** Networks of one part; the next part has others. */
const seedsApart = 100;
/** Of about a hundred reasons and features, so few packets may miss so many; the long run meets each of them often. */
const mostMissed = 3;

/** One part of the test, which ends soon on a busy machine. */
export function agreeOnPart(part: number): void {
  describe('the reference model and the compiled flows', () => {
    it(`agree on ${packets} random packets in random networks that change, and edits compile as a whole does`, async () => {
      const { coverage, finding } = await run({ packets, seed: 1 + seedsApart * part, incrementalEvery: 8 });
      assert.equal(finding, undefined, finding && describeFinding(finding));
      assert.ok(coverage.delivered >= 0.3, `only ${coverage.delivered} of the packets arrive: most must`);
      const missed = coverage.rarerThan(1);
      assert.ok(missed.length <= mostMissed, `never met: ${missed.join(', ')}`);
    });
  });
}
