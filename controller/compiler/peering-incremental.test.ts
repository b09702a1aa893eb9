import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forgetful } from '../testing/faults.ts';
import { IncrementalCheck } from '../testing/incremental.ts';
import { peeringReactions, peeringScenario } from '../testing/peering-scenario.ts';
import { World } from '../testing/world.ts';

describe('incremental compiling of peering', () => {
  it('gives the same as a full compile after every step', async () => {
    await using world = await World.create();
    await peeringScenario(world, new IncrementalCheck(world));
  });

  for (const reaction of peeringReactions) {
    it(`does not without: ${reaction}`, async () => {
      await using world = await World.create(forgetful(reaction));
      await assert.rejects(peeringScenario(world, new IncrementalCheck(world)), assert.AssertionError);
    });
  }
});
