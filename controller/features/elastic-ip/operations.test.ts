import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, deeds } from '../../testing/assertions.ts';
import { cloud, externalNetworkSpec, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const claim = (world: World, networkId: string, address: string) =>
  world.topology.get('address-claim', `${networkId}/${address}`)?.spec.ownerId;

describe('the address of an elastic IP', () => {
  it('is the first free one of the ranges, and comes back when it is released', async () => {
    await using world = await World.create();
    const outside = await world.create('external-network', {
      ...externalNetworkSpec,
      gateway: '203.0.113.11',
      addressRanges: [
        { first: '203.0.113.10', last: '203.0.113.12' },
        { first: '203.0.113.40', last: '203.0.113.40' },
      ],
    });
    const given = [];
    for (let count = 0; count < 3; count++) given.push(await world.create('elastic-ip', {}));
    assert.deepEqual(
      given.map(({ spec }) => spec.address),
      ['203.0.113.10', '203.0.113.12', '203.0.113.40'],
      "the gateway's address is nobody's",
    );
    for (const { id, spec } of given) assert.equal(claim(world, outside.id, spec.address), id);
    await assertRefused(world, () => world.create('elastic-ip', {}), {
      code: 'no-free-address',
      field: 'spec.externalNetworkId',
      value: outside.id,
    });
    await world.remove('elastic-ip', given[1]?.id ?? '');
    assert.equal((await world.create('elastic-ip', {})).spec.address, '203.0.113.12', 'it came back');
  });

  it('is the one that was asked for, if it is free and in a range', async () => {
    await using world = await World.create();
    const outside = await world.create('external-network', {
      ...externalNetworkSpec,
      gateway: '203.0.113.11',
    });
    const create = (address: string) => world.create('elastic-ip', { address });
    assert.equal((await create('203.0.113.12')).spec.address, '203.0.113.12');
    const field = 'spec.address';
    for (const value of ['203.0.113.12', '203.0.113.11']) {
      await assertRefused(world, () => create(value), { code: 'address-in-use', field, value });
    }
    for (const value of ['203.0.113.13', '203.0.113.9', '10.0.0.1']) {
      const fix = /203\.0\.113\.10-203\.0\.113\.12/;
      await assertRefused(world, () => create(value), { code: 'address-outside', field, value, fix });
    }
    await assertRefused(world, () => create('203.0.113'), {
      code: 'invalid-value',
      field,
      value: '203.0.113',
    });
    assert.ok(claim(world, outside.id, '203.0.113.12'));
    assert.equal(claim(world, outside.id, '203.0.113.13'), undefined);
  });

  it('is of the network that is named, or of the only one', async () => {
    await using world = await World.create();
    const refusal = { code: 'missing-field', field: 'spec.externalNetworkId' } as const;
    await assertRefused(world, () => world.create('elastic-ip', {}), refusal);
    await world.create('external-network', externalNetworkSpec);
    const office = await world.create('external-network', { ...externalNetworkSpec, name: 'office' });
    await assertRefused(world, () => world.create('elastic-ip', {}), refusal);
    const elasticIp = await world.create('elastic-ip', { externalNetworkId: office.id });
    assert.equal(elasticIp.spec.externalNetworkId, office.id);
    const value = 'extnet-0';
    await assertRefused(world, () => world.create('elastic-ip', { externalNetworkId: value }), {
      code: 'unknown-reference',
      field: 'spec.externalNetworkId',
      value,
    });
  });
});

describe('an elastic IP', () => {
  it('is associated, moved, set free and released', async () => {
    await using world = await World.create();
    const { subnet, outside } = await cloud(world);
    const create = () => world.create('network-interface', { subnetId: subnet.id });
    const [first, second] = [await create(), await create()];
    const elasticIp = await world.create('elastic-ip', { networkInterfaceId: first.id });
    assert.deepEqual(deeds(world.commits.at(-1)), ['+address-claim', '+counter', '+elastic-ip']);
    const move = async (networkInterfaceId: string | null) =>
      (await world.update('elastic-ip', elasticIp.id, { networkInterfaceId })).spec.networkInterfaceId;
    assert.equal(await move(second.id), second.id);
    assert.equal(await move(second.id), second.id, 'again is no error');
    assert.equal((await world.update('elastic-ip', elasticIp.id, {})).spec.networkInterfaceId, second.id);

    await assertRefused(world, () => world.remove('elastic-ip', elasticIp.id), {
      code: 'in-use',
      field: 'id',
      value: elasticIp.id,
      fix: /networkInterfaceId: null/,
    });
    assert.equal(await move(null), undefined);
    await world.remove('elastic-ip', elasticIp.id);
    assert.deepEqual(deeds(world.commits.at(-1)), ['+retired-number', '-address-claim', '-elastic-ip']);
    assert.equal(claim(world, outside.id, elasticIp.spec.address), undefined);
  });

  it('is set free when its interface goes', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    const { id } = await world.create('elastic-ip', { networkInterfaceId: port.id });
    await world.remove('network-interface', port.id);
    assert.equal(world.get('elastic-ip', id).spec.networkInterfaceId, undefined);
  });

  it('is the only one of its interface', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const { id } = await world.create('network-interface', { subnetId: subnet.id });
    const first = await world.create('elastic-ip', { networkInterfaceId: id });
    const second = await world.create('elastic-ip', {});
    const refusal = { code: 'already-exists', field: 'spec.networkInterfaceId', value: id } as const;
    await assertRefused(world, () => world.create('elastic-ip', { networkInterfaceId: id }), refusal);
    const associate = () => world.update('elastic-ip', second.id, { networkInterfaceId: id });
    await assertRefused(world, associate, refusal);
    await world.update('elastic-ip', first.id, { networkInterfaceId: null });
    await associate();
  });

  it('needs an interface in a VPC that reaches its network', async () => {
    await using world = await World.create();
    const outside = await world.create('external-network', externalNetworkSpec);
    const office = await world.create('external-network', { ...externalNetworkSpec, name: 'office' });
    const { vpc, subnet } = await network(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    const elasticIp = await world.create('elastic-ip', { externalNetworkId: outside.id });
    const field = 'spec.networkInterfaceId';
    const associate = (networkInterfaceId: string) =>
      world.update('elastic-ip', elasticIp.id, { networkInterfaceId });
    const unreachable = { code: 'wrong-state', field, value: port.id, fix: /internet gateway/ } as const;
    await assertRefused(world, () => associate(port.id), unreachable);
    const wrong = { vpcId: vpc.id, externalNetworkId: office.id };
    const gateway = await world.create('internet-gateway', wrong);
    await assertRefused(world, () => associate(port.id), unreachable);
    await world.update('internet-gateway', gateway.id, { vpcId: null });
    await world.create('internet-gateway', { vpcId: vpc.id, externalNetworkId: outside.id });
    await assertRefused(world, () => associate('eni-0'), {
      code: 'unknown-reference',
      field,
      value: 'eni-0',
    });
    await associate(port.id);
  });
});
