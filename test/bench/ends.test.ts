import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ends } from './ends.ts';

describe('ends', () => {
  it('are undone in reverse, each once', async () => {
    const done: number[] = [];
    const ends = new Ends();
    for (const number of [1, 2, 3]) ends.add(async () => void done.push(number));
    await Promise.all([ends.close(), ends.close()]);
    await ends.close();
    assert.deepEqual(done, [3, 2, 1]);
  });
  it('are all tried when one fails, which is told', async () => {
    const done: string[] = [];
    const ends = new Ends();
    ends.add(async () => void done.push('first'));
    ends.add(() => Promise.reject(new Error('stuck')));
    await assert.rejects(ends.close(), /stuck/);
    assert.deepEqual(done, ['first']);
  });
  it('that come while closing are undone, too', async () => {
    const done: string[] = [];
    const ends = new Ends();
    const { promise: started, resolve: start } = Promise.withResolvers<void>();
    ends.add(() => started);
    const closing = ends.close();
    ends.add(async () => void done.push('late'));
    start();
    await closing;
    await ends.close();
    assert.deepEqual(done, ['late']);
    ends.add(async () => void done.push('later'));
    await ends.close();
    assert.deepEqual(done, ['late', 'later']);
  });
});
