import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateLimiter } from './rate-limiter.ts';

describe('a rate limiter', () => {
  it('lets a burst through, then as many as come back in time', () => {
    const limiter = new RateLimiter({ burst: 2, perSecond: 4 });
    assert.deepEqual([limiter.take('a', 0), limiter.take('a', 0), limiter.take('a', 0)], [0, 0, 0.25]);
    assert.equal(limiter.take('a', 125), 0.125);
    assert.equal(limiter.take('a', 250), 0);
    assert.equal(limiter.take('b', 250), 0, 'another caller has a bucket of its own');
    assert.equal(limiter.take('a', 100), 0.25, 'a clock that goes back gives nothing');
    assert.deepEqual([limiter.take('a', 1e9), limiter.take('a', 1e9), limiter.take('a', 1e9)], [0, 0, 0.25]);
  });

  it('remembers so many callers and no more, those that came last', () => {
    const limiter = new RateLimiter({ burst: 1, perSecond: 1 }, 3);
    for (const caller of ['a', 'b', 'c', 'a', 'd']) limiter.take(caller, 0);
    assert.equal(limiter.size, 3);
    assert.deepEqual([limiter.take('a', 0), limiter.take('b', 0)], [1, 0]);
  });
});
