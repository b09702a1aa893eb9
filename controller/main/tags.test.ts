import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertWeftError } from '../testing/assertions.ts';
import { withOwnTags } from './tags.ts';

const owned = { 'weft:owned-by': 'i-1', Name: 'web' };

describe('the tags of a resource', () => {
  it("are the caller's", () => {
    assert.deepEqual(withOwnTags({ Name: 'db' }), { Name: 'db' });
    assert.deepEqual(withOwnTags({}, { Name: 'web' }), {});
  });

  it("keep the controller's own, whether the caller repeats them or not", () => {
    assert.deepEqual(withOwnTags({ Name: 'db' }, owned), { 'weft:owned-by': 'i-1', Name: 'db' });
    assert.deepEqual(withOwnTags(owned, owned), owned);
  });

  it("refuse the controller's own from the caller", () => {
    for (const [wanted, current] of [
      [{ 'weft:owned-by': 'i-1' }, {}],
      [{ 'weft:owned-by': 'i-2' }, owned],
    ] as const) {
      assert.throws(
        () => withOwnTags(wanted, current),
        (error) => {
          assertWeftError(error, {
            code: 'invalid-value',
            field: 'tags.weft:owned-by',
            value: wanted['weft:owned-by'],
            fix: /does not start with weft:/,
          });
          return true;
        },
      );
    }
  });
});
