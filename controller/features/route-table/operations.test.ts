import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, deeds } from '../../testing/assertions.ts';
import { cloud, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const everywhere = '0.0.0.0/0';

describe('a route table', () => {
  it('is made empty or with routes', async () => {
    await using world = await World.create();
    const { vpc, gateway } = await cloud(world);
    const empty = await world.create('route-table', { vpcId: vpc.id });
    assert.deepEqual(empty.spec, { vpcId: vpc.id, routes: [] });
    assert.equal(empty.number, 2);
    const routes = [
      { destination: everywhere, target: gateway.id },
      { destination: '192.0.2.0/24', target: 'blackhole' },
    ];
    const full = await world.create('route-table', { vpcId: vpc.id, routes });
    assert.deepEqual(full.spec.routes, routes);
    assert.deepEqual(deeds(world.commits.at(-1)), ['+route-table', '~counter']);
  });

  it('is changed as a whole, or left alone', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const id = vpc.spec.mainRouteTableId;
    const routes = [{ destination: '192.0.2.0/24', target: 'blackhole' }];
    assert.deepEqual((await world.update('route-table', id, { routes })).spec.routes, routes);
    assert.deepEqual((await world.update('route-table', id, {})).spec.routes, routes);
    assert.deepEqual((await world.update('route-table', id, { routes: [] })).spec.routes, []);
  });

  it('has no two routes to one destination, and none in place of the local one', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const route = (destination: string) => ({ destination, target: 'blackhole' });
    const attempts = [
      { routes: [route('192.0.2.0/24'), route('192.0.2.0/24')], index: 1, fix: /^Keep one/ },
      { routes: [route('10.0.0.0/16')], index: 0, fix: /always local/ },
    ];
    for (const { routes, index, fix } of attempts) {
      const refusal = {
        code: 'already-exists',
        field: `spec.routes[${index}].destination`,
        value: routes[index]?.destination,
        fix,
      } as const;
      await assertRefused(world, () => world.create('route-table', { vpcId: vpc.id, routes }), refusal);
      const change = () => world.update('route-table', vpc.spec.mainRouteTableId, { routes });
      await assertRefused(world, change, refusal);
    }
    const nested = [route('10.0.0.0/8'), route('10.0.1.0/24'), route('10.0.1.0/25')];
    await world.create('route-table', { vpcId: vpc.id, routes: nested });
  });

  it('names networks in canonical form, and gateways of its VPC', async () => {
    await using world = await World.create();
    const { vpc, gateway } = await cloud(world);
    const other = await network(world);
    const loose = await world.create('internet-gateway', {});
    const attempts = [
      ['10.0.0.1/8', 'blackhole', 'invalid-value', 'destination'],
      [everywhere, 'igw-0', 'unknown-reference', 'target'],
      [everywhere, loose.id, 'invalid-value', 'target'],
    ] as const;
    for (const [destination, target, code, field] of attempts) {
      const routes = [{ destination, target }];
      await assertRefused(world, () => world.create('route-table', { vpcId: vpc.id, routes }), {
        code,
        field: `spec.routes[0].${field}`,
        value: field === 'target' ? target : destination,
      });
    }
    const routes = [{ destination: everywhere, target: gateway.id }];
    await assertRefused(
      world,
      () => world.update('route-table', other.vpc.spec.mainRouteTableId, { routes }),
      {
        code: 'invalid-value',
        field: 'spec.routes[0].target',
        value: gateway.id,
        fix: new RegExp(other.vpc.id),
      },
    );
    await assertRefused(world, () => world.create('route-table', { vpcId: 'vpc-0' }), {
      code: 'unknown-reference',
      field: 'spec.vpcId',
      value: 'vpc-0',
    });
  });

  it('stays while subnets use it, and the main one as long as its VPC', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    const table = await world.create('route-table', { vpcId: vpc.id });
    await world.update('subnet', subnet.id, { routeTableId: table.id });
    const refusal = { code: 'in-use', field: 'id' } as const;
    const main = vpc.spec.mainRouteTableId;
    await assertRefused(world, () => world.remove('route-table', table.id), { ...refusal, value: table.id });
    await assertRefused(world, () => world.remove('route-table', main), {
      ...refusal,
      value: main,
      fix: new RegExp(`Delete VPC ${vpc.id}`),
    });
    await world.update('subnet', subnet.id, { routeTableId: null });
    await world.remove('route-table', table.id);
    assert.deepEqual(deeds(world.commits.at(-1)), ['+retired-number', '-route-table']);
  });
});
