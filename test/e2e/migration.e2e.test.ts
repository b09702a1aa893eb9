import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceOf } from '@weft/controller/resources';
import { Cloud, type CloudVm, eventually } from './support/cloud.ts';
import { flowEnd, gapsOf } from './support/udp-flow.ts';

/**
 * A VM that is moved from one host to another while it runs, as hypervisors do it: the new port is there first, the machine
 * runs on the old host while it is copied, then on the new one, and last the old port goes.
 */
describe('a live migration', () => {
  let cloud: Cloud;
  let vm: CloudVm;
  let peers: CloudVm[];

  before(async () => {
    cloud = await Cloud.start();
    const vpc = await cloud.vpc();
    const subnet = await cloud.subnet(vpc.id, '10.0.1.0/24');
    const groups = [await cloud.group(vpc.id, 'flow', ['udp from 10.0.0.0/16', 'icmp from 10.0.0.0/16'])];
    vm = await cloud.vm(cloud.host(0), subnet, { groups });
    const far = await cloud.subnet(vpc.id, '10.0.2.0/24');
    peers = [
      await cloud.vm(cloud.host(0), subnet, { groups }),
      await cloud.vm(cloud.host(1), far, { groups }),
    ];
  });
  after(() => cloud[Symbol.asyncDispose]());

  const bindings = async () => {
    const filter = { 'spec.networkInterfaceId': vm.interfaceId };
    const { items } = await cloud.client.listAll('binding', filter);
    return items.sort((a, b) => a.spec.hostId.localeCompare(b.spec.hostId));
  };
  const standby = (list: ResourceOf<'binding'>[]) => list.map(({ spec }) => spec.standby ?? false);

  it('costs less than a second of packets, in both directions, from both hosts', async () => {
    const ports = [7001, 7002];
    const onPeers = await Promise.all(
      peers.map((peer, index) => flowEnd(peer, vm.address, ports[index] as number)),
    );
    const onVm = await Promise.all(
      peers.map((peer, index) => flowEnd(vm, peer.address, ports[index] as number)),
    );
    await sleep(300);

    const moved = await cloud.host(1).addVmPort({ interfaceId: vm.interfaceId, mac: vm.mac });
    await moved.addAddress(`${vm.address}/24`);
    await moved.addRoute('default', '10.0.1.1');
    await cloud.bound(cloud.host(1), vm.interfaceId);
    const asleep = await Promise.all(
      peers.map((peer, index) => flowEnd(moved, peer.address, ports[index] as number, true)),
    );
    await sleep(700);
    assert.deepEqual(standby(await bindings()), [false, true], 'it still runs on the old host');
    assert.equal((await peers[1]?.ping(vm.address, { count: 1 }))?.received, 1);

    const before = await Promise.all(onVm.map((end) => end.end()));
    for (const end of asleep) end.wake();
    await eventually('the new host has it', async () => !standby(await bindings())[1]);
    await sleep(300);
    await vm.close();
    await eventually('the old host has it no longer', async () => (await bindings()).length === 1);
    await sleep(300);

    const after = await Promise.all(asleep.map((end) => end.end()));
    const toPeers = await Promise.all(onPeers.map((end) => end.end()));
    for (const [index, numbers] of toPeers.entries()) {
      const came = { toPeer: numbers, toVm: [...(before[index] ?? []), ...(after[index] ?? [])] };
      for (const [direction, list] of Object.entries(came)) {
        assert.ok(list.length > 150, `${direction} ${index}: only ${list.length} packets came`);
        const { lost, longestMs } = gapsOf(list);
        assert.ok(lost < 100, `${direction} ${index}: ${lost} packets lost`);
        assert.ok(longestMs < 1000, `${direction} ${index}: nothing for ${longestMs} ms`);
      }
      assert.ok((after[index] ?? []).length > 20, 'the machine on the new host is reached');
    }
  });
});
