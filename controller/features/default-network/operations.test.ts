import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultNetworkId } from '../../resources/index.ts';
import { assertRefused } from '../../testing/assertions.ts';
import { externalNetworkSpec } from '../../testing/scene.ts';
import { testOwner, World } from '../../testing/world.ts';

const zones = ['zone-a', 'zone-b'];
const id = defaultNetworkId(testOwner.account, testOwner.region);

describe('the default network of an account in a region', () => {
  it('is a VPC with a subnet in each zone and a way out, in one commit', async () => {
    await using world = await World.create();
    const network = await world.create('external-network', externalNetworkSpec);
    const { revision } = world.store;
    const { spec } = await world.create('default-network', { zones });
    assert.equal(world.store.revision, revision + 1);
    const vpc = world.get('vpc', spec.vpcId);
    assert.deepEqual(
      [vpc.spec.cidrBlock, vpc.spec.isDefault, vpc.spec.enableDnsHostnames],
      ['172.31.0.0/16', true, true],
    );
    const subnets = [...world.topology.referrers(vpc, 'in-vpc', 'subnet')].map(({ spec: subnet }) => subnet);
    assert.deepEqual(subnets.map(({ cidrBlock, zone }) => [cidrBlock, zone]).sort(), [
      ['172.31.0.0/20', 'zone-a'],
      ['172.31.16.0/20', 'zone-b'],
    ]);
    for (const subnet of subnets) assert.ok(subnet.defaultForZone && subnet.mapPublicIpOnLaunch);
    const [gateway] = world.topology.referrers(vpc, 'in-vpc', 'internet-gateway');
    assert.equal(gateway?.spec.externalNetworkId, network.id);
    assert.deepEqual(world.get('route-table', vpc.spec.mainRouteTableId).spec.routes, [
      { destination: '0.0.0.0/0', target: gateway?.id },
    ]);
  });

  it('has no gateway where there is no external network, or no single one', async () => {
    await using world = await World.create();
    await world.create('default-network', { zones });
    assert.equal(world.topology.count('internet-gateway'), 0);
  });

  it('is made once, and for each owner', async () => {
    await using world = await World.create();
    const first = await world.create('default-network', { zones });
    assert.equal((await world.create('default-network', { zones })).spec.vpcId, first.spec.vpcId);
    const other = await world.create('default-network', { zones }, { ...testOwner, region: 'eu-west-1' });
    assert.notEqual(other.spec.vpcId, first.spec.vpcId);
    assert.equal(world.topology.count('vpc'), 2);
  });

  it('is made again when it is asked for and gone, and refused while it is there', async () => {
    await using world = await World.create();
    const { spec } = await world.create('default-network', { zones });
    await assertRefused(world, () => world.update('default-network', id, { zones }), {
      code: 'already-exists',
      field: 'id',
      value: spec.vpcId,
    });
    for (const subnet of [...world.topology.all('subnet')]) await world.remove('subnet', subnet.id);
    await world.remove('vpc', spec.vpcId);
    await world.create('default-network', { zones });
    assert.equal(world.topology.count('vpc'), 0, 'deleted by its owner: it stays deleted');
    await world.update('default-network', id, { zones });
    assert.equal(world.topology.count('vpc'), 1);
  });

  it('gets the default subnet of a zone again, where there is room next', async () => {
    await using world = await World.create();
    const { spec } = await world.create('default-network', { zones });
    const restore = (zone: string) => world.update('default-network', id, { zone });
    const subnets = () => [...world.topology.referrers({ kind: 'vpc', id: spec.vpcId }, 'in-vpc', 'subnet')];
    const of = (zone: string) => subnets().find((subnet) => subnet.spec.zone === zone);
    const first = of('zone-a');
    await assertRefused(world, () => restore('zone-a'), {
      code: 'already-exists',
      field: 'spec.zone',
      value: 'zone-a',
    });
    await world.remove('subnet', first?.id ?? '');
    const taken = { vpcId: spec.vpcId, cidrBlock: '172.31.4.0/24', zone: 'zone-a' };
    await world.create('subnet', taken);
    await restore('zone-a');
    const again = subnets().find((subnet) => subnet.spec.zone === 'zone-a' && subnet.spec.defaultForZone);
    assert.deepEqual(
      [again?.spec.cidrBlock, again?.spec.mapPublicIpOnLaunch],
      ['172.31.32.0/20', true],
      'its old place is partly taken',
    );
    for (let place = 3; place < 16; place++) {
      await world.create('subnet', { ...taken, cidrBlock: `172.31.${place * 16}.0/20` });
    }
    await assertRefused(world, () => restore('zone-c'), {
      code: 'no-free-address',
      field: 'spec.zone',
      value: 'zone-c',
    });
    for (const subnet of subnets()) await world.remove('subnet', subnet.id);
    await world.remove('vpc', spec.vpcId);
    await assertRefused(world, () => restore('zone-a'), { code: 'not-found', field: 'spec.zone' });
  });
});
