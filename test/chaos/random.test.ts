import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Random } from './random.ts';

const take = (random: Random) => Array.from({ length: 50 }, () => random.between(3, 7));

it('a seed repeats its numbers, another seed and another fork give others', () => {
  assert.deepEqual(take(new Random(5)), take(new Random(5)));
  assert.notDeepEqual(take(new Random(5)), take(new Random(6)));
  assert.notDeepEqual(take(new Random(5).fork(1)), take(new Random(5).fork(2)));
  assert.deepEqual([...new Set(take(new Random(5)))].sort(), [3, 4, 5, 6, 7]);
});

it('a fork leaves the one it came from as it was', () => {
  const random = new Random(9);
  take(random.fork(1));
  assert.deepEqual(take(random), take(new Random(9)));
});

it('samples have no member twice, and no more than there are', () => {
  const random = new Random(1);
  assert.deepEqual(random.sample([1, 2, 3], 5).sort(), [1, 2, 3]);
  assert.equal(new Set(random.sample([1, 2, 3, 4], 2)).size, 2);
  assert.deepEqual(random.sample([], 2), []);
  assert.equal(random.pick([]), undefined);
});
