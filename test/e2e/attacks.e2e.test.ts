import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceOf } from '@weft/controller/resources';
import type { Outsider } from '@weft/labs/hosts';
import { Cloud, type CloudVm, externalCidr } from './support/cloud.ts';
import { arpFrame, recordFrames, sendFrames, udpFrame } from './support/frames.ts';

const marker = 'weft-forged-frame';
const markerHex = Buffer.from(marker).toString('hex');
const tagged = (frame: string, vlan: number) =>
  `${frame.slice(0, 24)}8100${vlan.toString(16).padStart(4, '0')}${frame.slice(24)}`;

describe('attacks', () => {
  let cloud: Cloud;
  let outside: Outsider;
  let one: CloudVm;
  let two: CloudVm;
  let subnet: ResourceOf<'subnet'>;
  let first: ResourceOf<'elastic-ip'>;
  let second: ResourceOf<'elastic-ip'>;

  const associate = (id: string, networkInterfaceId: string | null) =>
    cloud.applied(
      cloud.client.update('elastic-ip', id, { spec: { networkInterfaceId } }, { waitSeconds: 10 }),
    );

  before(async () => {
    cloud = await Cloud.start({ external: true });
    outside = await cloud.lab.addOutsider({ address: '203.0.113.200/24' });
    const network = await cloud.client.create('external-network', {
      spec: {
        name: 'external',
        cidrBlock: externalCidr,
        addressRanges: [{ first: '203.0.113.10', last: '203.0.113.50' }],
      },
    });
    const vpc = await cloud.vpc();
    subnet = await cloud.subnet(vpc.id, '10.0.0.0/24');
    const gateway = await cloud.client.create('internet-gateway', {
      spec: { vpcId: vpc.id, externalNetworkId: network.id },
    });
    await cloud.client.update('route-table', vpc.spec.mainRouteTableId, {
      spec: { routes: [{ destination: '0.0.0.0/0', target: gateway.id }] },
    });
    const group = await cloud.group(vpc.id, 'public', ['icmp from 0.0.0.0/0', 'udp:4001 from 0.0.0.0/0']);
    one = await cloud.vm(cloud.host(0), subnet, { groups: [group] });
    two = await cloud.vm(cloud.host(1), subnet, { groups: [group] });
    first = await cloud.client.create('elastic-ip', { spec: {} });
    second = await cloud.client.create('elastic-ip', { spec: {} });
    await associate(first.id, one.networkInterface.id);
  });
  after(() => cloud[Symbol.asyncDispose]());

  it('vlan', async () => {
    assert.equal((await one.ping('203.0.113.200', { count: 1 })).received, 1);
    const gw = (await one.run('ip', ['neigh', 'show', '10.0.0.1'])).split(' ')[4] as string;
    const dump = await outside.spawn('tcpdump', ['-n', '-e', '-l', '-i', 'eth0', 'udp or vlan'], {
      name: 'tcpdump-vlan',
    });
    await dump.waitForLine((l) => l.includes('listening on'));
    const records = [await recordFrames(two)];
    const to = (destination: string, mac: string, extra = '') =>
      udpFrame({
        ethernetSource: one.mac,
        ethernetDestination: mac,
        source: one.address,
        destination,
        sourcePort: 4000,
        destinationPort: 4001,
        payload: marker + extra,
      });
    await sendFrames(one, [
      tagged(to(two.address, two.mac), 100),
      tagged(to('203.0.113.200', gw), 100),
      to('203.0.113.200', gw),
    ]);
    await sleep(1000);
    const got = await Promise.all(records.map((r) => r.stop()));
    console.log(
      'VLAN to vm two:',
      got[0]?.filter((f) => f.includes(markerHex)),
    );
    console.log(
      'VLAN to outside',
      dump.logs.filter((l) => !l.includes('listening')),
    );
    await dump.stop();
    const r2 = await recordFrames(one);
    const firstMac = await outside.run('ip', ['neigh', 'show', first.spec.address]);
    console.log(firstMac);
    const mac = firstMac.split(' ')[4] as string;
    const out = udpFrame({
      ethernetSource: outside.mac,
      ethernetDestination: mac,
      source: '203.0.113.200',
      destination: first.spec.address,
      sourcePort: 4000,
      destinationPort: 4001,
      payload: marker,
    });
    await sendFrames(outside, [tagged(out, 100), out.replace(/^............/, 'ffffffffffff')]);
    await sleep(500);
    console.log(
      'tagged from outside',
      (await r2.stop()).filter((f) => f.includes(markerHex)),
    );
  });

  it('fragments', async () => {
    console.log('frag vm-vm', (await one.ping(two.address, { size: 4000, count: 3 })).received);
    console.log('frag vm-out', (await one.ping('203.0.113.200', { size: 4000, count: 3 })).received);
    console.log('frag out-eip', (await outside.ping(first.spec.address, { size: 4000, count: 3 })).received);
    console.log('frag gw', (await one.ping('10.0.0.1', { size: 4000, count: 3 })).received);
  });

  it('hairpin to own', async () => {
    console.log('own EIP', (await one.ping(first.spec.address, { count: 3 })).received);
  });

  it('learn', async () => {
    const frames: string[] = [];
    for (let i = 0; i < 300; i++) {
      frames.push(
        arpFrame({
          ethernetSource: outside.mac,
          ethernetDestination: 'ff:ff:ff:ff:ff:ff',
          operation: 1,
          senderMac: outside.mac,
          senderAddress: `192.0.${2 + (i >> 7)}.${i & 127}`,
          targetAddress: '203.0.113.1',
        }),
      );
    }
    await sendFrames(outside, frames);
    await sleep(500);
    const flows = await cloud.host(0).dumpFlows();
    const learned = flows.filter((f) => f.cookie >> 50n === 0x57ffn >> 2n || f.text.includes('hard_timeout'));
    console.log('learned', learned.length, learned[0]?.text);
  });

  it('stale nat', async () => {
    const server = await outside.udpListen(7000);
    const flow = await one.udpOpen('203.0.113.200', 7000);
    const dump = await outside.spawn('tcpdump', ['-n', '-l', '-i', 'eth0', 'udp dst port 7000'], {
      name: 'tcpdump-stale',
    });
    await dump.waitForLine((l) => l.includes('listening on'));
    console.log(await flow.exchange('a'));
    await associate(first.id, null);
    console.log(await flow.exchange('b'));
    await associate(second.id, one.networkInterface.id);
    await associate(first.id, two.networkInterface.id);
    console.log(await flow.exchange('c'));
    await sleep(300);
    console.log(first.spec.address, second.spec.address, dump.logs);
    await dump.stop();
    await server.close();
  });

  it('private source leaks', async () => {
    // An outsider opens what is refused; the VM goes on with it in the other direction.
    const dump = await outside.spawn('tcpdump', ['-n', '-l', '-i', 'eth0', 'tcp port 5555'], {
      name: 'tcpdump-leak',
    });
    await dump.waitForLine((l) => l.includes('listening on'));
    await outside.tcpConnect(second.spec.address, 5555, { timeoutMs: 300 });
    await sleep(300);
    const syn = dump.logs.find((l) => l.includes('[S]')) ?? '';
    const port = Number(/203\.0\.113\.200\.(\d+) >/.exec(syn)?.[1]);
    const gw = (await one.run('ip', ['neigh', 'show', '10.0.0.1'])).split(' ')[4] as string;
    const tcp = (flags: string) => {
      const f = udpFrame({
        ethernetSource: one.mac,
        ethernetDestination: gw,
        source: one.address,
        destination: '203.0.113.200',
        sourcePort: 5555,
        destinationPort: port,
        payload: 'x'.repeat(12),
      });
      const b = Buffer.from(f, 'hex');
      b[14 + 9] = 6; // tcp
      b.writeUInt16BE(0, 24);
      let sum = 0;
      for (let o = 14; o < 34; o += 2) sum += b.readUInt16BE(o);
      while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
      b.writeUInt16BE(~sum & 0xffff, 24);
      b.fill(0, 38);
      b.writeUInt32BE(1000, 38);
      b.writeUInt32BE(2000, 42);
      b[46] = 0x50;
      b[47] = Number(flags);
      b.writeUInt16BE(1000, 48);
      // checksum
      let s = 6 + 20;
      for (let o = 26; o < 54; o += 2) s += b.readUInt16BE(o);
      while (s > 0xffff) s = (s & 0xffff) + (s >>> 16);
      b.writeUInt16BE(~s & 0xffff, 50);
      return b.toString('hex');
    };
    await sendFrames(one, [tcp('0x10'), tcp('0x11')]);
    await sleep(500);
    console.log('leak', port, dump.logs);
    await dump.stop();
  });
});
