import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnyResource } from '@weft/controller/resources';
import { dualStackCloud } from '../../controller/testing/scene.ts';
import { World } from '../../controller/testing/world.ts';
import { Topology } from '../../controller/topology/index.ts';
import { storeProblems } from './store-check.ts';
import type { StoredState } from './stored-state.ts';

/** Problems of a store with these resources, all of the past. */
function problemsOf(resources: readonly AnyResource[]): string[] {
  const topology = new Topology();
  topology.load({ revision: 1, resources });
  const all = (kind: AnyResource['kind']) => [...topology.all(kind)];
  return [...storeProblems({ topology, resources, all } as unknown as StoredState, Date.now())];
}

/** A NAT gateway, an elastic IP of a machine on a host without the network, and an instance with a lent address. */
async function busy(world: World) {
  const { subnet } = await dualStackCloud(world);
  const create = (spec: object) => world.create('network-interface', { subnetId: subnet.id, ...spec });
  const port = await create({ secondaryPrivateAddressCount: 2 });
  await world.bind('host-2', port.id, 10);
  const elasticIp = await world.create('elastic-ip', { networkInterfaceId: port.id });
  const address = await world.create('elastic-ip', {});
  const gateway = await world.create('nat-gateway', { subnetId: subnet.id, elasticIpId: address.id });
  const spec = { subnetId: subnet.id, hostId: 'host-1', associatePublicAddress: true };
  const instance = await world.create('instance', spec);
  const { resources } = await world.store.snapshot();
  return { port, elasticIp, gateway, instance, resources };
}

describe('what the store may not have', () => {
  it('is not there when all is well', async () => {
    await using world = await World.create();
    const { resources } = await busy(world);
    assert.deepEqual(problemsOf(resources), []);
  });

  it('addresses without a claim, and claims without an address', async () => {
    await using world = await World.create();
    const { port, gateway, resources } = await busy(world);
    const unclaimed = problemsOf(resources.filter(({ kind }) => kind !== 'address-claim')).join();
    for (const text of [
      ...(port.spec.secondaryPrivateAddresses ?? []),
      ...(port.spec.ipv6Addresses ?? []),
      gateway.spec.privateAddress,
    ]) {
      assert.ok(unclaimed.includes(`has no claim ${port.spec.subnetId}/${text}`), unclaimed);
    }
    const without = problemsOf(resources.filter(({ kind }) => kind !== 'nat-gateway')).join();
    assert.match(
      without,
      new RegExp(`address claim \\S+/${gateway.spec.privateAddress} of nat-\\w+ is leaked`),
    );
    assert.match(without, new RegExp(`placement of ${gateway.id} is leaked`));
  });

  it('gateways that run nowhere', async () => {
    await using world = await World.create();
    const { elasticIp, gateway, resources } = await busy(world);
    const problems = problemsOf(resources.filter(({ kind }) => kind !== 'placement'));
    for (const { id } of [elasticIp, gateway]) assert.ok(problems.includes(`${id} has no placement`));
  });

  it('addresses that are lent to an instance which has stopped', async () => {
    await using world = await World.create();
    const { instance, resources } = await busy(world);
    const stopped = resources.map((one) =>
      one.id === instance.id ? { ...one, spec: { ...one.spec, desiredState: 'stopped' } } : one,
    );
    assert.match(problemsOf(stopped as AnyResource[]).join(), new RegExp(`is with stopped ${instance.id}`));
  });
});
