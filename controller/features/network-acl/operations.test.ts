import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { networkAclEntriesPerDirection } from '../../resources/index.ts';
import { assertRefused } from '../../testing/assertions.ts';
import { network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const entry = (number: number, rest: object = {}) => ({
  number,
  direction: 'ingress',
  action: 'allow',
  protocol: 'tcp',
  fromPort: 80,
  toPort: 80,
  cidrIpv4: '0.0.0.0/0',
  ...rest,
});

describe('a network ACL', () => {
  it('keeps its entries in the order in which they are tried, with protocols by their names', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const entries = [entry(20), entry(10, { protocol: 6 }), entry(30, { direction: 'egress' })];
    const acl = await world.create('network-acl', { vpcId: vpc.id, entries });
    assert.deepEqual(
      acl.spec.entries.map((one) => [one.direction, one.number, one.protocol]),
      [
        ['egress', 30, 'tcp'],
        ['ingress', 10, 'tcp'],
        ['ingress', 20, 'tcp'],
      ],
    );
    const { spec } = await world.update('network-acl', acl.id, { entries: [] });
    assert.deepEqual(spec, { vpcId: vpc.id, entries: [] });
  });

  it('refuses entries that could not be tried', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const acl = await world.create('network-acl', { vpcId: vpc.id });
    const cases = [
      [[entry(1), entry(1)], 'already-exists', 'spec.entries[1].number', 1],
      [[entry(1, { cidrIpv4: '10.0.0.1/8' })], 'invalid-value', 'spec.entries[0].cidrIpv4', '10.0.0.1/8'],
      [[entry(1, { protocol: 'all' })], 'invalid-value', 'spec.entries[0].fromPort', 80],
      [[entry(1, { toPort: 79 })], 'invalid-value', 'spec.entries[0].fromPort', 80],
    ] as const;
    for (const [entries, code, field, value] of cases) {
      await assertRefused(world, () => world.update('network-acl', acl.id, { entries }), {
        code,
        field,
        value,
      });
    }
    await world.update('network-acl', acl.id, { entries: [entry(1), entry(1, { direction: 'egress' })] });
    const many = Array.from({ length: networkAclEntriesPerDirection }, (_, index) => entry(index + 1));
    await world.update('network-acl', acl.id, { entries: many });
    await assertRefused(world, () => world.update('network-acl', acl.id, { entries: [...many, entry(99)] }), {
      code: 'invalid-value',
      field: `spec.entries[${many.length}]`,
      value: 99,
    });
  });

  it('stays while a subnet uses it, and the default one as long as its VPC', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    const acl = await world.create('network-acl', { vpcId: vpc.id });
    await world.update('subnet', subnet.id, { networkAclId: acl.id });
    const refusal = { code: 'in-use', field: 'id' } as const;
    await assertRefused(world, () => world.remove('network-acl', acl.id), { ...refusal, value: acl.id });
    const fallback = vpc.spec.defaultNetworkAclId;
    await assertRefused(world, () => world.remove('network-acl', fallback), { ...refusal, value: fallback });
    await world.update('subnet', subnet.id, { networkAclId: null });
    await world.remove('network-acl', acl.id);
  });

  it('is used by subnets of its VPC alone', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    const other = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    const networkAclId = other.spec.defaultNetworkAclId;
    await assertRefused(world, () => world.update('subnet', subnet.id, { networkAclId }), {
      code: 'invalid-value',
      field: 'spec.networkAclId',
      value: networkAclId,
    });
  });
});
