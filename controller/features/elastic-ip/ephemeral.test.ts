import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResourceOf } from '../../resources/index.ts';
import { assertRefused, census } from '../../testing/assertions.ts';
import { cloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

/** Public addresses of an interface: what they stand for, and whether they are lent. */
function addressesOf({ topology }: World, id: string): string[] {
  const owner = { kind: 'network-interface', id } as const;
  return [...topology.referrers(owner, 'of-interface', 'elastic-ip')].map(
    ({ spec }) => `${spec.privateAddress ?? 'primary'} ${spec.ephemeral ? 'lent' : 'own'}`,
  );
}

const interfaceOf = ({ spec }: ResourceOf<'instance'>) => spec.networkInterfaceIds[0] as string;

async function publicSubnet(world: World) {
  const scene = await cloud(world);
  await world.update('subnet', scene.subnet.id, { mapPublicIpOnLaunch: true });
  const run = (spec: Record<string, unknown> = {}) =>
    world.create('instance', { subnetId: scene.subnet.id, ...spec });
  return { ...scene, run };
}

describe('a public address that is lent', () => {
  it('comes with an instance as the subnet or the request says, and goes with it', async () => {
    await using world = await World.create();
    const { subnet, run } = await publicSubnet(world);
    const { counter: _numbers, 'retired-number': _none, ...before } = census(world);
    const first = await run();
    assert.deepEqual(addressesOf(world, interfaceOf(first)), ['primary lent']);
    const hidden = await run({ associatePublicAddress: false });
    assert.deepEqual(addressesOf(world, interfaceOf(hidden)), []);
    await world.update('subnet', subnet.id, { mapPublicIpOnLaunch: false });
    const plain = await run();
    assert.deepEqual(addressesOf(world, interfaceOf(plain)), []);
    const asked = await run({ associatePublicAddress: true });
    assert.deepEqual(addressesOf(world, interfaceOf(asked)), ['primary lent']);
    for (const { id } of [first, hidden, plain, asked]) await world.remove('instance', id);
    const { counter: _more, 'retired-number': _retired, identity: _unused, ...after } = census(world);
    assert.deepEqual(after, before);
  });

  it('is for the one interface that an instance starts with', async () => {
    await using world = await World.create();
    const { subnet, run } = await publicSubnet(world);
    const create = async () => (await world.create('network-interface', { subnetId: subnet.id })).id;
    const [first, second, third] = [await create(), await create(), await create()];
    const two = { subnetId: undefined, networkInterfaceIds: [first, second], associatePublicAddress: true };
    await assertRefused(world, () => run(two), {
      code: 'invalid-value',
      field: 'spec.associatePublicAddress',
      value: true,
    });
    await run({ subnetId: undefined, networkInterfaceIds: [first] });
    assert.deepEqual(addressesOf(world, first), [], 'the subnet speaks of new interfaces');
    const { id } = await run({ ...two, networkInterfaceIds: [second] });
    assert.deepEqual(addressesOf(world, second), ['primary lent']);
    await world.remove('instance', id);
    assert.deepEqual(addressesOf(world, second), []);
    assert.equal(world.get('network-interface', second).spec.associatePublicAddress, undefined);
    const { id: instanceId } = await run();
    await world.update('network-interface', third, { instanceId });
    assert.deepEqual(addressesOf(world, interfaceOf(world.get('instance', instanceId))), ['primary lent']);
  });

  it('is lent to what runs already, and taken back, as one chooses', async () => {
    await using world = await World.create();
    const { subnet, run } = await publicSubnet(world);
    const instance = await run({ associatePublicAddress: false });
    const port = interfaceOf(instance);
    const choose = (associatePublicAddress: boolean, id = port) =>
      world.update('network-interface', id, { associatePublicAddress });
    await choose(true);
    await choose(true);
    assert.deepEqual(addressesOf(world, port), ['primary lent']);
    await choose(false);
    await choose(false);
    assert.deepEqual(addressesOf(world, port), []);
    assert.equal(world.get('network-interface', port).spec.associatePublicAddress, undefined);
    const second = await world.create('network-interface', { subnetId: subnet.id });
    await world.update('network-interface', second.id, { instanceId: instance.id });
    await choose(true, second.id);
    assert.deepEqual(addressesOf(world, second.id), [], 'for the primary one alone');
    await choose(true);
    assert.deepEqual(addressesOf(world, port), ['primary lent'], 'also beside others');
    const elasticIp = await world.create('elastic-ip', { networkInterfaceId: port });
    await choose(true);
    assert.deepEqual(addressesOf(world, port), ['primary own']);
    await choose(false);
    assert.deepEqual(addressesOf(world, port), ['primary own'], 'an elastic IP is no lent one');
    await world.update('elastic-ip', elasticIp.id, { networkInterfaceId: null });
    assert.deepEqual(addressesOf(world, port), []);
  });

  it('is chosen for what does not run, and comes with its start', async () => {
    await using world = await World.create();
    const { subnet, run } = await publicSubnet(world);
    const { id } = await world.create('network-interface', { subnetId: subnet.id });
    await world.update('network-interface', id, { associatePublicAddress: true });
    assert.deepEqual(addressesOf(world, id), []);
    const taken = { subnetId: undefined, networkInterfaceIds: [id] };
    const instance = await run(taken);
    assert.deepEqual(addressesOf(world, id), ['primary lent']);
    await world.update('instance', instance.id, { desiredState: 'stopped' });
    await world.update('network-interface', id, { associatePublicAddress: false });
    await world.update('network-interface', id, { associatePublicAddress: true });
    assert.deepEqual(addressesOf(world, id), []);
    const stopped = world.get('instance', instance.id);
    await world.run((draft) => draft.update(stopped, { status: { state: 'stopped' } }));
    await world.update('instance', instance.id, { desiredState: 'running' });
    assert.deepEqual(addressesOf(world, id), ['primary lent']);
  });

  it('is refused to what runs when the network has none left, and nothing is changed', async () => {
    await using world = await World.create();
    const { outside, run } = await publicSubnet(world);
    const port = interfaceOf(await run({ associatePublicAddress: false }));
    for (let count = 0; count < 3; count++) await run();
    const ask = () => world.update('network-interface', port, { associatePublicAddress: true });
    await assertRefused(world, ask, {
      code: 'no-free-address',
      field: 'spec.associatePublicAddress',
      value: outside.id,
    });
  });

  it('is away while the instance is stopped, and another one after that', async () => {
    await using world = await World.create();
    const { subnet, run } = await publicSubnet(world);
    const { id } = await run();
    const port = interfaceOf(world.get('instance', id));
    await world.update('instance', id, { desiredState: 'stopped' });
    assert.deepEqual(addressesOf(world, port), []);
    const instance = world.get('instance', id);
    await world.run((draft) => draft.update(instance, { status: { state: 'stopped' } }));
    const elasticIp = await world.create('elastic-ip', { networkInterfaceId: port });
    await world.update('elastic-ip', elasticIp.id, { networkInterfaceId: null });
    assert.deepEqual(addressesOf(world, port), [], 'not while it is stopped');
    await world.update('instance', id, { desiredState: 'running' });
    assert.deepEqual(addressesOf(world, port), ['primary lent']);
    await world.update('instance', id, { desiredState: 'stopped' });
    await world.run((draft) => draft.update(world.get('instance', id), { status: { state: 'stopped' } }));
    const second = await world.create('network-interface', { subnetId: subnet.id });
    await world.update('network-interface', second.id, { instanceId: id });
    await world.update('instance', id, { desiredState: 'running' });
    assert.deepEqual(addressesOf(world, port), [], 'none with two interfaces, as in AWS');
  });

  it('is refused with the instance when the network has none left', async () => {
    await using world = await World.create();
    const { outside, run } = await publicSubnet(world);
    const held = [await run(), await run(), await run()];
    await assertRefused(world, () => run(), {
      code: 'no-free-address',
      field: 'spec.associatePublicAddress',
      value: outside.id,
    });
    await run({ associatePublicAddress: false });
    await world.remove('instance', held[0]?.id ?? '');
    assert.deepEqual(addressesOf(world, interfaceOf(await run())), ['primary lent'], 'one came back');
  });

  it('gives way to an elastic IP, and comes again after it', async () => {
    await using world = await World.create();
    const { outside, run } = await publicSubnet(world);
    const id = interfaceOf(await run());
    const elasticIp = await world.create('elastic-ip', { networkInterfaceId: id });
    assert.deepEqual(addressesOf(world, id), ['primary own']);
    assert.equal(
      [...world.topology.all('address-claim')].filter((one) => one.id.startsWith(outside.id)).length,
      1,
    );
    await world.update('elastic-ip', elasticIp.id, { networkInterfaceId: null });
    assert.deepEqual(addressesOf(world, id), ['primary lent']);
    const others = [interfaceOf(await run())];
    await world.update('elastic-ip', elasticIp.id, { networkInterfaceId: id });
    others.push(interfaceOf(await run()));
    await world.update('elastic-ip', elasticIp.id, { networkInterfaceId: null });
    assert.deepEqual(addressesOf(world, id), [], 'none is left, and that keeps nobody from disassociating');
    for (const other of others) assert.deepEqual(addressesOf(world, other), ['primary lent']);
  });

  it('cannot be moved, released or used by a NAT gateway', async () => {
    await using world = await World.create();
    const { subnet, run } = await publicSubnet(world);
    const one = interfaceOf(await run());
    const [lent] = world.topology.all('elastic-ip');
    const id = lent?.id ?? '';
    const refusal = { code: 'wrong-state', field: 'id', value: id, fix: /instance stops/ } as const;
    await assertRefused(world, () => world.update('elastic-ip', id, { networkInterfaceId: null }), refusal);
    await assertRefused(world, () => world.update('elastic-ip', id, { networkInterfaceId: one }), refusal);
    await assertRefused(world, () => world.remove('elastic-ip', id), refusal);
    await assertRefused(world, () => world.create('nat-gateway', { subnetId: subnet.id, elasticIpId: id }), {
      code: 'in-use',
      field: 'spec.elasticIpId',
      value: id,
    });
  });

  it('waits for the internet gateway, and keeps it', async () => {
    await using world = await World.create();
    const { vpc, gateway, run } = await publicSubnet(world);
    await world.update('internet-gateway', gateway.id, { vpcId: null });
    const instance = await run();
    assert.deepEqual(addressesOf(world, interfaceOf(instance)), []);
    await world.update('internet-gateway', gateway.id, { vpcId: vpc.id });
    assert.deepEqual(addressesOf(world, interfaceOf(instance)), ['primary lent']);
    await assertRefused(world, () => world.update('internet-gateway', gateway.id, { vpcId: null }), {
      code: 'in-use',
      field: 'spec.vpcId',
      value: vpc.id,
      fix: new RegExp(`Stop ${instance.id}`),
    });
  });

  it('counts for no quota of elastic IPs', async () => {
    await using world = await World.create();
    const { run } = await publicSubnet(world);
    await run();
    await run();
    assert.equal(world.topology.countOwned('elastic-ip', '123456789012', 'us-east-1'), 0);
    await world.create('elastic-ip', {});
    assert.equal(world.topology.countOwned('elastic-ip', '123456789012', 'us-east-1'), 1);
  });
});

describe('an elastic IP of a secondary address', () => {
  it('stands for it beside that of the primary one, and goes with it', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const port = await world.create('network-interface', {
      subnetId: subnet.id,
      secondaryPrivateAddresses: ['10.0.1.50', '10.0.1.51'],
    });
    const first = await world.create('elastic-ip', { networkInterfaceId: port.id });
    const second = await world.create('elastic-ip', {
      networkInterfaceId: port.id,
      privateAddress: '10.0.1.50',
    });
    assert.deepEqual(addressesOf(world, port.id), ['primary own', '10.0.1.50 own']);
    const third = await world.create('elastic-ip', {});
    const associate = (privateAddress: string) =>
      world.update('elastic-ip', third.id, { networkInterfaceId: port.id, privateAddress });
    const field = 'spec.networkInterfaceId';
    for (const taken of ['10.0.1.50', port.spec.privateAddress]) {
      await assertRefused(world, () => associate(taken), { code: 'already-exists', field, value: port.id });
    }
    await assertRefused(world, () => associate('10.0.1.99'), {
      code: 'address-outside',
      field: 'spec.privateAddress',
      value: '10.0.1.99',
      fix: /10\.0\.1\.51/,
    });
    await assertRefused(world, () => world.update('elastic-ip', third.id, { privateAddress: '10.0.1.51' }), {
      code: 'missing-field',
      field,
      value: '10.0.1.51',
    });
    await world.update('elastic-ip', second.id, { privateAddress: '10.0.1.51' });
    assert.deepEqual(addressesOf(world, port.id), ['primary own', '10.0.1.51 own'], 'moved');
    await world.update('network-interface', port.id, { secondaryPrivateAddresses: ['10.0.1.50'] });
    assert.deepEqual(addressesOf(world, port.id), ['primary own']);
    assert.deepEqual(Object.keys(world.get('elastic-ip', second.id).spec), ['externalNetworkId', 'address']);
    assert.ok(world.get('elastic-ip', first.id).spec.networkInterfaceId);
  });
});
