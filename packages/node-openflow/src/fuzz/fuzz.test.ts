import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeMessage } from '../messages/registry.ts';
import { checkMessage } from './check.ts';
import { foundMessages } from './found.ts';
import { mutatedMessage } from './mutate.ts';
import { caseRandom } from './random.ts';
import { fuzz, limits } from './run.ts';
import { vectorMessages } from './seeds.ts';

const seeds = vectorMessages();

describe('fuzzing', () => {
  it('of 20,000 messages finds nothing wrong, nothing slow and no growth', () => {
    // Always the same messages, so that a failure is one of the code; `npm run fuzz` tries others each time.
    const report = fuzz(seeds, { seed: 1, messages: 20_000 });
    assert.deepEqual(
      report.problems.map(({ index, reason }) => `--seed 1 --from ${index} --messages 1: ${reason}`),
      [],
    );
    assert.ok(report.growthBytes <= limits.growthBytes, `${report.growthBytes} bytes`);
    // Were nearly all refused or nearly all accepted, the mutations would be too harsh or too mild.
    const { settled, refused } = report.outcomes;
    assert.ok(settled > 4_000 && refused > 4_000, `${settled} settled, ${refused} refused`);
  });

  it('starts from hundreds of messages that all settle', () => {
    assert.ok(seeds.length > 1000);
    for (const bytes of seeds) assert.equal(checkMessage(bytes), 'settled');
  });

  it('makes the same message of the same numbers, and others of others', () => {
    const make = (seed: number, index: number) => mutatedMessage(seeds, caseRandom(seed, index));
    assert.deepEqual(make(7, 123), make(7, 123));
    assert.notDeepEqual(make(7, 123), make(7, 124));
    assert.notDeepEqual(make(7, 123), make(8, 123));
  });

  it('complains about what is not refused properly', () => {
    const bytes = encodeMessage({ type: 'barrier-request' });
    // A reader that is no array of bytes stands for a codec that fails in its own way.
    const broken = { ...bytes, buffer: null } as unknown as Uint8Array;
    assert.throws(() => checkMessage(broken), /decoding threw/);
  });
});

describe('what fuzzing has found', () => {
  for (const [what, outcome, hex] of foundMessages) {
    it(`${what} is ${outcome}`, () => {
      assert.equal(checkMessage(Uint8Array.from(Buffer.from(hex, 'hex'))), outcome);
    });
  }
});
