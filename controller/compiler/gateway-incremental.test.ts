import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forgetful } from '../testing/faults.ts';
import { gatewayReactions, gatewayScenario } from '../testing/gateway-scenario.ts';
import { IncrementalCheck } from '../testing/incremental.ts';
import { World } from '../testing/world.ts';

describe('incremental compiling of gateways and groups', () => {
  it('gives the same as a full compile after every step', async () => {
    await using world = await World.create();
    await gatewayScenario(world, new IncrementalCheck(world));
  });

  for (const reaction of gatewayReactions) {
    it(`does not without: ${reaction}`, async () => {
      await using world = await World.create(forgetful(reaction));
      await assert.rejects(gatewayScenario(world, new IncrementalCheck(world)), assert.AssertionError);
    });
  }
});
