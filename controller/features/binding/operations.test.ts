import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WeftError } from '../../resources/index.ts';
import { deeds } from '../../testing/assertions.ts';
import { cloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { Binder } from './operations.ts';

async function interfaces(world: World, count: number): Promise<string[]> {
  const { subnet } = await cloud(world);
  const ids = [];
  for (let index = 0; index < count; index++) {
    ids.push((await world.create('network-interface', { subnetId: subnet.id })).id);
  }
  return ids;
}
const slots = (world: World, host: string) =>
  [...world.topology.referrers({ kind: 'host', id: host }, 'on-host', 'binding')].map(
    ({ spec }) => spec.zoneSlot,
  );

describe('a binding', () => {
  it('joins an interface and a port of a host, with a slot for conntrack zones', async () => {
    await using world = await World.create();
    const [id = ''] = await interfaces(world, 1);
    const binding = await world.bind('host-1', id, 10);
    assert.equal(binding.id, `host-1/${id}`);
    assert.deepEqual(binding.spec, { networkInterfaceId: id, hostId: 'host-1', ofport: 10, zoneSlot: 1 });
    assert.deepEqual(deeds(world.commits.at(-1)), ['+binding']);
  });

  it('that is reported again is no commit; with another port it keeps its slot', async () => {
    await using world = await World.create();
    const [id = ''] = await interfaces(world, 1);
    const binding = await world.bind('host-1', id, 10);
    const { revision } = world.store;
    await world.bind('host-1', id, 10);
    assert.equal(world.store.revision, revision);
    await world.bind('host-1', id, 12);
    assert.deepEqual(world.get('binding', binding.id).spec, { ...binding.spec, ofport: 12 });
  });

  it('goes when the port goes; one that is not there is no commit', async () => {
    await using world = await World.create();
    const [id = ''] = await interfaces(world, 1);
    await world.bind('host-1', id, 10);
    await world.unbind('host-1', id);
    assert.deepEqual(deeds(world.commits.at(-1)), ['-binding']);
    const { revision } = world.store;
    await world.unbind('host-1', id);
    assert.equal(world.store.revision, revision);
  });

  it('waits while another host has the interface, until its machine is heard of', async () => {
    await using world = await World.create();
    const [id = ''] = await interfaces(world, 1);
    const standby = (host: string) => world.get('binding', `${host}/${id}`).spec.standby;
    await world.bind('host-1', id, 10);
    await world.bind('host-2', id, 20);
    assert.deepEqual([standby('host-1'), standby('host-2')], [undefined, true]);
    await world.bind('host-2', id, 21);
    assert.equal(standby('host-2'), true, 'another port waits, too');
    await world.bind('host-2', id, 21, true);
    assert.deepEqual([standby('host-1'), standby('host-2')], [undefined, undefined]);
    const { revision } = world.store;
    await world.bind('host-2', id, 21, true);
    assert.equal(world.store.revision, revision, 'heard again is no commit');
    await world.bind('host-1', id, 11);
    assert.equal(standby('host-1'), true, 'the way back');
    await world.unbind('host-2', id);
    assert.equal(standby('host-1'), undefined, 'the only one has nothing to wait for');
  });

  it('does not wait for a host that is down', async () => {
    await using world = await World.create();
    const [id = ''] = await interfaces(world, 1);
    await world.bind('host-1', id, 10);
    await world.run((draft) => draft.update(world.get('host', 'host-1'), { status: { state: 'down' } }));
    assert.equal((await world.bind('host-2', id, 20)).spec.standby, undefined);
  });

  it('is removed by the operator, too', async () => {
    await using world = await World.create();
    const [id = ''] = await interfaces(world, 1);
    const binding = await world.bind('host-1', id, 10);
    await world.remove('binding', binding.id);
    assert.deepEqual(deeds(world.commits.at(-1)), ['-binding']);
  });
});

describe('slots', () => {
  it('are different on a host, also within one report, and start anew on each host', async () => {
    await using world = await World.create();
    const [a = '', b = '', c = ''] = await interfaces(world, 3);
    await world.run((draft) => {
      const binder = new Binder(draft, 'host-1', 0);
      for (const [index, id] of [a, b, c].entries()) binder.bind(id, 10 + index);
      assert.equal(binder.lastSlot, 3);
    });
    await world.bind('host-2', a, 10);
    assert.deepEqual(slots(world, 'host-1'), [1, 2, 3]);
    assert.deepEqual(slots(world, 'host-2'), [1]);
  });

  it('are given in turn: a freed one rests as long as possible', async () => {
    await using world = await World.create();
    const [a = '', b = '', c = ''] = await interfaces(world, 3);
    const bind = (id: string, last: number) =>
      world.run((draft) => {
        const binder = new Binder(draft, 'host-1', last);
        binder.bind(id, 10);
        return binder.lastSlot;
      });
    assert.equal(await bind(a, 0), 1);
    await world.unbind('host-1', a);
    assert.equal(await bind(b, 1), 2, '1 is free, but rests');
    assert.equal(await bind(c, 31_999), 32_000);
    assert.equal(await bind(a, 32_000), 1, 'round it comes');
  });

  it('run out at 32,000 ports', async () => {
    await using world = await World.create();
    const [id = ''] = await interfaces(world, 1);
    let asked = 0;
    world.topology.zoneSlotTaken = (_host, slot) => {
      asked++;
      return slot !== 777;
    };
    assert.equal((await world.bind('host-1', id, 10)).spec.zoneSlot, 777);
    assert.equal(asked, 777);
    await world.unbind('host-1', id);
    world.topology.zoneSlotTaken = () => true;
    await assert.rejects(world.bind('host-1', id, 10), (error) => {
      assert.ok(error instanceof WeftError);
      assert.deepEqual([error.code, error.field, error.value], ['number-space-full', 'hostId', 'host-1']);
      return true;
    });
  });
});
