import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forgetful } from '../testing/faults.ts';
import { heldAddressReactions, heldAddressScenario } from '../testing/held-address-scenario.ts';
import { IncrementalCheck } from '../testing/incremental.ts';
import { World } from '../testing/world.ts';

describe('incremental compiling of shared addresses', () => {
  it('gives the same as a full compile after every step', async () => {
    await using world = await World.create();
    await heldAddressScenario(world, new IncrementalCheck(world));
  });

  for (const reaction of heldAddressReactions) {
    it(`does not without: ${reaction}`, async () => {
      await using world = await World.create(forgetful(reaction));
      await assert.rejects(heldAddressScenario(world, new IncrementalCheck(world)), assert.AssertionError);
    });
  }
});
