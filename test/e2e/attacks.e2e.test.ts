import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceOf } from '@weft/controller/resources';
import type { Node, Outsider } from '@weft/labs/hosts';
import { Cloud, type CloudVm } from './support/cloud.ts';
import { arpFrame, recordFrames, sendFrames, tagged, udpFrame } from './support/frames.ts';

const outsideAddress = '203.0.113.200';
const broadcast = 'ff:ff:ff:ff:ff:ff';
const vlan = 100;
/** Of all neighbours that a switch has learned. */
const learnedCookie = 0x57fcn << 48n;

/** What arrives at a node of what is sent meanwhile, by the text in it. */
async function arrivals(node: Node, texts: readonly string[], send: () => Promise<void>): Promise<string[]> {
  const record = await recordFrames(node);
  await send();
  await sleep(500);
  const frames = await record.stop();
  return texts.filter((text) => frames.some((frame) => frame.includes(Buffer.from(text).toString('hex'))));
}

describe('at the border to the network outside', () => {
  let cloud: Cloud;
  let outside: Outsider;
  let one: CloudVm;
  let two: CloudVm;
  let first: ResourceOf<'elastic-ip'>;
  let second: ResourceOf<'elastic-ip'>;

  const associate = (elasticIp: ResourceOf<'elastic-ip'>, networkInterfaceId: string | null) =>
    cloud.applied(
      cloud.client.update('elastic-ip', elasticIp.id, { spec: { networkInterfaceId } }, { waitSeconds: 10 }),
    );
  const neighbourOf = async (node: Node, address: string) => {
    await node.ping(address, { count: 1 });
    const [, mac] = /lladdr (\S+)/.exec(await node.run('ip', ['neighbour', 'show', address])) ?? [];
    assert.ok(mac, `${node.name} does not know the MAC of ${address}`);
    return mac;
  };

  before(async () => {
    cloud = await Cloud.start({ external: true });
    outside = await cloud.lab.addOutsider({ address: `${outsideAddress}/24` });
    const network = await cloud.externalNetwork({ gateway: outsideAddress });
    const vpc = await cloud.publicVpc(network.id);
    const subnet = await cloud.subnet(vpc.id, '10.0.0.0/24');
    const group = await cloud.group(vpc.id, 'public', ['icmp from 0.0.0.0/0', 'udp:4001 from 0.0.0.0/0']);
    one = await cloud.vm(cloud.host(0), subnet, { groups: [group] });
    two = await cloud.vm(cloud.host(1), subnet, { groups: [group] });
    first = await cloud.client.create('elastic-ip', { spec: {} });
    second = await cloud.client.create('elastic-ip', { spec: {} });
    await associate(first, one.networkInterface.id);
  });
  after(() => cloud[Symbol.asyncDispose]());

  it('no VM puts frames into VLANs, neither of other VMs nor of the network outside', async () => {
    assert.equal((await one.ping(outsideAddress, { count: 1 })).received, 1);
    const router = await neighbourOf(one, '10.0.0.1');
    const to = (ethernetDestination: string, destination: string, payload: string) =>
      udpFrame({
        ethernetSource: one.mac,
        ethernetDestination,
        source: one.address,
        destination,
        sourcePort: 4000,
        destinationPort: 4001,
        payload,
      });
    const texts = ['honest-frame', 'tagged-frame'];
    for (const { node, ...victim } of [
      { node: two, mac: two.mac, address: two.address },
      { node: outside, mac: router, address: outsideAddress },
    ]) {
      const [honest, forged] = texts.map((text) => to(victim.mac, victim.address, text)) as [string, string];
      const arrived = await arrivals(node, texts, () => sendFrames(one, [tagged(forged, vlan), honest]));
      assert.deepEqual(arrived, ['honest-frame'], node.name);
    }
  });

  it('link-local addresses and groups are not routed to the network outside', async () => {
    const router = await neighbourOf(one, '10.0.0.1');
    const addresses = ['169.254.169.254', '224.0.0.251', '239.1.1.1', '127.0.0.1', '0.0.0.1', '192.0.2.1'];
    const frames = addresses.map((destination) =>
      udpFrame({
        ethernetSource: one.mac,
        ethernetDestination: router,
        source: one.address,
        destination,
        sourcePort: 4000,
        destinationPort: 80,
        payload: `to-${destination}`,
      }),
    );
    const texts = addresses.map((address) => `to-${address}`);
    assert.deepEqual(await arrivals(outside, texts, () => sendFrames(one, frames)), ['to-192.0.2.1']);
  });

  it('only frames to the MAC of an elastic IP, without a tag, come in', async () => {
    const mac = await neighbourOf(outside, first.spec.address);
    const to = (ethernetDestination: string, payload: string) =>
      udpFrame({
        ethernetSource: outside.mac,
        ethernetDestination,
        source: outsideAddress,
        destination: first.spec.address,
        sourcePort: 4000,
        destinationPort: 4001,
        payload,
      });
    const texts = ['honest-frame', 'tagged-frame', 'to-everybody', 'to-another'];
    const frames = [
      tagged(to(mac, 'tagged-frame'), vlan),
      to(broadcast, 'to-everybody'),
      to('02:00:00:00:00:99', 'to-another'),
      to(mac, 'honest-frame'),
    ];
    assert.deepEqual(await arrivals(one, texts, () => sendFrames(outside, frames)), ['honest-frame']);
  });

  it('only addresses of the network are remembered as neighbours', async () => {
    const question = (senderAddress: string) =>
      arpFrame({
        ethernetSource: outside.mac,
        ethernetDestination: broadcast,
        operation: 1,
        senderMac: outside.mac,
        senderAddress,
        targetAddress: first.spec.address,
      });
    const foreign = Array.from({ length: 200 }, (_, index) => question(`192.0.2.${index}`));
    await sendFrames(outside, [...foreign, question('203.0.113.77')]);
    await sleep(300);
    const learned = (await cloud.host(0).dumpFlows()).filter(({ cookie }) => cookie === learnedCookie);
    assert.ok(learned.some(({ match }) => match.includes('reg15=0xcb00714d')));
    assert.deepEqual(
      learned.filter(({ match }) => !match.includes('reg15=0xcb0071')),
      [],
    );
  });

  it('a connection does not go on under an elastic IP that its VM has no more', async () => {
    const server = await outside.udpListen(7000);
    const flow = await one.udpOpen(outsideAddress, 7000);
    const sniff = await outside.spawn('tcpdump', ['-n', '-l', '-i', 'eth0', 'udp dst port 7000'], {
      name: 'tcpdump-sources',
    });
    await sniff.waitForLine((line) => line.includes('listening on'));
    assert.ok((await flow.exchange('before')).connected);
    await associate(first, null);
    assert.equal((await flow.exchange('nobody')).connected, false);
    await associate(second, one.networkInterface.id);
    await associate(first, two.networkInterface.id);
    assert.ok((await flow.exchange('after')).connected);
    // The other way of getting there: the address comes from another VM without being free in between.
    await associate(second, null);
    await associate(first, one.networkInterface.id);
    assert.ok((await flow.exchange('moved')).connected);
    const sources = () => sniff.logs.flatMap((line) => /IP (\S+)\.\d+ > /.exec(line)?.[1] ?? []);
    await sniff.waitForLine(() => sources().length === 3);
    assert.deepEqual(
      sources(),
      [first, second, first].map(({ spec }) => spec.address),
    );
    await sniff.stop();
    await flow.close();
    await server.close();
  });
});
