import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WriteTurns } from './write-turns.ts';

/** Turns by a clock that only work moves. */
function turnsOf(budget: number) {
  let now = 0;
  const spend = (milliseconds: number) => {
    now += milliseconds;
  };
  return { turns: new WriteTurns(budget, () => now), spend };
}

describe('turns of writes', () => {
  it('come at once while there is time, later when there is none, and in order', async () => {
    const { turns, spend } = turnsOf(5);
    const done: string[] = [];
    const work = [1, 2, 3, 4].map((number) =>
      turns.run(() => {
        done.push(`write ${number}`);
        spend(3);
      }),
    );
    assert.deepEqual(done, ['write 1', 'write 2'], 'the second one began when there was time left');
    await Promise.all(work);
    assert.deepEqual(done, ['write 1', 'write 2', 'write 3', 'write 4']);
  });

  it('let others in between', async () => {
    const { turns, spend } = turnsOf(1);
    const done: string[] = [];
    const write = (number: number) =>
      turns.run(() => {
        done.push(`write ${number}`);
        spend(2);
      });
    const all = Promise.all([write(1), write(2), write(3)]);
    await nextTurn();
    done.push('read');
    await all;
    assert.deepEqual(done, ['write 1', 'write 2', 'read', 'write 3']);
  });

  it('of a write that a write asks for comes after it', async () => {
    const turns = new WriteTurns();
    const done: string[] = [];
    let inner: Promise<void> | undefined;
    await turns.run(() => {
      inner = turns.run(() => void done.push('inner'));
      done.push('outer');
    });
    await inner;
    assert.deepEqual(done, ['outer', 'inner']);
  });

  it('passes on what is returned and thrown, and goes on', async () => {
    const turns = new WriteTurns();
    assert.equal(await turns.run(() => 7), 7);
    await assert.rejects(
      turns.run(() => {
        throw new Error('no');
      }),
      /no/,
    );
    assert.equal(await turns.run(() => 8), 8);
  });
});
