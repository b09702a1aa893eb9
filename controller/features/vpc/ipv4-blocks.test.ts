import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused } from '../../testing/assertions.ts';
import { fragment } from '../../testing/golden.ts';
import { cloud, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const first = 'spec.secondaryCidrBlocks[0]';
const second = '100.64.0.0/20';

/** Gives a VPC these secondary blocks. */
const give = (world: World, vpc: { id: string }, ...secondaryCidrBlocks: string[]) =>
  world.update('vpc', vpc.id, { secondaryCidrBlocks });

describe('the secondary blocks of a VPC', () => {
  it('come and go, and subnets may be in any block', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const changed = await give(world, vpc, second, '10.1.0.0/16');
    assert.deepEqual(changed.spec.secondaryCidrBlocks, [second, '10.1.0.0/16']);
    const inBlock = await world.create('subnet', { vpcId: vpc.id, cidrBlock: '100.64.15.0/24' });
    assert.equal(inBlock.spec.cidrBlock, '100.64.15.0/24');
    for (const cidrBlock of ['100.64.16.0/24', '10.2.0.0/24', '100.64.0.0/19']) {
      await assertRefused(world, () => world.create('subnet', { vpcId: vpc.id, cidrBlock }), {
        code: 'address-outside',
        field: 'spec.cidrBlock',
        value: cidrBlock,
        fix: /10\.0\.0\.0\/16 or 100\.64\.0\.0\/20 or 10\.1\.0\.0\/16/,
      });
    }
    await assertRefused(world, () => give(world, vpc, '10.1.0.0/16'), {
      code: 'in-use',
      field: 'spec.secondaryCidrBlocks',
      value: second,
    });
    const less = await give(world, vpc, second);
    assert.deepEqual(less.spec.secondaryCidrBlocks, [second]);
    await world.remove('subnet', inBlock.id);
    assert.equal((await give(world, vpc)).spec.secondaryCidrBlocks, undefined);
    const made = await world.create('vpc', { cidrBlock: '10.0.0.0/16', secondaryCidrBlocks: [second] });
    assert.deepEqual(made.spec.secondaryCidrBlocks, [second]);
  });

  it('are of the sizes and ranges that AWS permits beside those of the VPC', async () => {
    await using world = await World.create();
    const refusals = [
      ['10.0.0.0/16', '10.1.0.0/15', 'invalid-value'],
      ['10.0.0.0/16', '10.1.0.0/29', 'invalid-value'],
      ['10.0.0.0/16', '10.1.0.1/24', 'invalid-value'],
      ['10.0.0.0/16', '169.254.0.0/20', 'invalid-value'],
      ['10.0.0.0/16', '10.0.8.0/24', 'overlap'],
      ['10.0.0.0/16', '172.16.0.0/16', 'invalid-value'],
      ['10.0.0.0/16', '192.168.0.0/16', 'invalid-value'],
      ['10.0.0.0/16', '198.19.0.0/24', 'invalid-value'],
      ['10.1.0.0/16', '10.0.0.0/24', 'invalid-value'],
      ['172.16.0.0/16', '172.31.0.0/24', 'invalid-value'],
      ['172.16.0.0/16', '10.0.0.0/24', 'invalid-value'],
      ['192.168.0.0/20', '172.16.0.0/24', 'invalid-value'],
      ['203.0.113.0/24', '10.0.0.0/24', 'invalid-value'],
      ['100.64.0.0/24', '198.19.0.0/24', 'invalid-value'],
      ['198.19.0.0/24', '192.168.0.0/24', 'invalid-value'],
    ] as const;
    for (const [cidrBlock, value, code] of refusals) {
      const spec = { cidrBlock, secondaryCidrBlocks: [value] };
      await assertRefused(world, () => world.create('vpc', spec), { code, field: first, value });
    }
    for (const [cidrBlock, value] of [
      ['10.0.0.0/16', '10.1.0.0/16'],
      ['10.2.0.0/16', '10.0.0.0/24'],
      ['172.16.0.0/16', '172.17.0.0/16'],
      ['192.168.0.0/20', '203.0.113.0/24'],
      ['203.0.113.0/24', '100.64.0.0/16'],
    ] as const) {
      await world.create('vpc', { cidrBlock, secondaryCidrBlocks: [value] });
    }
    const { vpc } = await network(world);
    const apart = { code: 'overlap', field: 'spec.secondaryCidrBlocks[1]', value: '100.64.1.0/24' } as const;
    await assertRefused(world, () => give(world, vpc, second, '100.64.1.0/24'), apart);
  });

  it('contain nothing that a route leads to, and no route may lead there afterwards', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const routes = (destination: string) => [{ destination, target: 'blackhole' }];
    const id = vpc.spec.mainRouteTableId;
    for (const destination of [second, '100.64.1.0/24']) {
      await world.update('route-table', id, { routes: routes(destination) });
      const refusal = { code: 'already-exists', field: first, value: second, fix: /route/ } as const;
      await assertRefused(world, () => give(world, vpc, second), refusal);
    }
    await world.update('route-table', id, { routes: routes('100.64.0.0/10') });
    await give(world, vpc, second);
    await assertRefused(world, () => world.update('route-table', id, { routes: routes(second) }), {
      code: 'already-exists',
      field: 'spec.routes[0].destination',
      value: second,
    });
  });

  it('do not overlap those of peers, neither when they come nor when peering does', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const other = await world.create('vpc', { cidrBlock: '10.8.0.0/16', secondaryCidrBlocks: [second] });
    const peer = () =>
      world.create('vpc-peering-connection', { requesterVpcId: vpc.id, accepterVpcId: other.id });
    await give(world, vpc, '100.64.8.0/24');
    await assertRefused(world, peer, {
      code: 'overlap',
      field: 'spec.accepterVpcId',
      value: other.id,
    });
    await give(world, vpc);
    const connection = await peer();
    for (const state of ['pending-acceptance', 'active']) {
      if (state === 'active') await world.update('vpc-peering-connection', connection.id, { state });
      for (const block of ['100.64.8.0/24', '10.8.1.0/24']) {
        const refusal = { code: 'overlap', field: first, value: block } as const;
        await assertRefused(world, () => give(world, vpc, block), refusal);
      }
      await give(world, other, second, '10.9.0.0/16');
      await give(world, other, second);
    }
    await world.remove('vpc-peering-connection', connection.id);
    await give(world, vpc, '100.64.8.0/24');
  });
});

describe('the flows of secondary blocks', () => {
  it('are local in every table of the VPC, and nobody outside has their addresses', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await cloud(world);
    const networkInterface = await world.create('network-interface', { subnetId: subnet.id });
    const elasticIp = await world.create('elastic-ip', { networkInterfaceId: networkInterface.id });
    await world.bind('host-1', networkInterface.id, 10);
    const local = () =>
      fragment(world, 'route-table.routes', vpc.spec.mainRouteTableId)?.flows.filter((flow) =>
        flow.includes('goto_table:route-local'),
      );
    const guards = () => fragment(world, 'elastic-ip.secondary-blocks', elasticIp.id);
    assert.equal(guards(), undefined);
    await give(world, vpc, second, '10.1.0.0/16');
    assert.deepEqual(
      local(),
      [
        [1160, '10.0.0.0/16'],
        [1200, second],
        [1160, '10.1.0.0/16'],
      ].map(
        ([priority, block]) =>
          `table=route, priority=${priority},ip,reg10=0x1,metadata=0x1,nw_dst=${block} actions=dec_ttl,move:NXM_OF_IP_DST[]->NXM_NX_REG15[],goto_table:route-local`,
      ),
    );
    assert.deepEqual(guards(), {
      scope: 'host:host-1',
      number: 1,
      flows: [second, '10.1.0.0/16'].map(
        (block) =>
          `table=external-in, priority=110,ip,reg11=0x1,nw_src=${block},nw_dst=203.0.113.10 actions=drop`,
      ),
    });
    await give(world, vpc);
    assert.equal(local()?.length, 1);
    assert.equal(guards(), undefined);
  });
});
