import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResourceOf } from '../../resources/index.ts';
import { fragment } from '../../testing/golden.ts';
import { cloud, externalNetworkSpec, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const local =
  'table=route, priority=1160,ip,reg10=0x1,metadata=0x1,nw_dst=10.0.0.0/16 actions=dec_ttl,move:NXM_OF_IP_DST[]->NXM_NX_REG15[],goto_table:route-local';
const dropped = 'table=route, priority=1000,ip,reg10=0x1,metadata=0x1 actions=drop';
const outside =
  'table=route, priority=1000,ip,reg10=0x1,metadata=0x1 actions=dec_ttl,set_field:0x1->reg11,goto_table:translate';

const flowsOf = (world: World, vpc: ResourceOf<'vpc'>) =>
  fragment(world, 'route-table.routes', vpc.spec.mainRouteTableId)?.flows;
const route = (world: World, vpc: ResourceOf<'vpc'>, ...routes: [destination: string, target: string][]) =>
  world.update('route-table', vpc.spec.mainRouteTableId, {
    routes: routes.map(([destination, target]) => ({ destination, target })),
  });

describe('the flows of a route table', () => {
  it('are the local route, from the start', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    assert.deepEqual(fragment(world, 'route-table.routes', vpc.spec.mainRouteTableId), {
      scope: `vpc:${vpc.id}`,
      number: 1,
      flows: [local],
    });
  });

  it('are one for each route, the longer prefix with the higher priority', async () => {
    await using world = await World.create();
    const { vpc, gateway } = await cloud(world);
    await route(
      world,
      vpc,
      ['0.0.0.0/0', gateway.id],
      ['192.0.2.0/24', 'blackhole'],
      ['192.0.2.7/32', gateway.id],
      ['10.0.0.0/8', 'blackhole'],
      ['10.0.1.0/24', 'blackhole'],
    );
    assert.deepEqual(flowsOf(world, vpc), [
      local,
      outside,
      'table=route, priority=1240,ip,reg10=0x1,metadata=0x1,nw_dst=192.0.2.0/24 actions=drop',
      'table=route, priority=1320,ip,reg10=0x1,metadata=0x1,nw_dst=192.0.2.7 actions=dec_ttl,set_field:0x1->reg11,goto_table:translate',
      'table=route, priority=1080,ip,reg10=0x1,metadata=0x1,nw_dst=10.0.0.0/8 actions=drop',
      'table=route, priority=1240,ip,reg10=0x1,metadata=0x1,nw_dst=10.0.1.0/24 actions=drop',
    ]);
    await route(world, vpc);
    assert.deepEqual(flowsOf(world, vpc), [local]);
  });

  it('of a second table match its own number', async () => {
    await using world = await World.create();
    const { vpc, gateway } = await cloud(world);
    const routes = [{ destination: '0.0.0.0/0', target: gateway.id }];
    const table = await world.create('route-table', { vpcId: vpc.id, routes });
    assert.deepEqual(fragment(world, 'route-table.routes', table.id), {
      scope: `vpc:${vpc.id}`,
      number: 2,
      flows: [local, outside].map((flow) => flow.replace('reg10=0x1', 'reg10=0x2')),
    });
    assert.deepEqual(flowsOf(world, vpc), [local]);
    await world.remove('route-table', table.id);
    assert.equal(fragment(world, 'route-table.routes', table.id), undefined);
  });

  it('drop while their gateway is detached, and go on when it is back', async () => {
    await using world = await World.create();
    const { vpc, gateway } = await cloud(world);
    await route(world, vpc, ['0.0.0.0/0', gateway.id]);
    await world.update('internet-gateway', gateway.id, { vpcId: null });
    assert.deepEqual(flowsOf(world, vpc), [local, dropped]);
    assert.equal(world.changes.at(-1)?.scopes.get(`vpc:${vpc.id}`)?.length, 1, 'the compiler saw it');
    await world.update('internet-gateway', gateway.id, { vpcId: vpc.id });
    assert.deepEqual(flowsOf(world, vpc), [local, outside]);
  });

  it('drop when their gateway serves another VPC now', async () => {
    await using world = await World.create();
    const { vpc, gateway } = await cloud(world);
    await route(world, vpc, ['0.0.0.0/0', gateway.id]);
    await world.update('internet-gateway', gateway.id, { vpcId: null });
    const other = await network(world);
    await world.update('internet-gateway', gateway.id, { vpcId: other.vpc.id });
    assert.deepEqual(flowsOf(world, vpc), [local, dropped]);
  });

  it('lead to the network of their gateway when there are several', async () => {
    await using world = await World.create();
    await world.create('external-network', externalNetworkSpec);
    const office = await world.create('external-network', { ...externalNetworkSpec, name: 'office' });
    const { vpc } = await network(world);
    const gateway = await world.create('internet-gateway', { vpcId: vpc.id, externalNetworkId: office.id });
    await route(world, vpc, ['0.0.0.0/0', gateway.id]);
    assert.deepEqual(flowsOf(world, vpc), [local, outside.replace('0x1->reg11', '0x2->reg11')]);
  });
});
