import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused } from '../../testing/assertions.ts';
import { cloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

/** A cloud with a running instance, and what interfaces do with it. */
async function scene(world: World) {
  const { subnet, vpc } = await cloud(world);
  const instance = await world.create('instance', { subnetId: subnet.id });
  const create = () => world.create('network-interface', { subnetId: subnet.id });
  const change = (id: string, spec: Record<string, unknown>) => world.update('network-interface', id, spec);
  const interfaces = (id = instance.id) => world.get('instance', id).spec.networkInterfaceIds;
  const [primary = ''] = interfaces();
  return { subnet, vpc, instance, primary, create, change, interfaces };
}

describe('the attachment of an interface', () => {
  it('is to an instance, at the place that is asked for or the lowest free one', async () => {
    await using world = await World.create();
    const { instance, primary, create, change, interfaces } = await scene(world);
    assert.equal(world.get('network-interface', primary).spec.deviceIndex, 0);
    const [third, first, second] = [await create(), await create(), await create()];
    const instanceId = instance.id;
    await change(third.id, { instanceId, deviceIndex: 3 });
    const { spec } = await change(first.id, { instanceId });
    assert.deepEqual([spec.instanceId, spec.deviceIndex, spec.deleteOnTermination], [instanceId, 1, false]);
    await change(second.id, { instanceId, deleteOnTermination: true });
    assert.deepEqual(interfaces(), [primary, first.id, second.id, third.id]);
    assert.deepEqual((await change(first.id, { instanceId, deviceIndex: 1 })).spec, spec, 'asked for again');

    const detached = await change(second.id, { instanceId: null });
    for (const field of ['instanceId', 'deviceIndex', 'deleteOnTermination']) {
      assert.ok(!(field in detached.spec), field);
    }
    assert.deepEqual(interfaces(), [primary, first.id, third.id]);
    assert.deepEqual((await change(second.id, { instanceId: null })).spec, detached.spec);
    await world.remove('network-interface', second.id);
  });

  it('is refused while another instance has it, where the place is taken, and to more than eight', async () => {
    await using world = await World.create();
    const { subnet, instance, primary, create, change } = await scene(world);
    const other = await world.create('instance', { subnetId: subnet.id });
    const one = await create();
    await change(one.id, { instanceId: instance.id });
    await assertRefused(world, () => change(one.id, { instanceId: other.id }), {
      code: 'in-use',
      field: 'spec.instanceId',
      value: one.id,
      fix: /Detach/,
    });
    const two = await create();
    for (const deviceIndex of [0, 1]) {
      await assertRefused(world, () => change(two.id, { instanceId: instance.id, deviceIndex }), {
        code: 'already-exists',
        field: 'spec.deviceIndex',
        value: deviceIndex,
      });
    }
    await assertRefused(world, () => change(two.id, { instanceId: 'i-0' }), {
      code: 'unknown-reference',
      field: 'spec.instanceId',
      value: 'i-0',
    });
    await assertRefused(world, () => change(primary, { instanceId: null }), {
      code: 'wrong-state',
      field: 'spec.instanceId',
      value: null,
      fix: /stays with its instance/,
    });
    for (let count = 2; count < 8; count++) {
      await change((await create()).id, { instanceId: instance.id });
    }
    await assertRefused(world, () => change(two.id, { instanceId: instance.id }), {
      code: 'wrong-state',
      field: 'spec.instanceId',
      value: instance.id,
    });
  });

  it('is within a zone', async () => {
    await using world = await World.create();
    const { vpc, instance, change } = await scene(world);
    const far = await world.create('subnet', { vpcId: vpc.id, cidrBlock: '10.0.9.0/24', zone: 'far' });
    const one = await world.create('network-interface', { subnetId: far.id });
    await assertRefused(world, () => change(one.id, { instanceId: instance.id }), {
      code: 'invalid-value',
      field: 'spec.instanceId',
      value: 'far',
    });
  });

  it('has a place and an end that only an attached interface has', async () => {
    await using world = await World.create();
    const { instance, create, change } = await scene(world);
    const one = await create();
    for (const [field, value] of [
      ['deviceIndex', 2],
      ['deleteOnTermination', true],
    ] as const) {
      await assertRefused(world, () => change(one.id, { [field]: value }), {
        code: 'wrong-state',
        field: `spec.${field}`,
        value,
      });
    }
    await change(one.id, { instanceId: instance.id });
    await assertRefused(world, () => change(one.id, { deviceIndex: 2 }), {
      code: 'wrong-state',
      field: 'spec.deviceIndex',
      value: 2,
    });
    assert.equal((await change(one.id, { deleteOnTermination: true })).spec.deleteOnTermination, true);
  });

  it('ends with the instance, and the interface with it if that is so', async () => {
    await using world = await World.create();
    const { instance, primary, create, change } = await scene(world);
    const [ends, stays] = [await create(), await create()];
    await change(ends.id, { instanceId: instance.id, deleteOnTermination: true });
    await change(stays.id, { instanceId: instance.id });
    await world.remove('instance', instance.id);
    assert.equal(world.topology.get('network-interface', primary), undefined);
    assert.equal(world.topology.get('network-interface', ends.id), undefined);
    const { spec } = world.get('network-interface', stays.id);
    assert.deepEqual([spec.instanceId, spec.deviceIndex], [undefined, undefined]);
  });

  it('and groups change in one request', async () => {
    await using world = await World.create();
    const { vpc, instance, create, change } = await scene(world);
    const group = await world.create('security-group', { vpcId: vpc.id, name: 'web' });
    const one = await create();
    const { spec } = await change(one.id, { instanceId: instance.id, securityGroupIds: [group.id] });
    assert.deepEqual([spec.instanceId, spec.securityGroupIds], [instance.id, [group.id]]);
  });
});
