import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, deeds } from '../../testing/assertions.ts';
import { cloud, dualStackCloud, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const field = 'spec.internetGatewayId';

/** A VPC with a gateway, a middlebox, and an empty table. */
async function withMiddlebox(world: World) {
  const scene = await cloud(world);
  const { subnet, vpc } = scene;
  const middlebox = await world.create('network-interface', {
    subnetId: subnet.id,
    sourceDestinationCheck: false,
  });
  return { ...scene, middlebox, table: await world.create('route-table', { vpcId: vpc.id }) };
}

describe('the association of a route table with an internet gateway', () => {
  it('is made with the table or later, and taken away', async () => {
    await using world = await World.create();
    const { vpc, subnet, gateway, middlebox, table } = await withMiddlebox(world);
    const routes = [{ destination: subnet.spec.cidrBlock, target: middlebox.id }];
    const internetGatewayId = gateway.id;
    const made = await world.create('route-table', { vpcId: vpc.id, routes, internetGatewayId });
    assert.deepEqual(made.spec, { vpcId: vpc.id, routes, internetGatewayId });
    assert.deepEqual((await world.update('route-table', made.id, { internetGatewayId: null })).spec, {
      vpcId: vpc.id,
      routes,
    });
    const later = await world.update('route-table', table.id, { internetGatewayId, routes });
    assert.deepEqual(later.spec, { vpcId: vpc.id, routes, internetGatewayId });
    assert.deepEqual((await world.update('route-table', table.id, { internetGatewayId })).spec, later.spec);
    assert.deepEqual((await world.update('route-table', table.id, { routes: [] })).spec, {
      vpcId: vpc.id,
      routes: [],
      internetGatewayId,
    });
  });

  it('is with a gateway that is attached to the VPC and has no other table', async () => {
    await using world = await World.create();
    const { vpc, gateway, table } = await withMiddlebox(world);
    const other = await network(world);
    const foreign = await world.create('internet-gateway', { vpcId: other.vpc.id });
    const loose = await world.create('internet-gateway', {});
    const attempts = [
      ['igw-0', 'unknown-reference', /internet-gateways/],
      [loose.id, 'wrong-state', new RegExp(`Attach it to VPC ${vpc.id}`)],
      [foreign.id, 'invalid-value', new RegExp(vpc.id)],
    ] as const;
    for (const [internetGatewayId, code, fix] of attempts) {
      const refusal = { code, field, value: internetGatewayId, fix };
      await assertRefused(world, () => world.update('route-table', table.id, { internetGatewayId }), refusal);
      const spec = { vpcId: vpc.id, internetGatewayId };
      await assertRefused(world, () => world.create('route-table', spec), refusal);
    }
    const internetGatewayId = gateway.id;
    await world.update('route-table', table.id, { internetGatewayId });
    await assertRefused(world, () => world.create('route-table', { vpcId: vpc.id, internetGatewayId }), {
      code: 'already-exists',
      field,
      value: gateway.id,
      fix: new RegExp(table.id),
    });
    await world.update('route-table', vpc.spec.mainRouteTableId, { routes: [] });
  });

  it('is refused for routes that lead elsewhere, or from parts of subnets', async () => {
    await using world = await World.create();
    const { vpc, subnet, gateway, middlebox, table } = await withMiddlebox(world);
    const list = await world.create('prefix-list', { name: 'all', addressFamily: 'ipv4', maxEntries: 1 });
    const attempts = [
      ['0.0.0.0/0', gateway.id, 'target'],
      [subnet.spec.cidrBlock, 'blackhole', 'target'],
      ['0.0.0.0/0', middlebox.id, 'destination'],
      ['10.0.1.0/25', middlebox.id, 'destination'],
      ['10.0.0.0/20', middlebox.id, 'destination'],
      ['198.51.100.0/24', middlebox.id, 'destination'],
      [list.id, middlebox.id, 'destination'],
    ] as const;
    const internetGatewayId = gateway.id;
    for (const [destination, target, name] of attempts) {
      const routes = [{ destination, target }];
      await world.update('route-table', table.id, { routes });
      await assertRefused(world, () => world.update('route-table', table.id, { internetGatewayId }), {
        code: 'invalid-value',
        field,
        value: gateway.id,
        fix: name === 'target' ? /network interface/ : /10\.0\.0\.0\/16, 10\.0\.1\.0\/24/,
      });
      await world.update('route-table', table.id, { routes: [], internetGatewayId });
      await assertRefused(world, () => world.update('route-table', table.id, { routes }), {
        code: 'invalid-value',
        field: `spec.routes[0].${name}`,
        value: name === 'target' ? target : destination,
      });
      await world.update('route-table', table.id, { internetGatewayId: null });
    }
    const routes = [vpc.spec.cidrBlock, subnet.spec.cidrBlock].map((destination) => {
      return { destination, target: middlebox.id };
    });
    await world.update('route-table', table.id, { routes, internetGatewayId });
  });

  it('takes whole blocks of IPv6, too', async () => {
    await using world = await World.create();
    const { vpc, subnet, gateway } = await dualStackCloud(world);
    const { id: target } = await world.create('network-interface', { subnetId: subnet.id });
    const table = (destinationIpv6: string) =>
      world.create('route-table', {
        vpcId: vpc.id,
        routes: [{ destinationIpv6, target }],
        internetGatewayId: gateway.id,
      });
    await assertRefused(world, () => table('::/0'), { code: 'invalid-value', field, value: gateway.id });
    for (const block of [vpc.spec.ipv6CidrBlock, subnet.spec.ipv6CidrBlock] as string[]) {
      const { id } = await table(block);
      await world.update('route-table', id, { internetGatewayId: null });
    }
  });

  it('lets a route stay whose subnet has gone', async () => {
    await using world = await World.create();
    const { vpc, gateway, middlebox, table } = await withMiddlebox(world);
    const { id } = await world.create('subnet', { vpcId: vpc.id, cidrBlock: '10.0.7.0/24' });
    const routes = [{ destination: '10.0.7.0/24', target: middlebox.id }];
    await world.update('route-table', table.id, { routes, internetGatewayId: gateway.id });
    await world.remove('subnet', id);
    const more = [...routes, { destination: '10.0.1.0/24', target: middlebox.id }];
    await world.update('route-table', table.id, { routes: more });
  });

  it('keeps the table, and the gateway in its VPC', async () => {
    await using world = await World.create();
    const { vpc, gateway, table } = await withMiddlebox(world);
    await world.update('route-table', table.id, { internetGatewayId: gateway.id });
    await assertRefused(world, () => world.remove('route-table', table.id), {
      code: 'in-use',
      field: 'id',
      value: table.id,
      fix: /internetGatewayId: null/,
    });
    const detach = () => world.update('internet-gateway', gateway.id, { vpcId: null });
    await assertRefused(world, detach, {
      code: 'in-use',
      field: 'spec.vpcId',
      value: vpc.id,
      fix: new RegExp(table.id),
    });
    await world.update('route-table', table.id, { internetGatewayId: null });
    await detach();
    await world.remove('route-table', table.id);
    assert.deepEqual(deeds(world.commits.at(-1)), ['+retired-number', '-route-table']);
  });
});

describe('the local route of a table', () => {
  it('gives way to one to a network interface alone', async () => {
    await using world = await World.create();
    const { vpc, middlebox, table } = await withMiddlebox(world);
    const destination = vpc.spec.cidrBlock;
    await world.update('route-table', table.id, { routes: [{ destination, target: middlebox.id }] });
    const routes = [{ destination, target: 'blackhole' }];
    await assertRefused(world, () => world.update('route-table', table.id, { routes }), {
      code: 'already-exists',
      field: 'spec.routes[0].destination',
      value: destination,
    });
  });
});
