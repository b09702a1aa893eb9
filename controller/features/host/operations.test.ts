import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, deeds } from '../../testing/assertions.ts';
import { cloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

describe('a host that is gone for good', () => {
  it('is removed with its bindings, and its interfaces are nowhere then', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const create = () => world.create('network-interface', { subnetId: subnet.id });
    const [first, second] = [await create(), await create()];
    await world.bind('host-1', first.id, 10);
    await world.bind('host-1', second.id, 11);
    await world.bind('host-2', second.id, 11);
    await world.remove('host', 'host-1');
    const goes = ['+retired-number', '-binding', '-binding', '-host'];
    assert.deepEqual(deeds(world.commits.at(-1)), [...goes, '~binding']);
    assert.equal(world.get('binding', `host-2/${second.id}`).spec.standby, undefined);
    assert.deepEqual(
      [...world.topology.all('binding')].map(({ id }) => id),
      [`host-2/${second.id}`],
    );
    assert.ok(world.get('network-interface', first.id));
  });

  it('stays while instances are on it', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const instance = await world.create('instance', { subnetId: subnet.id, hostId: 'host-1' });
    await assertRefused(world, () => world.remove('host', 'host-1'), {
      code: 'in-use',
      field: 'id',
      value: 'host-1',
      fix: new RegExp(instance.id),
    });
    await world.remove('instance', instance.id);
    await world.remove('host', 'host-1');
  });
});
