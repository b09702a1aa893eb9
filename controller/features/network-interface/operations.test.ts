import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { identityId } from '../../resources/index.ts';
import { assertRefused, census, deeds } from '../../testing/assertions.ts';
import { cloud, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

async function small(world: World) {
  const { vpc } = await network(world);
  const subnet = await world.create('subnet', { vpcId: vpc.id, cidrBlock: '10.0.0.0/28' });
  const create = (spec: Record<string, unknown> = {}) =>
    world.create('network-interface', { subnetId: subnet.id, ...spec });
  return { vpc, subnet, create };
}

describe('the address of an interface', () => {
  it('is one of eleven in a /28, and every one of them is given', async () => {
    await using world = await World.create();
    const { subnet, create } = await small(world);
    const ports = [];
    for (let count = 0; count < 11; count++) ports.push(await create());
    const addresses = ports.map(({ spec }) => spec.privateAddress);
    assert.deepEqual(
      addresses,
      Array.from({ length: 11 }, (_, index) => `10.0.0.${4 + index}`),
    );
    for (const { id, spec } of ports) {
      const claim = world.get('address-claim', `${subnet.id}/${spec.privateAddress}`);
      assert.equal(claim.spec.ownerId, id);
    }
    await assertRefused(world, () => create(), {
      code: 'no-free-address',
      field: 'spec.subnetId',
      value: subnet.id,
    });
    for (const index of [0, 10, 5]) {
      await world.remove('network-interface', ports[index]?.id ?? '');
      assert.equal((await create()).spec.privateAddress, `10.0.0.${4 + index}`, 'it came back');
    }
  });

  it('is the one that was asked for', async () => {
    await using world = await World.create();
    const { create } = await small(world);
    const field = 'spec.privateAddress';
    assert.equal((await create({ privateAddress: '10.0.0.14' })).spec.privateAddress, '10.0.0.14');
    await assertRefused(world, () => create({ privateAddress: '10.0.0.14' }), {
      code: 'address-in-use',
      field,
      value: '10.0.0.14',
    });
    for (const value of [
      '10.0.0.0',
      '10.0.0.1',
      '10.0.0.2',
      '10.0.0.3',
      '10.0.0.15',
      '10.0.0.16',
      '10.1.0.5',
    ]) {
      await assertRefused(world, () => create({ privateAddress: value }), {
        code: 'address-outside',
        field,
        value,
        fix: /10\.0\.0\.0\/28/,
      });
    }
    await assertRefused(world, () => create({ privateAddress: '10.0.0.300' }), {
      code: 'invalid-value',
      field,
      value: '10.0.0.300',
    });
  });

  it('may be in use in another subnet of another VPC', async () => {
    await using world = await World.create();
    const first = await network(world);
    const second = await network(world);
    for (const { id } of [first.subnet, second.subnet]) {
      const port = await world.create('network-interface', { subnetId: id, privateAddress: '10.0.1.9' });
      assert.equal(port.spec.privateAddress, '10.0.1.9');
    }
  });
});

describe('the MAC of an interface', () => {
  it('comes from its number, or is the one that was asked for', async () => {
    await using world = await World.create();
    const { vpc, create } = await small(world);
    const derived = await create();
    assert.equal(derived.spec.macAddress, '02:57:00:00:00:01');
    const wanted = await create({ macAddress: '52:54:00:00:00:01' });
    assert.equal(wanted.spec.macAddress, '52:54:00:00:00:01');
    for (const { id, spec } of [derived, wanted]) {
      assert.equal(world.get('address-claim', `${vpc.id}/${spec.macAddress}`).spec.ownerId, id);
    }
  });

  it('is unicast, of nobody else in the VPC, and not of the range that is given out', async () => {
    await using world = await World.create();
    const { create } = await small(world);
    const field = 'spec.macAddress';
    await create({ macAddress: '52:54:00:00:00:01' });
    await assertRefused(world, () => create({ macAddress: '52:54:00:00:00:01' }), {
      code: 'address-in-use',
      field,
      value: '52:54:00:00:00:01',
    });
    const never = [
      '01:00:5e:00:00:01',
      'ff:ff:ff:ff:ff:ff',
      '00:00:00:00:00:00',
      '02:57:00:00:00:02',
      '02:57:01:00:00:01',
    ];
    for (const value of never) {
      await assertRefused(world, () => create({ macAddress: value }), {
        code: 'invalid-value',
        field,
        value,
      });
    }
    const other = await network(world);
    await world.create('network-interface', { subnetId: other.subnet.id, macAddress: '52:54:00:00:00:01' });
  });
});

describe('a network interface', () => {
  it('brings its claims, and the identity of its set of groups when it is the first', async () => {
    await using world = await World.create();
    const { vpc, subnet, create } = await small(world);
    const description = 'front';
    const first = await create({ description });
    const groupIds = [vpc.spec.defaultSecurityGroupId];
    const { privateAddress, macAddress } = first.spec;
    assert.deepEqual(first.spec, {
      vpcId: vpc.id,
      subnetId: subnet.id,
      privateAddress,
      macAddress,
      securityGroupIds: groupIds,
      description,
    });
    assert.deepEqual(world.get('identity', first.status.identityId).spec, { vpcId: vpc.id, groupIds });
    const claims = ['+address-claim', '+address-claim'];
    assert.deepEqual(deeds(world.commits.at(-1)), [
      ...claims,
      '+counter',
      '+counter',
      '+identity',
      '+network-interface',
    ]);
    assert.equal((await create()).status.identityId, first.status.identityId);
    assert.deepEqual(deeds(world.commits.at(-1)), [...claims, '+network-interface', '~counter']);
  });

  it('changes its groups: the same set has one identity, in whatever order it is named', async () => {
    await using world = await World.create();
    const { vpc, create } = await small(world);
    const port = await create();
    const web = await world.create('security-group', { vpcId: vpc.id, name: 'web' });
    const both = [web.id, vpc.spec.defaultSecurityGroupId];
    const change = (securityGroupIds: string[]) =>
      world.update('network-interface', port.id, { securityGroupIds });
    const changed = await change(both);
    assert.deepEqual(changed.spec, { ...port.spec, securityGroupIds: both });
    assert.equal(changed.status.identityId, identityId(both));
    assert.equal(world.get('identity', identityId(both)).number, 2);
    assert.equal((await change(both.reverse())).status.identityId, identityId(both));
    assert.equal(world.topology.count('identity'), 2, 'the set that lost its member stays for a while');

    const described = await world.update('network-interface', port.id, { description: 'front' });
    assert.equal(described.status.identityId, identityId(both));
    assert.equal(described.spec.description, 'front');
  });

  it('needs a subnet, and groups of its VPC', async () => {
    await using world = await World.create();
    const { create } = await small(world);
    const port = await create();
    const other = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    await assertRefused(world, () => create({ subnetId: 'subnet-0' }), {
      code: 'unknown-reference',
      field: 'spec.subnetId',
      value: 'subnet-0',
    });
    for (const [id, code] of [
      ['sg-0', 'unknown-reference'],
      [other.spec.defaultSecurityGroupId, 'invalid-value'],
    ] as const) {
      const securityGroupIds = [port.spec.securityGroupIds[0], id];
      const refusal = { code, field: 'spec.securityGroupIds[1]', value: id } as const;
      await assertRefused(world, () => create({ securityGroupIds }), refusal);
      const change = () => world.update('network-interface', port.id, { securityGroupIds });
      await assertRefused(world, change, refusal);
    }
  });

  it('goes with its claims and its bindings, and sets its elastic IP free', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const before = census(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    await world.create('elastic-ip', { networkInterfaceId: port.id });
    await world.bind('host-1', port.id, 10);
    await world.bind('host-2', port.id, 10, true);
    await world.remove('network-interface', port.id);
    assert.deepEqual(deeds(world.commits.at(-1)), [
      '+retired-number',
      '-binding',
      '-binding',
      '-network-interface',
      '-placement',
      '~address-claim',
      '~address-claim',
      '~elastic-ip',
    ]);
    const { counter, ...rest } = census(world);
    const { counter: _numbers, ...things } = before;
    assert.ok(counter);
    assert.deepEqual(rest, {
      ...things,
      // The elastic IP's, and the two that host-1 and host-2 may still have flows for.
      'address-claim': 3,
      'elastic-ip': 1,
      identity: 1,
      'retired-number': 1,
    });
  });

  it('stays while an instance has it', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const instance = await world.create('instance', { subnetId: subnet.id });
    const [id = ''] = instance.spec.networkInterfaceIds;
    await assertRefused(world, () => world.remove('network-interface', id), {
      code: 'in-use',
      field: 'id',
      value: id,
      fix: /Detach it first/,
    });
  });
});
