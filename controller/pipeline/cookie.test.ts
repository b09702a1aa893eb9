import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cookiePrefixMask, decodeCookie, encodeCookie, largestNumber } from './cookie.ts';

describe('cookies', () => {
  it('carry their parts and the prefix', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 63 }),
        fc.nat({ max: largestNumber }),
        fc.nat({ max: 0x3ff_ffff }),
        (fragmentKind, number, version) => {
          const cookie = encodeCookie({ fragmentKind, number, version });
          assert.equal(cookie & cookiePrefixMask, 0x57n << 56n);
          assert.deepEqual(decodeCookie(cookie), { fragmentKind, number, version });
        },
      ),
    );
  });
  it('of others are nobody’s', () => {
    assert.equal(decodeCookie(0x1234n), undefined);
  });
  it('refuse numbers that do not fit', () => {
    assert.throws(() => encodeCookie({ fragmentKind: 64, number: 0, version: 0 }), RangeError);
    assert.throws(() => encodeCookie({ fragmentKind: 1, number: largestNumber + 1, version: 0 }), RangeError);
  });
});
