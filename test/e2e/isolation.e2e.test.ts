import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceOf } from '@weft/controller/resources';
import type { Host } from '@weft/labs/hosts';
import { Cloud, type CloudVm, eventually } from './support/cloud.ts';
import { arpFrame, recordFrames, sendFrames, udpFrame } from './support/frames.ts';

const broadcast = 'ff:ff:ff:ff:ff:ff';
const marker = 'weft-forged-frame';
const markerHex = Buffer.from(marker).toString('hex');

describe('two VPCs with the same addresses', () => {
  let cloud: Cloud;
  let baseFlows: string[][];
  const vms: Record<'red' | 'blue', { vpc: ResourceOf<'vpc'>; first: CloudVm; second: CloudVm }> =
    {} as never;

  before(async () => {
    cloud = await Cloud.start();
    await eventually('both hosts have their base flows', async () => {
      const hosts = (await cloud.client.listAll('host')).items;
      return hosts.every(
        ({ liveness }) => liveness.openflow === 'up' && liveness.appliedRevision >= hosts.length,
      );
    });
    baseFlows = await Promise.all(cloud.lab.hosts.map(places));
    for (const colour of ['red', 'blue'] as const) {
      const vpc = await cloud.vpc();
      const subnet = await cloud.subnet(vpc.id, '10.0.0.0/24');
      const everything = await cloud.group(vpc.id, 'open', ['all from 0.0.0.0/0']);
      const groups = [everything];
      // Red has .10 and .11, blue has .10 and .12: .12 exists in blue only.
      const first = await cloud.vm(cloud.host(0), subnet, { groups, address: '10.0.0.10' });
      const last = colour === 'red' ? '10.0.0.11' : '10.0.0.12';
      const second = await cloud.vm(cloud.host(1), subnet, { groups, address: last });
      vms[colour] = { vpc, first, second };
    }
  });
  after(() => cloud[Symbol.asyncDispose]());

  it('reach their own members and not those of the other', async () => {
    const { red, blue } = vms;
    assert.equal((await red.first.ping('10.0.0.11')).received, 3);
    assert.equal((await blue.first.ping('10.0.0.12')).received, 3);
    assert.equal((await red.first.ping('10.0.0.12', { count: 2 })).received, 0);
    assert.equal((await blue.first.ping('10.0.0.11', { count: 2 })).received, 0);
  });

  it('the same address answers in each VPC for itself', async () => {
    const { red, blue } = vms;
    await using servers = new AsyncDisposableStack();
    servers.adopt(await red.first.tcpListen(7000), (server) => server.close());
    servers.adopt(await blue.first.tcpListen(7000), (server) => server.close());
    const fromRed = await red.second.tcpConnect('10.0.0.10', 7000);
    const fromBlue = await blue.second.tcpConnect('10.0.0.10', 7000);
    assert.match(fromRed.answer, new RegExp(red.first.namespace));
    assert.match(fromBlue.answer, new RegExp(blue.first.namespace));
  });

  for (const [from, to] of [
    ['red', 'blue'],
    ['blue', 'red'],
  ] as const) {
    it(`no forged frame crosses from ${from} to ${to}, and none is accepted at home`, async () => {
      const sender = vms[from].first;
      const foreign = [vms[to].first, vms[to].second];
      const home = vms[from].second;
      const records = await Promise.all([...foreign, home].map(recordFrames));
      const victims = [...foreign, home];
      const frames: string[] = [];
      for (const victim of victims) {
        const addressed = {
          ethernetDestination: victim.mac,
          destination: victim.address,
          sourcePort: 4000,
          destinationPort: 4001,
          payload: marker,
        };
        // Forged MAC, forged address, both, and the ARP answer that would poison a cache.
        frames.push(udpFrame({ ...addressed, ethernetSource: '02:00:00:00:00:99', source: sender.address }));
        frames.push(udpFrame({ ...addressed, ethernetSource: sender.mac, source: '10.0.0.77' }));
        frames.push(udpFrame({ ...addressed, ethernetSource: home.mac, source: home.address }));
        for (const operation of [1, 2] as const) {
          frames.push(
            arpFrame({
              ethernetSource: sender.mac,
              ethernetDestination: broadcast,
              operation,
              senderMac: sender.mac,
              senderAddress: '10.0.0.11',
              targetAddress: victim.address,
            }),
          );
          frames.push(
            arpFrame({
              ethernetSource: sender.mac,
              ethernetDestination: victim.mac,
              operation,
              senderMac: sender.mac,
              senderAddress: '10.0.0.1',
              targetAddress: victim.address,
            }),
          );
        }
      }
      // An honest frame to the foreign VPC's MAC and address stays in its own VPC, too.
      frames.push(
        udpFrame({
          ethernetSource: sender.mac,
          ethernetDestination: vms[to].second.mac,
          source: sender.address,
          destination: vms[to].second.address,
          sourcePort: 4000,
          destinationPort: 4001,
          payload: marker,
        }),
      );
      const honest = udpFrame({
        ethernetSource: sender.mac,
        ethernetDestination: home.mac,
        source: sender.address,
        destination: home.address,
        sourcePort: 4000,
        destinationPort: 4001,
        payload: `${marker}-honest`,
      });
      await sendFrames(sender, [...frames, honest]);
      await sleep(500);
      const received = await Promise.all(records.map((record) => record.stop()));
      const marked = received.map((list) => list.filter((frame) => frame.includes(markerHex)).length);
      // The honest frame proves that the recorder sees what arrives.
      assert.deepEqual(marked, [0, 0, 1]);
      const arp = received.flat().filter((frame) => frame.slice(24, 28) === '0806');
      assert.deepEqual(arp, []);
    });
  }

  it('a VM cannot answer DHCP of others', async () => {
    const { first, second } = vms.red;
    const record = await recordFrames(second);
    await sendFrames(first, [
      udpFrame({
        ethernetSource: first.mac,
        ethernetDestination: second.mac,
        source: first.address,
        destination: second.address,
        sourcePort: 67,
        destinationPort: 68,
        payload: marker,
      }),
    ]);
    await sleep(300);
    assert.equal((await record.stop()).filter((frame) => frame.includes(markerHex)).length, 0);
  });

  /** Deletes a VPC with everything in it, in the order that the API asks for. */
  async function removeVpc({ vpc, first, second }: (typeof vms)['red']): Promise<void> {
    for (const vm of [first, second]) {
      await vm.close();
      await cloud.client.remove('network-interface', vm.networkInterface.id);
    }
    const filter = { 'spec.vpcId': vpc.id };
    for (const { id } of (await cloud.client.listAll('subnet', filter)).items) {
      await cloud.client.remove('subnet', id);
    }
    for (const { id, spec } of (await cloud.client.listAll('security-group', filter)).items) {
      if (spec.name !== 'default') await cloud.client.remove('security-group', id);
    }
    await cloud.applied(cloud.client.remove('vpc', vpc.id, { waitSeconds: 10 }));
  }

  it('a deleted VPC leaves only the flows of the others, and the last one only the base flows', async () => {
    const { red, blue } = vms;
    const flowsOf = async (vpc: ResourceOf<'vpc'>) => {
      const flows = (await Promise.all(cloud.lab.hosts.map((host) => host.dumpFlows()))).flat();
      return flows.filter((flow) => `${flow.match},`.includes(`metadata=0x${vpc.number?.toString(16)},`))
        .length;
    };
    assert.ok((await flowsOf(blue.vpc)) > 0);
    await removeVpc(blue);
    assert.equal(await flowsOf(blue.vpc), 0);
    assert.ok((await flowsOf(red.vpc)) > 0);
    assert.equal((await red.first.ping('10.0.0.11')).received, 3);
    await removeVpc(red);
    assert.deepEqual(await Promise.all(cloud.lab.hosts.map(places)), baseFlows);
  });
});

/** Where each flow of a host stands and which resource it is of, without counters. */
async function places(host: Host): Promise<string[]> {
  const flows = await host.dumpFlows();
  return flows.map(({ cookie, table, priority, match }) => `${cookie} ${table} ${priority} ${match}`).sort();
}
