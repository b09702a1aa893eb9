import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { percentile, summarise } from './statistics.ts';

describe('percentiles', () => {
  it('are measured values by nearest rank', () => {
    const values = Array.from({ length: 20 }, (_, index) => 20 - index);
    assert.equal(percentile(values, 50), 10);
    assert.equal(percentile(values, 95), 19);
    assert.equal(percentile(values, 99), 20);
    assert.equal(percentile([7], 1), 7);
  });
  it('leave at least their share of the values below or at them, and no smaller value does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 1 }),
        fc.integer({ min: 1, max: 100 }),
        (values, percent) => {
          const result = percentile(values, percent);
          const share = (limit: number) => values.filter((value) => value <= limit).length / values.length;
          assert.ok(values.includes(result));
          assert.ok(share(result) >= percent / 100);
          const smaller = values.filter((value) => value < result);
          if (smaller.length > 0) assert.ok(share(Math.max(...smaller)) < percent / 100);
        },
      ),
    );
  });
  it('of nothing are refused', () => {
    assert.throws(() => summarise([]), RangeError);
  });
});
