import assert from 'node:assert/strict';
import fc from 'fast-check';
import { features } from '../features/index.ts';
import type { Feature } from '../pipeline/index.ts';
import { Editor, type Step } from '../testing/editor.ts';
import { assertNoConflicts, IncrementalCheck } from '../testing/incremental.ts';
import { World } from '../testing/world.ts';

const number = fc.nat({ max: 10_000 });
const steps = fc.array(fc.tuple(number, number, number, number), { minLength: 30, maxLength: 60 });

/** How many steps of the property's sequences did something, and how many were refused. */
export interface Tally {
  done: number;
  refused: number;
}

/**
 * The property that incremental compiling gives the same as a full compile, after every edit of random sequences.
 *
 * @param compiled the features of the incremental compiler; a full compile always has the true ones
 */
export function incrementalIsFull(
  compiled: readonly Feature[] = features,
  tally: Tally = { done: 0, refused: 0 },
) {
  return fc.asyncProperty(fc.boolean(), steps, async (egressGroupRule, sequence: Step[]) => {
    await using world = await World.create(compiled);
    const [editor, check] = [new Editor(world), new IncrementalCheck(world)];
    await editor.open(egressGroupRule);
    for (const step of sequence) {
      const { revision } = world.store;
      if (await editor.step(step)) tally.done++;
      else {
        tally.refused++;
        assert.equal(world.store.revision, revision, 'a refused operation was committed');
      }
      await check.assertSame(`after ${step}`);
    }
    assertNoConflicts(world);
    assert.deepEqual(world.topology.diffAgainst(await world.store.snapshot()), []);
  });
}
