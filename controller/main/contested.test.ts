import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Logger } from '../southbound/index.ts';
import { network } from '../testing/scene.ts';
import { World } from '../testing/world.ts';
import { ContestedInterfaces } from './contested.ts';

describe('an interface that several hosts claim', () => {
  it('is counted and told once, until one host has it again', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    for (const index of [1, 2, 3]) await world.host(index);
    const told: unknown[][] = [];
    const ignore = () => undefined;
    const logger: Logger = {
      debug: ignore,
      error: ignore,
      info: (details, message) => void told.push([details, message]),
      warn: (details) => void told.push([details]),
    };
    const contested = new ContestedInterfaces(world.topology, logger);
    await world.store.watch(world.store.revision, (commit) => contested.follow(commit));
    const { id: networkInterfaceId } = await world.create('network-interface', { subnetId: subnet.id });
    await world.bind('host-1', networkInterfaceId, 7);
    assert.deepEqual([contested.count, told], [0, []]);
    await world.bind('host-2', networkInterfaceId, 7, true);
    await world.bind('host-3', networkInterfaceId, 7);
    assert.deepEqual([contested.count, told], [1, [[{ networkInterfaceId, hosts: ['host-2', 'host-1'] }]]]);
    const restarted = new ContestedInterfaces(world.topology, logger);
    restarted.load();
    assert.deepEqual(
      [restarted.count, told.length],
      [1, 2],
      'that of the machine first, again after a restart',
    );
    await world.unbind('host-1', networkInterfaceId);
    assert.equal(contested.count, 1);
    await world.unbind('host-3', networkInterfaceId);
    assert.equal(contested.count, 0);
    assert.deepEqual(told.at(-1), [{ networkInterfaceId }, 'one host has the interface again']);
  });
});
