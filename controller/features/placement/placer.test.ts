import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cloud, network, publicSubnet } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { rendezvous } from './choose.ts';

const external = { externalPorts: { external: 2 } };
const hostOf = (world: World, ownerId: string) => world.topology.get('placement', ownerId)?.spec.hostId;

async function setState(world: World, hostId: string, state: 'up' | 'down'): Promise<void> {
  await world.run((draft) => draft.update(world.get('host', hostId), { status: { state } }));
}

async function publicGateway(world: World, subnetId: string) {
  const { id: elasticIpId } = await world.create('elastic-ip', {});
  return world.create('nat-gateway', { subnetId, elasticIpId });
}

describe('rendezvous hashing', () => {
  const hosts = Array.from({ length: 10 }, (_, index) => `host-${index}`);
  const keys = Array.from({ length: 2000 }, (_, index) => `nat-${index}`);

  it('spreads gateways over all hosts', () => {
    const counts = new Map(hosts.map((host) => [host, 0]));
    for (const key of keys) {
      const host = rendezvous(key, hosts) as string;
      counts.set(host, (counts.get(host) ?? 0) + 1);
    }
    for (const [host, count] of counts) assert.ok(count > 140 && count < 260, `${host}: ${count}`);
  });

  it('moves only the gateways of the host that goes, and whatever the order of hosts is', () => {
    for (const key of keys) {
      const before = rendezvous(key, hosts);
      assert.equal(rendezvous(key, hosts.toReversed()), before);
      const after = rendezvous(
        key,
        hosts.filter((host) => host !== 'host-3'),
      );
      if (before !== 'host-3') assert.equal(after, before);
    }
    assert.equal(rendezvous('x', []), undefined);
  });
});

describe('the placement of a NAT gateway', () => {
  it('is a host that is up and reaches the network', async () => {
    await using world = await World.create();
    const { subnet, vpc } = await publicSubnet(world);
    const gateway = await publicGateway(world, subnet.id);
    assert.equal(hostOf(world, gateway.id), undefined, 'there is no host');
    await world.host(1);
    assert.equal(hostOf(world, gateway.id), undefined, 'it has no port to the network');
    await world.host(2, external);
    const { spec } = world.get('placement', gateway.id);
    assert.deepEqual(spec, { ownerId: gateway.id, vpcId: vpc.id, hostId: 'host-2', zoneSlot: 1 });
    assert.deepEqual([...world.topology.hostsOfVpc(vpc.id)], [['host-2', 1]]);
  });

  it('may be any host that is up, for a private one', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    await world.host(1);
    const gateway = await world.create('nat-gateway', { subnetId: subnet.id, connectivity: 'private' });
    assert.equal(hostOf(world, gateway.id), 'host-1');
  });

  it('is in the zone of its subnet if it can be', async () => {
    await using world = await World.create();
    await world.host(5, external);
    for (const index of [1, 2, 3, 4]) await world.host(index, { ...external, zone: 'zone-b' });
    const { vpc } = await publicSubnet(world);
    const spec = { vpcId: vpc.id, cidrBlock: '10.0.2.0/24', zone: 'zone-a' };
    const gateway = await publicGateway(world, (await world.create('subnet', spec)).id);
    assert.equal(hostOf(world, gateway.id), 'host-5');
    await setState(world, 'host-5', 'down');
    assert.notEqual(hostOf(world, gateway.id), 'host-5');
  });

  it('moves when its host is down, removed or loses its port, and then stays', async () => {
    await using world = await World.create();
    for (const index of [1, 2]) await world.host(index, external);
    const { subnet } = await publicSubnet(world);
    const gateway = await publicGateway(world, subnet.id);
    const first = hostOf(world, gateway.id) as string;
    const second = first === 'host-1' ? 'host-2' : 'host-1';
    await setState(world, first, 'down');
    assert.equal(hostOf(world, gateway.id), second);
    await setState(world, first, 'up');
    assert.equal(hostOf(world, gateway.id), second, 'its connections live there');
    const { spec } = world.get('host', second);
    await world.run((draft) =>
      draft.update(world.get('host', second), { spec: { ...spec, externalPorts: {} } }),
    );
    assert.equal(hostOf(world, gateway.id), first);
    await world.run((draft) => draft.update(world.get('host', second), { spec }));
    await world.remove('host', first);
    assert.equal(hostOf(world, gateway.id), second);
  });

  it('stays on a host that is down while there is no other, and moves to the first that comes', async () => {
    await using world = await World.create();
    await world.host(1, external);
    const { subnet } = await publicSubnet(world);
    const gateway = await publicGateway(world, subnet.id);
    await setState(world, 'host-1', 'down');
    assert.equal(hostOf(world, gateway.id), 'host-1');
    await world.host(2, external);
    assert.equal(hostOf(world, gateway.id), 'host-2');
  });

  it('has conntrack zones that no port of the host has', async () => {
    await using world = await World.create();
    await world.host(1, external);
    const { subnet } = await publicSubnet(world);
    const first = await publicGateway(world, subnet.id);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    const binding = await world.bind('host-1', port.id, 5);
    const second = await publicGateway(world, subnet.id);
    const slots = [first, second].map(({ id }) => world.get('placement', id).spec.zoneSlot);
    assert.equal(new Set([...slots, binding.spec.zoneSlot]).size, 3);
  });
});

describe('the placement of an elastic IP', () => {
  it('is there exactly while its interface is on a host without the network', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    const { id } = await world.create('elastic-ip', { networkInterfaceId: port.id });
    assert.equal(hostOf(world, id), undefined, 'it is bound nowhere');
    await world.bind('host-1', port.id, 5);
    assert.equal(hostOf(world, id), undefined, 'its own host reaches the network');
    await world.bind('host-2', port.id, 5, true);
    assert.equal(hostOf(world, id), 'host-1');
    await world.unbind('host-2', port.id);
    assert.equal(hostOf(world, id), undefined);
    await world.bind('host-2', port.id, 5, true);
    await world.update('elastic-ip', id, { networkInterfaceId: null });
    assert.equal(hostOf(world, id), undefined);
    await world.update('elastic-ip', id, { networkInterfaceId: port.id });
    assert.equal(hostOf(world, id), 'host-1');
    const host = world.get('host', 'host-2');
    await world.run((draft) => draft.update(host, { spec: { ...host.spec, ...external } }));
    assert.equal(hostOf(world, id), undefined);
  });
});
