import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { companions, fragment } from '../../testing/golden.ts';
import { cloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { ourMeters } from './meters.ts';

const made = (meter: number, rate: number) => [
  { type: 'meter-mod', command: 'delete', flags: [], meter, bands: [] },
  {
    type: 'meter-mod',
    command: 'add',
    flags: ['packets', 'burst'],
    meter,
    bands: [{ type: 'drop', rate, burst: rate }],
  },
];

describe('what may go to the agent', () => {
  it('is metered for each interface on its own host, from its binding to its end', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    const key = `host-1/${port.id}`;
    assert.equal(fragment(world, 'limit.interface', key), undefined);
    const { spec } = await world.bind('host-1', port.id, 10);
    assert.equal(spec.zoneSlot, 1);
    assert.deepEqual(fragment(world, 'limit.interface', key), {
      scope: 'host:host-1',
      number: 1,
      flows: ['table=limit, priority=100,reg1=0x1 actions=meter:2'],
    });
    const found = companions(world, 'limit.interface', key);
    assert.deepEqual(found?.before, made(2, 100), 'the meter is there before the flow');
    assert.deepEqual(found?.whenGone, made(2, 100).slice(0, 1), 'and goes with it');
    await world.unbind('host-1', port.id);
    assert.equal(fragment(world, 'limit.interface', key), undefined);
  });

  it('is metered together where it comes from no interface of the host', async () => {
    await using world = await World.create();
    assert.deepEqual(fragment(world, 'limit.others', 'others'), {
      scope: 'global',
      number: 0,
      flows: ['table=limit, priority=0 actions=meter:1'],
    });
    assert.deepEqual(companions(world, 'limit.others', 'others')?.before, made(1, 100));
  });

  it('has a meter of its own in every slot of a host', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const ports = [];
    for (let index = 0; index < 3; index++) {
      const port = await world.create('network-interface', { subnetId: subnet.id });
      await world.bind('host-1', port.id, 10 + index);
      ports.push(port);
    }
    const flows = ports.flatMap(({ id }) => fragment(world, 'limit.interface', `host-1/${id}`)?.flows ?? []);
    assert.deepEqual(
      flows.map((flow) => flow.split('actions=')[1]),
      ['meter:2', 'meter:4', 'meter:6'],
    );
    assert.ok(ourMeters.last >= 2 * 32000 + 1, 'the last slot, too');
  });
});
