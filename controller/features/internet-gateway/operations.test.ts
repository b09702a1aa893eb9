import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, deeds } from '../../testing/assertions.ts';
import { cloud, externalNetworkSpec, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { internetGatewayOperations } from './operations.ts';

describe('an internet gateway', () => {
  it('takes the only external network, or the one that is named', async () => {
    await using world = await World.create();
    await assertRefused(world, () => world.create('internet-gateway', {}), {
      code: 'missing-field',
      field: 'spec.externalNetworkId',
      fix: /POST \/v1\/external-networks/,
    });
    const outside = await world.create('external-network', externalNetworkSpec);
    const loose = await world.create('internet-gateway', {});
    assert.deepEqual(loose.spec, { externalNetworkId: outside.id });
    const office = await world.create('external-network', { ...externalNetworkSpec, name: 'office' });
    await assertRefused(world, () => world.create('internet-gateway', {}), {
      code: 'missing-field',
      field: 'spec.externalNetworkId',
      fix: new RegExp(`${outside.id}.*${office.id}|${office.id}.*${outside.id}`),
    });
    const named = await world.create('internet-gateway', { externalNetworkId: office.id });
    assert.equal(named.spec.externalNetworkId, office.id);
    await assertRefused(world, () => world.create('internet-gateway', { externalNetworkId: 'extnet-0' }), {
      code: 'unknown-reference',
      field: 'spec.externalNetworkId',
      value: 'extnet-0',
    });
  });

  it('depends on the network that it took, so that the two cannot pass each other', async () => {
    await using world = await World.create();
    const outside = await world.create('external-network', externalNetworkSpec);
    const conditions = await world.run((draft) => {
      internetGatewayOperations.create?.(draft, { spec: {}, tags: {} });
      return draft.transaction().conditions;
    });
    assert.ok(conditions.some(({ id, revision }) => id === outside.id && revision === outside.revision));
  });

  it('is the only one of its VPC', async () => {
    await using world = await World.create();
    const { vpc, gateway } = await cloud(world);
    const refusal = { code: 'already-exists', field: 'spec.vpcId', value: vpc.id } as const;
    await assertRefused(world, () => world.create('internet-gateway', { vpcId: vpc.id }), refusal);
    const loose = await world.create('internet-gateway', {});
    await assertRefused(world, () => world.update('internet-gateway', loose.id, { vpcId: vpc.id }), refusal);
    for (const attempt of [
      () => world.create('internet-gateway', { vpcId: 'vpc-0' }),
      () => world.update('internet-gateway', loose.id, { vpcId: 'vpc-0' }),
    ]) {
      await assertRefused(world, attempt, { code: 'unknown-reference', field: 'spec.vpcId', value: 'vpc-0' });
    }
    assert.equal((await world.update('internet-gateway', gateway.id, { vpcId: vpc.id })).spec.vpcId, vpc.id);
  });

  it('moves to another VPC by way of none', async () => {
    await using world = await World.create();
    const { vpc, gateway } = await cloud(world);
    const other = await network(world);
    const attach = (vpcId: string | null) => world.update('internet-gateway', gateway.id, { vpcId });
    await assertRefused(world, () => attach(other.vpc.id), {
      code: 'wrong-state',
      field: 'spec.vpcId',
      value: other.vpc.id,
      fix: /null/,
    });
    assert.equal((await attach(null)).spec.vpcId, undefined);
    assert.equal((await attach(other.vpc.id)).spec.vpcId, other.vpc.id);
    assert.equal((await world.create('internet-gateway', { vpcId: vpc.id })).spec.vpcId, vpc.id);
  });

  it('stays attached while elastic IPs of its VPC need it', async () => {
    await using world = await World.create();
    const { vpc, subnet, gateway } = await cloud(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    const elasticIp = await world.create('elastic-ip', { networkInterfaceId: port.id });
    const detach = () => world.update('internet-gateway', gateway.id, { vpcId: null });
    await assertRefused(world, detach, {
      code: 'in-use',
      field: 'spec.vpcId',
      value: vpc.id,
      fix: new RegExp(elasticIp.id),
    });
    await world.update('elastic-ip', elasticIp.id, { networkInterfaceId: null });
    await detach();
  });

  it('goes when it is detached, and leaves routes to it as they are', async () => {
    await using world = await World.create();
    const { vpc, gateway } = await cloud(world);
    const table = vpc.spec.mainRouteTableId;
    const routes = [{ destination: '0.0.0.0/0', target: gateway.id }];
    await world.update('route-table', table, { routes });
    const remove = () => world.remove('internet-gateway', gateway.id);
    const refusal = { code: 'in-use', field: 'id', value: gateway.id } as const;
    await assertRefused(world, remove, { ...refusal, fix: /Detach it first/ });
    await world.update('internet-gateway', gateway.id, { vpcId: null });
    await remove();
    assert.deepEqual(deeds(world.commits.at(-1)), ['+retired-number', '-internet-gateway']);
    assert.deepEqual(world.get('route-table', table).spec.routes, routes);
    const again = () =>
      world.update('route-table', table, {
        routes: [...routes, { destination: '192.0.2.0/24', target: gateway.id }],
      });
    await assertRefused(world, again, {
      code: 'unknown-reference',
      field: 'spec.routes[1].target',
      value: gateway.id,
    });
  });
});
