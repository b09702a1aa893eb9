import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, census, deeds } from '../../testing/assertions.ts';
import { cloud, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

describe('a VPC', () => {
  it('comes with a route table and a default group, whose members reach each other and everything', async () => {
    await using world = await World.create();
    const vpc = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    assert.equal(vpc.number, 1);
    assert.equal(vpc.spec.cidrBlock, '10.0.0.0/16');
    const table = world.get('route-table', vpc.spec.mainRouteTableId);
    assert.deepEqual(table.spec, { vpcId: vpc.id, routes: [] });
    const group = world.get('security-group', vpc.spec.defaultSecurityGroupId);
    assert.deepEqual([group.spec.vpcId, group.spec.name], [vpc.id, 'default']);
    const rules = [...world.topology.referrers(group, 'of-group', 'security-group-rule')];
    const groupId = group.id;
    assert.deepEqual(
      rules.map(({ spec }) => spec).sort((a, b) => a.direction.localeCompare(b.direction)),
      [
        { groupId, direction: 'egress', protocol: 'all', cidrIpv4: '0.0.0.0/0' },
        { groupId, direction: 'ingress', protocol: 'all', referencedGroupId: groupId },
      ],
    );
    assert.deepEqual(deeds(world.commits[0]), [
      ...Array(5).fill('+counter'),
      '+network-acl',
      '+route-table',
      '+rule-match',
      '+rule-match',
      '+security-group',
      '+security-group-rule',
      '+security-group-rule',
      '+vpc',
    ]);
  });

  it('may have the addresses of another one', async () => {
    await using world = await World.create();
    await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    assert.equal((await world.create('vpc', { cidrBlock: '10.0.0.0/16' })).number, 2);
  });

  it('has from 16 to 65,536 addresses', async () => {
    await using world = await World.create();
    await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    await world.create('vpc', { cidrBlock: '10.0.0.16/28' });
    for (const cidrBlock of ['10.0.0.0/15', '10.0.0.16/29', '0.0.0.0/0']) {
      await assertRefused(world, () => world.create('vpc', { cidrBlock }), {
        code: 'invalid-value',
        field: 'spec.cidrBlock',
        value: cidrBlock,
        fix: /\/16 .* \/28/,
      });
    }
  });

  it('needs a network in canonical form', async () => {
    await using world = await World.create();
    for (const [cidrBlock, fix] of [
      ['10.0.1.0/16', /^Use 10\.0\.0\.0\/16\.$/],
      ['10.0.0/16', /such as 10\.0\.0\.0\/16/],
      ['10.0.0.256/24', /such as/],
      ['10.0.0.0/33', /such as/],
      ['10.0.0.0', /such as/],
    ] as const) {
      await assertRefused(world, () => world.create('vpc', { cidrBlock }), {
        code: 'invalid-value',
        field: 'spec.cidrBlock',
        value: cidrBlock,
        fix,
      });
    }
    assert.deepEqual(census(world), {});
  });

  it('has addresses that machines can use', async () => {
    await using world = await World.create();
    const refused = [
      '0.0.0.0/16',
      '127.0.0.0/16',
      '169.254.0.0/16',
      '169.254.169.240/28',
      '224.0.0.0/16',
      '240.0.0.0/16',
    ];
    for (const cidrBlock of refused) {
      await assertRefused(world, () => world.create('vpc', { cidrBlock }), {
        code: 'invalid-value',
        field: 'spec.cidrBlock',
        value: cidrBlock,
      });
    }
    await world.create('vpc', { cidrBlock: '169.253.0.0/16' });
    await world.create('vpc', { cidrBlock: '223.255.0.0/16' });
  });

  it('takes what came with it along, and leaves its numbers to rest', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    await world.remove('network-interface', port.id);
    await world.remove('subnet', subnet.id);
    await world.remove('vpc', vpc.id);
    assert.deepEqual(deeds(world.commits.at(-1)), [
      ...Array(8).fill('+retired-number'),
      '-identity',
      '-network-acl',
      '-route-table',
      '-rule-match',
      '-rule-match',
      '-security-group',
      '-security-group-rule',
      '-security-group-rule',
      '-vpc',
    ]);
    assert.deepEqual(Object.keys(census(world)), ['counter', 'retired-number']);
  });

  it('stays while something else is in it', async () => {
    await using world = await World.create();
    const { vpc, subnet, gateway } = await cloud(world);
    const table = await world.create('route-table', { vpcId: vpc.id });
    const group = await world.create('security-group', { vpcId: vpc.id, name: 'web' });
    const blockers = [
      ['subnet', subnet.id],
      ['internet-gateway', gateway.id],
      ['security-group', group.id],
      ['route-table', table.id],
    ] as const;
    for (const [kind, id] of blockers) {
      await assertRefused(world, () => world.remove('vpc', vpc.id), {
        code: 'in-use',
        field: 'id',
        value: vpc.id,
      });
      if (kind === 'internet-gateway') await world.update(kind, id, { vpcId: null });
      await world.remove(kind, id);
    }
    await world.remove('vpc', vpc.id);
    assert.equal(world.topology.count('vpc'), 0);
  });

  it('takes another of its route tables as the main one; the old one can go then', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const other = await network(world);
    const table = await world.create('route-table', { vpcId: vpc.id });
    const changed = await world.update('vpc', vpc.id, { mainRouteTableId: table.id });
    assert.equal(changed.spec.mainRouteTableId, table.id);
    await assertRefused(world, () => world.remove('route-table', table.id), {
      code: 'in-use',
      field: 'id',
      value: table.id,
    });
    await world.remove('route-table', vpc.spec.mainRouteTableId);
    const foreign = other.vpc.spec.mainRouteTableId;
    await assertRefused(world, () => world.update('vpc', vpc.id, { mainRouteTableId: foreign }), {
      code: 'invalid-value',
      field: 'spec.mainRouteTableId',
      value: foreign,
    });
  });
});
