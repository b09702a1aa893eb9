import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InstanceStatus } from '../../resources/index.ts';
import { assertRefused } from '../../testing/assertions.ts';
import { cloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { reportStatus } from './operations.ts';

/** An instance, what users do with it, and what its host reports. */
async function scene(world: World) {
  const { subnet } = await cloud(world);
  const { id } = await world.create('instance', { subnetId: subnet.id });
  const set = (desiredState: 'running' | 'stopped') => world.update('instance', id, { desiredState });
  const report = (state: InstanceStatus['state']) =>
    world.run((draft) => reportStatus(draft, world.get('instance', id), { state }));
  const state = () => world.get('instance', id).status.state;
  return { subnet, id, set, report, state };
}

describe('the state of an instance', () => {
  it('goes from pending to running, by stopping to stopped, and back', async () => {
    await using world = await World.create();
    const { id, set, report, state } = await scene(world);
    const { networkInterfaceIds } = world.get('instance', id).spec;
    assert.equal(state(), 'pending');
    await report('running');
    await set('running');
    assert.equal(state(), 'running', 'it runs already');
    await set('stopped');
    assert.equal(state(), 'stopping');
    await set('stopped');
    assert.equal(state(), 'stopping', 'asked for again');
    await report('stopped');
    const stopped = world.get('instance', id);
    assert.deepEqual([stopped.status.state, stopped.spec.desiredState], ['stopped', 'stopped']);
    assert.deepEqual(stopped.spec.networkInterfaceIds, networkInterfaceIds);
    await set('running');
    const started = world.get('instance', id);
    assert.deepEqual([started.status.state, started.spec.desiredState], ['pending', undefined]);
    await report('running');
    await world.remove('instance', id);
  });

  it('is stopped also from the start, and after a failure; a stopped one can be deleted', async () => {
    await using world = await World.create();
    const { id, set, report, state } = await scene(world);
    await set('stopped');
    await report('failed');
    assert.equal(state(), 'failed');
    await report('stopped');
    await set('running');
    await report('failed');
    await set('stopped');
    await report('stopped');
    await world.remove('instance', id);
  });

  it('is not started before it is stopped', async () => {
    await using world = await World.create();
    const { set } = await scene(world);
    await set('stopped');
    await assertRefused(world, () => set('running'), {
      code: 'wrong-state',
      field: 'spec.desiredState',
      value: 'running',
      fix: /Wait/,
    });
  });

  it('is not what a host reports too late', async () => {
    await using world = await World.create();
    const { set, report, state } = await scene(world);
    const refusal = (value: string) => ({ code: 'wrong-state', field: 'status.state', value }) as const;
    await assertRefused(world, () => report('stopped'), refusal('stopped'));
    await set('stopped');
    await assertRefused(world, () => report('running'), refusal('running'));
    assert.equal(state(), 'stopping');
  });
});

describe('user data', () => {
  it('is of 16 KiB at most, and changes while the instance is stopped', async () => {
    await using world = await World.create();
    const { subnet, id, set, report } = await scene(world);
    const change = (userData: string) => world.update('instance', id, { userData });
    const [small, large] = [16 * 1024, 16 * 1024 + 1].map((size) => Buffer.alloc(size).toString('base64'));
    const refusal = {
      code: 'invalid-value',
      field: 'spec.userData',
      value: 'AAAAAAAAAAAAAAAAAAAA…',
    } as const;
    await assertRefused(
      world,
      () => world.create('instance', { subnetId: subnet.id, userData: large }),
      refusal,
    );
    await world.create('instance', { subnetId: subnet.id, userData: small });
    await assertRefused(world, () => change('aGk='), {
      code: 'wrong-state',
      field: 'spec.userData',
      value: 'pending',
    });
    await set('stopped');
    await report('stopped');
    assert.equal((await change('aGk=')).spec.userData, 'aGk=');
    await assertRefused(world, () => change(large as string), refusal);
  });

  it('is changed without the rest', async () => {
    await using world = await World.create();
    const { id } = await scene(world);
    const { spec } = await world.update('instance', id, { metadataHopLimit: 3 });
    assert.equal(spec.metadataHopLimit, 3);
  });

  it('a reboot is counted while it runs, and refused otherwise', async () => {
    await using world = await World.create();
    const { id, set, report } = await scene(world);
    const reboot = (more = {}) => world.update('instance', id, { reboot: true, ...more });
    const refused = (value: string) =>
      assertRefused(world, () => reboot(), { code: 'wrong-state', field: 'spec.reboot', value });
    await refused('pending');
    await report('running');
    await reboot();
    await reboot();
    const { spec, status } = world.get('instance', id);
    assert.deepEqual([spec.reboots, status.state, spec.launchedAt], [2, 'running', undefined]);
    await assertRefused(world, () => reboot({ desiredState: 'stopped' }), {
      code: 'invalid-value',
      field: 'spec.reboot',
      value: true,
    });
    await set('stopped');
    await refused('stopping');
    await report('stopped');
    await refused('stopped');
  });

  it('is launched anew when it is started, and by nothing else', async () => {
    await using world = await World.create();
    const { id, set, report } = await scene(world);
    const launchedAt = () => world.get('instance', id).spec.launchedAt;
    await report('running');
    await set('stopped');
    await report('stopped');
    assert.equal(launchedAt(), undefined);
    await set('running');
    const first = launchedAt();
    assert.match(first ?? '', /^\d{4}-\d\d-\d\dT/);
    await report('running');
    await world.update('instance', id, { reboot: true });
    assert.equal(launchedAt(), first);
  });
});
