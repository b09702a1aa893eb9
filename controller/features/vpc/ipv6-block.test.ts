import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused } from '../../testing/assertions.ts';
import { cloud, dualStackCloud, dualStackNetworkSpec, externalNetworkSpec } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const field = 'spec.ipv6CidrBlock';
const cidrBlock = '10.0.0.0/16';

describe('the IPv6 block of a VPC', () => {
  it('is the lowest free /56 of an external network, but for its first one', async () => {
    await using world = await World.create();
    await world.create('external-network', dualStackNetworkSpec);
    const blocks: (string | undefined)[] = [];
    for (let count = 0; count < 3; count++) {
      const vpc = await world.create('vpc', { cidrBlock, ipv6CidrBlock: 'auto' });
      blocks.push(vpc.spec.ipv6CidrBlock);
    }
    assert.deepEqual(blocks, ['2001:db8:0:100::/56', '2001:db8:0:200::/56', '2001:db8:0:300::/56']);
    await assertRefused(world, () => world.create('vpc', { cidrBlock, ipv6CidrBlock: 'auto' }), {
      code: 'no-free-address',
      field,
      value: 'auto',
    });
    const [first] = world.topology.all('vpc');
    await world.remove('vpc', first?.id ?? '');
    const again = await world.create('vpc', { cidrBlock, ipv6CidrBlock: 'auto' });
    assert.equal(again.spec.ipv6CidrBlock, blocks[0]);
  });

  it('may be given, in any form; private ones may be the same as those of another VPC', async () => {
    await using world = await World.create();
    await world.create('external-network', dualStackNetworkSpec);
    for (let count = 0; count < 2; count++) {
      const vpc = await world.create('vpc', { cidrBlock, ipv6CidrBlock: 'FD00:0:0::/56' });
      assert.equal(vpc.spec.ipv6CidrBlock, 'fd00::/56');
    }
    await world.create('vpc', { cidrBlock, ipv6CidrBlock: '2001:db8:0:200::/56' });
    for (const [ipv6CidrBlock, code, fix] of [
      ['2001:db8:0:200::/56', 'address-in-use', /auto/],
      ['2001:db8::/56', 'address-in-use', /Choose another \/56/],
      ['2001:db8:1::/64', 'invalid-value', /\/56/],
      ['2001:db8:1::1/56', 'invalid-value', /2001:db8:1::\/56/],
      ['fe80::/56', 'invalid-value', /global or unique local/],
      ['fd00:ec2::/56', 'invalid-value', /global or unique local/],
      ['ff00::/56', 'invalid-value', /global or unique local/],
    ] as const) {
      await assertRefused(world, () => world.create('vpc', { cidrBlock, ipv6CidrBlock }), {
        code,
        field,
        value: ipv6CidrBlock,
        fix,
      });
    }
  });

  it('comes to a VPC that is there, with what lets its packets pass by default', async () => {
    await using world = await World.create();
    const { vpc } = await cloud(world);
    const given = await world.update('vpc', vpc.id, { ipv6CidrBlock: 'fd00:5::/56' });
    assert.equal(given.spec.ipv6CidrBlock, 'fd00:5::/56');
    const group = { kind: 'security-group', id: vpc.spec.defaultSecurityGroupId } as const;
    const out = [...world.topology.referrers(group, 'of-group', 'security-group-rule')].filter(
      ({ spec }) => spec.direction === 'egress',
    );
    assert.deepEqual(
      out.map(({ spec }) => spec.cidrIpv4 ?? spec.cidrIpv6),
      ['0.0.0.0/0', '::/0'],
    );
    const { entries } = world.get('network-acl', vpc.spec.defaultNetworkAclId).spec;
    assert.deepEqual(
      entries.map(({ direction, number, cidrIpv4, cidrIpv6 }) => [direction, number, cidrIpv4 ?? cidrIpv6]),
      [
        ['egress', 100, '0.0.0.0/0'],
        ['egress', 101, '::/0'],
        ['ingress', 100, '0.0.0.0/0'],
        ['ingress', 101, '::/0'],
      ],
    );
    await assertRefused(world, () => world.update('vpc', vpc.id, { ipv6CidrBlock: 'fd00:6::/56' }), {
      code: 'wrong-state',
      field,
      value: 'fd00:6::/56',
    });
    const { spec } = await world.update('vpc', vpc.id, { ipv6CidrBlock: null });
    assert.equal(spec.ipv6CidrBlock, undefined);
  });

  it('leaves groups and ACLs alone that somebody has changed', async () => {
    await using world = await World.create();
    const { vpc } = await cloud(world);
    const group = { kind: 'security-group', id: vpc.spec.defaultSecurityGroupId } as const;
    for (const { id, spec } of [...world.topology.referrers(group, 'of-group', 'security-group-rule')]) {
      if (spec.direction === 'egress') await world.remove('security-group-rule', id);
    }
    await world.update('network-acl', vpc.spec.defaultNetworkAclId, { entries: [] });
    await world.update('vpc', vpc.id, { ipv6CidrBlock: 'fd00:5::/56' });
    assert.equal(world.topology.countReferrers(group, 'of-group', 'security-group-rule'), 1);
    assert.deepEqual(world.get('network-acl', vpc.spec.defaultNetworkAclId).spec.entries, []);
  });

  it('stays while subnets have parts of it, and those while interfaces have addresses', async () => {
    await using world = await World.create();
    const { vpc, subnet, outside } = await dualStackCloud(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    const take = (kind: 'vpc' | 'subnet', id: string) => () =>
      world.update(kind, id, { ipv6CidrBlock: null });
    await assertRefused(world, take('vpc', vpc.id), { code: 'in-use', field, value: null });
    await assertRefused(world, take('subnet', subnet.id), { code: 'in-use', field, value: null });
    await assertRefused(
      world,
      () => world.update('external-network', outside.id, { ipv6CidrBlock: '2001:db8:4::/54' }),
      { code: 'overlap', field, value: '2001:db8::/54' },
    );
    await world.update('network-interface', port.id, { ipv6AddressCount: 0 });
    const { spec } = await world.update('subnet', subnet.id, { ipv6CidrBlock: null });
    assert.deepEqual([spec.ipv6CidrBlock, spec.assignIpv6Address], [undefined, undefined]);
    await world.update('vpc', vpc.id, { ipv6CidrBlock: null });
    assert.equal(world.topology.get('address-claim', `${outside.id}/2001:db8:0:100::/56`), undefined);
  });

  it('is not taken by an external network that comes later', async () => {
    await using world = await World.create();
    await world.create('vpc', { cidrBlock, ipv6CidrBlock: '2001:db8:0:100::/56' });
    await assertRefused(world, () => world.create('external-network', dualStackNetworkSpec), {
      code: 'overlap',
      field,
      value: '2001:db8::/54',
    });
    await world.create('external-network', externalNetworkSpec);
  });
});

describe('the IPv6 block of a subnet', () => {
  it('is a /64 of its VPC that no other one has', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await dualStackCloud(world);
    assert.equal(subnet.spec.ipv6CidrBlock, '2001:db8:0:100::/64');
    const make = (index: number, ipv6CidrBlock: string) =>
      world.create('subnet', { vpcId: vpc.id, cidrBlock: `10.0.${index}.0/24`, ipv6CidrBlock });
    assert.equal((await make(2, 'auto')).spec.ipv6CidrBlock, '2001:db8:0:101::/64');
    for (const [wanted, code] of [
      ['2001:db8:0:100::/64', 'overlap'],
      ['2001:db8:0:200::/64', 'address-outside'],
      ['2001:db8:0:180::/60', 'address-outside'],
    ] as const) {
      await assertRefused(world, () => make(3, wanted), { code, field, value: wanted });
    }
    assert.equal((await make(3, '2001:db8:0:1ff::/64')).spec.ipv6CidrBlock, '2001:db8:0:1ff::/64');
  });

  it('needs one of the VPC, and is needed to assign addresses', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await cloud(world);
    await assertRefused(world, () => world.update('subnet', subnet.id, { ipv6CidrBlock: 'auto' }), {
      code: 'wrong-state',
      field,
      value: 'auto',
    });
    const spec = { vpcId: vpc.id, cidrBlock: '10.0.9.0/24', assignIpv6Address: true };
    await assertRefused(world, () => world.create('subnet', spec), {
      code: 'wrong-state',
      field: 'spec.assignIpv6Address',
      value: true,
    });
  });
});
