import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, census, deeds } from '../../testing/assertions.ts';
import { cloud, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

describe('an instance', () => {
  it('gets an interface of its own in a subnet, which goes with it', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await cloud(world);
    const group = await world.create('security-group', { vpcId: vpc.id, name: 'web' });
    await world.create('network-interface', { subnetId: subnet.id, securityGroupIds: [group.id] });
    const { counter: _numbers, ...before } = census(world);
    const instance = await world.create('instance', {
      subnetId: subnet.id,
      privateAddress: '10.0.1.99',
      securityGroupIds: [group.id],
      name: 'web-1',
      imageId: 'ami-1',
      instanceType: 't1',
    });
    const [id = ''] = instance.spec.networkInterfaceIds;
    const { hostId } = instance.spec;
    assert.deepEqual(instance.spec, {
      hostId,
      networkInterfaceIds: [id],
      name: 'web-1',
      imageId: 'ami-1',
      instanceType: 't1',
    });
    assert.deepEqual(instance.status, { state: 'pending' });
    const port = world.get('network-interface', id);
    assert.equal(port.spec.instanceId, instance.id);
    assert.equal(port.spec.privateAddress, '10.0.1.99');
    assert.deepEqual(port.spec.securityGroupIds, [group.id]);

    await world.remove('instance', instance.id);
    assert.equal(world.topology.get('network-interface', id), undefined);
    const { counter: _more, 'retired-number': retired, ...after } = census(world);
    assert.deepEqual(after, before);
    assert.equal(retired, 1);
  });

  it('goes with an interface of its own to which a route leads: the route is a blackhole then', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await cloud(world);
    const router = await world.create('instance', { subnetId: subnet.id });
    const [port = ''] = router.spec.networkInterfaceIds;
    const routes = [{ destination: '192.0.2.0/24', target: port }];
    await world.update('route-table', vpc.spec.mainRouteTableId, { routes });
    await world.remove('instance', router.id);
    assert.equal(world.topology.get('network-interface', port), undefined);
    assert.deepEqual(world.get('route-table', vpc.spec.mainRouteTableId).spec.routes, routes);
  });

  it('takes interfaces that are there, and leaves them when it goes', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const create = () => world.create('network-interface', { subnetId: subnet.id });
    const [first, second] = [await create(), await create()];
    const networkInterfaceIds = [first.id, second.id];
    const instance = await world.create('instance', { networkInterfaceIds });
    assert.deepEqual(deeds(world.commits.at(-1)), ['+instance', '~network-interface', '~network-interface']);
    assert.deepEqual(instance.spec.networkInterfaceIds, networkInterfaceIds);
    assert.equal(world.get('network-interface', second.id).spec.instanceId, instance.id);
    await assertRefused(world, () => world.create('instance', { networkInterfaceIds: [second.id] }), {
      code: 'in-use',
      field: 'spec.networkInterfaceIds[0]',
      value: second.id,
    });
    await world.remove('instance', instance.id);
    for (const { id, spec } of [first, second])
      assert.deepEqual(world.get('network-interface', id).spec, spec);
    await world.create('instance', { networkInterfaceIds: [second.id] });
  });

  it('gets either interfaces or a subnet', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const { id } = await world.create('network-interface', { subnetId: subnet.id });
    for (const spec of [{}, { subnetId: subnet.id, networkInterfaceIds: [id] }]) {
      const value = 'subnetId' in spec ? spec.subnetId : undefined;
      await assertRefused(world, () => world.create('instance', spec), {
        code: 'missing-field',
        field: 'spec.subnetId',
        ...(value === undefined ? {} : { value }),
      });
    }
    await assertRefused(world, () => world.create('instance', { subnetId: 'subnet-0' }), {
      code: 'unknown-reference',
      field: 'spec.subnetId',
      value: 'subnet-0',
    });
    const networkInterfaceIds = [id, 'eni-0'];
    await assertRefused(world, () => world.create('instance', { networkInterfaceIds }), {
      code: 'unknown-reference',
      field: 'spec.networkInterfaceIds[1]',
      value: 'eni-0',
    });
  });
});

describe('the host of an instance', () => {
  it('is the one of the zone that has the fewest', async () => {
    await using world = await World.create();
    await world.host(1, { zone: 'zone-b' });
    await world.host(2);
    await world.host(3);
    await world.host(4, { computeDrivers: [] });
    const { vpc } = await network(world);
    const place = async (subnetId: string) => (await world.create('instance', { subnetId })).spec.hostId;
    const [a, b] = [
      await world.create('subnet', { vpcId: vpc.id, cidrBlock: '10.0.2.0/24', zone: 'zone-a' }),
      await world.create('subnet', { vpcId: vpc.id, cidrBlock: '10.0.3.0/24', zone: 'zone-b' }),
    ];
    const hosts = [];
    for (let count = 0; count < 4; count++) hosts.push(await place(a.id));
    assert.deepEqual(hosts.sort(), ['host-2', 'host-2', 'host-3', 'host-3']);
    assert.equal(await place(b.id), 'host-1');
  });

  it('is the one that was asked for, if it can run instances', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    await world.host(3, { computeDrivers: [] });
    const create = (hostId: string) => world.create('instance', { subnetId: subnet.id, hostId });
    const field = 'spec.hostId';
    assert.equal((await create('host-2')).spec.hostId, 'host-2');
    await assertRefused(world, () => create('host-3'), { code: 'no-host', field, value: 'host-3' });
    await assertRefused(world, () => create('host-9'), { code: 'unknown-reference', field, value: 'host-9' });
  });

  it('is missing where no host of the zone runs instances', async () => {
    await using world = await World.create();
    await world.host(1, { computeDrivers: [] });
    await world.host(2, { zone: 'zone-b' });
    const { subnet } = await network(world);
    await assertRefused(world, () => world.create('instance', { subnetId: subnet.id }), {
      code: 'no-host',
      field: 'spec.hostId',
      fix: /--zone zone-a/,
    });
  });
});
