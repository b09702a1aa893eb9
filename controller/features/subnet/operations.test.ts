import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, deeds } from '../../testing/assertions.ts';
import { network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

describe('a subnet', () => {
  it('is in the zone that was named, else in that of the first host', async () => {
    await using world = await World.create();
    const vpc = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    const create = (spec: Record<string, unknown>) => world.create('subnet', { vpcId: vpc.id, ...spec });
    const early = await create({ cidrBlock: '10.0.0.0/24' });
    assert.deepEqual(early.spec, { vpcId: vpc.id, cidrBlock: '10.0.0.0/24', zone: 'zone-a' });
    await world.host(1, { zone: 'north' });
    assert.equal((await create({ cidrBlock: '10.0.1.0/24' })).spec.zone, 'north');
    assert.equal((await create({ cidrBlock: '10.0.2.0/24', zone: 'south' })).spec.zone, 'south');
    assert.deepEqual(deeds(world.commits.at(-1)), ['+subnet', '~counter']);
  });

  it('lies inside its VPC, beside the others', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const create = (cidrBlock: string) => world.create('subnet', { vpcId: vpc.id, cidrBlock });
    for (const cidrBlock of ['10.1.0.0/24', '192.168.0.0/24']) {
      await assertRefused(world, () => create(cidrBlock), {
        code: 'address-outside',
        field: 'spec.cidrBlock',
        value: cidrBlock,
        fix: /10\.0\.0\.0\/16/,
      });
    }
    for (const cidrBlock of ['10.0.1.0/24', '10.0.1.128/25', '10.0.0.0/23', '10.0.0.0/16']) {
      await assertRefused(world, () => create(cidrBlock), {
        code: 'overlap',
        field: 'spec.cidrBlock',
        value: cidrBlock,
      });
    }
    await create('10.0.0.0/24');
    await create('10.0.2.0/23');
  });

  it('may be as large as its VPC, and has at least 16 addresses', async () => {
    await using world = await World.create();
    const { id: vpcId } = await world.create('vpc', { cidrBlock: '10.0.0.0/24' });
    for (const [cidrBlock, fix] of [
      ['10.0.0.0/29', /\/28/],
      ['10.0.0.8/28', /^Use 10\.0\.0\.0\/28\.$/],
    ] as const) {
      await assertRefused(world, () => world.create('subnet', { vpcId, cidrBlock }), {
        code: 'invalid-value',
        field: 'spec.cidrBlock',
        value: cidrBlock,
        fix,
      });
    }
    const whole = await world.create('subnet', { vpcId, cidrBlock: '10.0.0.0/24' });
    assert.equal(whole.number, 1);
  });

  it('needs a VPC and a route table that exist, of one VPC', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    const other = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    const cidrBlock = '10.0.5.0/24';
    await assertRefused(world, () => world.create('subnet', { vpcId: 'vpc-0', cidrBlock }), {
      code: 'unknown-reference',
      field: 'spec.vpcId',
      value: 'vpc-0',
      fix: /\/v1\/vpcs /,
    });
    const foreign = other.spec.mainRouteTableId;
    for (const [routeTableId, code] of [
      ['rtb-0', 'unknown-reference'],
      [foreign, 'invalid-value'],
    ] as const) {
      const refusal = { code, field: 'spec.routeTableId', value: routeTableId } as const;
      const spec = { vpcId: vpc.id, cidrBlock, routeTableId };
      await assertRefused(world, () => world.create('subnet', spec), refusal);
      await assertRefused(world, () => world.update('subnet', subnet.id, { routeTableId }), refusal);
    }
  });

  it('takes another route table, and goes back to that of its VPC', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    const table = await world.create('route-table', { vpcId: vpc.id });
    const spec = { vpcId: vpc.id, cidrBlock: '10.0.5.0/24', routeTableId: table.id };
    const other = await world.create('subnet', spec);
    assert.equal(other.spec.routeTableId, table.id);
    const changed = await world.update('subnet', subnet.id, { routeTableId: table.id });
    assert.deepEqual(changed.spec, { ...subnet.spec, routeTableId: table.id });
    assert.deepEqual(
      (await world.update('subnet', subnet.id, {})).spec,
      changed.spec,
      'not named, not changed',
    );
    const back = await world.update('subnet', subnet.id, { routeTableId: null });
    assert.deepEqual(back.spec, subnet.spec);
    assert.equal(back.number, subnet.number);
  });

  it('stays while interfaces are in it', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    const ports = [1, 2].map(() => world.create('network-interface', { subnetId: subnet.id }));
    const [first, second] = await Promise.all(ports);
    await assertRefused(world, () => world.remove('subnet', subnet.id), {
      code: 'in-use',
      field: 'id',
      value: subnet.id,
      fix: /eni-\w+ and the others first/,
    });
    await world.remove('network-interface', first?.id ?? '');
    await assertRefused(world, () => world.remove('subnet', subnet.id), {
      code: 'in-use',
      field: 'id',
      value: subnet.id,
      fix: new RegExp(`change ${second?.id} first`),
    });
    await world.remove('network-interface', second?.id ?? '');
    await world.remove('subnet', subnet.id);
    assert.deepEqual(deeds(world.commits.at(-1)), ['+retired-number', '-subnet']);
  });
});
