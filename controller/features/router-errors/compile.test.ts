import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fragment } from '../../testing/golden.ts';
import { cloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

/** Address and MAC of the router, MAC of the interface. */
const voice = '0a.00.01.01.02.57.01.00.00.01.02.57.00.00.00.01';

describe('what the router tells an interface', () => {
  it('is with the interface on its own host, from its binding to its end', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    const errors = () => fragment(world, 'router-errors.interface', `host-1/${port.id}`);
    assert.equal(errors(), undefined);
    await world.bind('host-1', port.id, 10);
    assert.deepEqual(errors(), {
      scope: 'host:host-1',
      number: 1,
      flows: [
        `table=route, priority=63000,ip,reg1=0x1,nw_ttl=0 actions=resubmit(,limit),controller(id=22342,userdata=04.${voice}.00.00)`,
        `table=route, priority=63000,ip,reg1=0x1,nw_ttl=1 actions=resubmit(,limit),controller(id=22342,userdata=04.${voice}.00.00)`,
        `table=tunnel, priority=100,ip,reg0=0x4/0x4,reg1=0x1 actions=resubmit(,limit),controller(id=22342,userdata=05.${voice}.05.a2)`,
      ],
    });
    await world.unbind('host-1', port.id);
    assert.equal(errors(), undefined);
  });

  it('costs other hosts and other interfaces nothing', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const first = await world.create('network-interface', { subnetId: subnet.id });
    await world.bind('host-1', first.id, 10);
    const second = await world.create('network-interface', { subnetId: subnet.id });
    await world.bind('host-2', second.id, 10);
    const touched = [...(world.changes.at(-1)?.scopes ?? [])].flatMap(([scope, changes]) =>
      changes.flatMap(({ after }) => (after?.key.startsWith('6:') ? [`${scope} ${after.key}`] : [])),
    );
    assert.deepEqual(touched, [`host:host-2 6:host-2/${second.id}`]);
  });
});
