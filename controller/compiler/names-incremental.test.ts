import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forgetful } from '../testing/faults.ts';
import { IncrementalCheck } from '../testing/incremental.ts';
import { namesReactions, namesScenario } from '../testing/names-scenario.ts';
import { World } from '../testing/world.ts';

describe('incremental compiling of names', () => {
  it('gives the same as a full compile after every step', async () => {
    await using world = await World.create();
    await namesScenario(world, new IncrementalCheck(world));
  });

  for (const reaction of namesReactions) {
    it(`does not without: ${reaction}`, async () => {
      await using world = await World.create(forgetful(reaction));
      await assert.rejects(namesScenario(world, new IncrementalCheck(world)), assert.AssertionError);
    });
  }
});
