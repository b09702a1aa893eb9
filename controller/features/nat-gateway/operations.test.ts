import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, deeds } from '../../testing/assertions.ts';
import { fragment } from '../../testing/golden.ts';
import { externalNetworkSpec, network, publicSubnet } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

describe('a NAT gateway', () => {
  it('takes an address of its subnet, and its elastic IP', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await publicSubnet(world);
    const elasticIp = await world.create('elastic-ip', {});
    const gateway = await world.create('nat-gateway', { subnetId: subnet.id, elasticIpId: elasticIp.id });
    assert.deepEqual(gateway.spec, {
      vpcId: vpc.id,
      subnetId: subnet.id,
      connectivity: 'public',
      privateAddress: '10.0.1.4',
      elasticIpId: elasticIp.id,
    });
    const port = await world.create('network-interface', { subnetId: subnet.id });
    assert.equal(port.spec.privateAddress, '10.0.1.5', 'its address is taken');
    const given = { subnetId: subnet.id, connectivity: 'private', privateAddress: '10.0.1.9' };
    assert.equal((await world.create('nat-gateway', given)).spec.privateAddress, '10.0.1.9');
    await assertRefused(world, () => world.create('nat-gateway', given), {
      code: 'address-in-use',
      field: 'spec.privateAddress',
      value: '10.0.1.9',
    });
  });

  it('is public with an elastic IP, private without', async () => {
    await using world = await World.create();
    const { subnet } = await publicSubnet(world);
    const { id: elasticIpId } = await world.create('elastic-ip', {});
    const create = (spec: object) => world.create('nat-gateway', { subnetId: subnet.id, ...spec });
    const field = 'spec.elasticIpId';
    await assertRefused(world, () => create({}), { code: 'missing-field', field, fix: /private/ });
    await assertRefused(world, () => create({ connectivity: 'private', elasticIpId }), {
      code: 'invalid-value',
      field,
      value: elasticIpId,
    });
    assert.equal((await create({ connectivity: 'private' })).spec.elasticIpId, undefined);
  });

  it('has its elastic IP alone, and keeps it until it is deleted', async () => {
    await using world = await World.create();
    const { subnet, gateway: internet } = await publicSubnet(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    const used = await world.create('elastic-ip', { networkInterfaceId: port.id });
    const free = await world.create('elastic-ip', {});
    const create = (elasticIpId: string) => world.create('nat-gateway', { subnetId: subnet.id, elasticIpId });
    const refusal = { code: 'in-use', field: 'spec.elasticIpId' } as const;
    await assertRefused(world, () => create(used.id), { ...refusal, value: used.id });
    const gateway = await create(free.id);
    await assertRefused(world, () => create(free.id), { ...refusal, value: free.id });
    const busy = { code: 'in-use', field: 'id', value: free.id, fix: new RegExp(gateway.id) } as const;
    await assertRefused(world, () => world.remove('elastic-ip', free.id), busy);
    const other = await world.create('network-interface', { subnetId: subnet.id });
    const associate = () => world.update('elastic-ip', free.id, { networkInterfaceId: other.id });
    await assertRefused(world, associate, busy);
    await assertRefused(world, () => world.update('internet-gateway', internet.id, { vpcId: null }), {
      code: 'in-use',
      field: 'spec.vpcId',
      value: internet.spec.vpcId,
      fix: /Disassociate|Delete/,
    });
    await world.remove('nat-gateway', gateway.id);
    await associate();
  });

  it('that is public needs an internet gateway to the network of its address', async () => {
    await using world = await World.create();
    await world.create('external-network', externalNetworkSpec);
    const { subnet } = await network(world);
    const { id: elasticIpId } = await world.create('elastic-ip', {});
    await assertRefused(world, () => world.create('nat-gateway', { subnetId: subnet.id, elasticIpId }), {
      code: 'wrong-state',
      field: 'spec.elasticIpId',
      value: elasticIpId,
      fix: /internet gateway/,
    });
  });

  it('is where routes of its VPC may lead', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    const foreign = await network(world, '10.9.0.0/16');
    const gateway = await world.create('nat-gateway', { subnetId: subnet.id, connectivity: 'private' });
    const routes = [{ destination: '0.0.0.0/0', target: gateway.id }];
    const elsewhere = foreign.vpc.spec.mainRouteTableId;
    await assertRefused(world, () => world.update('route-table', elsewhere, { routes }), {
      code: 'invalid-value',
      field: 'spec.routes[0].target',
      value: gateway.id,
    });
    const table = await world.update('route-table', vpc.spec.mainRouteTableId, { routes });
    assert.deepEqual(table.spec, { vpcId: vpc.id, routes });
  });

  it('leaves blackholes behind, and its subnet goes only after it', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    await world.host(1);
    const gateway = await world.create('nat-gateway', { subnetId: subnet.id, connectivity: 'private' });
    const routes = [
      { destination: '0.0.0.0/0', target: gateway.id },
      { destination: '192.0.2.0/24', target: 'blackhole' },
    ];
    await world.update('route-table', vpc.spec.mainRouteTableId, { routes });
    await assertRefused(world, () => world.remove('subnet', subnet.id), {
      code: 'in-use',
      field: 'id',
      value: subnet.id,
      fix: new RegExp(gateway.id),
    });
    await world.remove('nat-gateway', gateway.id);
    assert.deepEqual(deeds(world.commits.at(-1)), [
      '+retired-number',
      '-address-claim',
      '-nat-gateway',
      '-placement',
    ]);
    assert.deepEqual(world.get('route-table', vpc.spec.mainRouteTableId).spec.routes, routes);
    const { flows = [] } = fragment(world, 'route-table.routes', vpc.spec.mainRouteTableId) ?? {};
    const leading = flows.filter((text) => /table=route,/.test(text) && !text.includes('nw_dst=10.0.0.0/16'));
    assert.equal(leading.length, 3, 'both routes, and what was translated already');
    for (const text of leading) assert.match(text, /actions=drop$/);
    await world.remove('subnet', subnet.id);
  });
});
