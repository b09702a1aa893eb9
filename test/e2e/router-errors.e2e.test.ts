import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Cloud, type CloudVm } from './support/cloud.ts';

/** What an interface is told that its packets go no further by, to ordinary programs. */
describe('the router of a subnet', () => {
  let cloud: Cloud;
  let web: CloudVm;
  let neighbour: CloudVm;
  let far: CloudVm;

  before(async () => {
    cloud = await Cloud.start({ external: true });
    const vpc = await cloud.vpc();
    const near = await cloud.subnet(vpc.id, '10.0.1.0/24');
    const away = await cloud.subnet(vpc.id, '10.0.2.0/24');
    const groups = [await cloud.group(vpc.id, 'open', ['all from 0.0.0.0/0'])];
    web = await cloud.vm(cloud.host(0), near, { groups });
    neighbour = await cloud.vm(cloud.host(1), near, { groups });
    far = await cloud.vm(cloud.host(1), away, { groups });
  });
  after(() => cloud[Symbol.asyncDispose]());

  const traceroute = (destination: string, ...options: string[]) =>
    web.run('traceroute', ['-n', '-q', '1', '-w', '2', '-m', '4', ...options, destination], {
      timeoutMs: 20_000,
    });
  const hops = (output: string) =>
    [...output.matchAll(/^ *\d+ {2}(\S+)/gm)].map(([, address]) => address as string);

  it('is the first hop of traceroute on the way to another subnet, by UDP, ICMP and TCP', async () => {
    assert.deepEqual(hops(await traceroute(far.address)), ['10.0.1.1', far.address]);
    assert.deepEqual(hops(await traceroute(far.address, '-I')), ['10.0.1.1', far.address]);
    assert.deepEqual(hops(await traceroute(far.address, '-T', '-p', '80')), ['10.0.1.1', far.address]);
  });

  it('is no hop inside of a subnet, and says nothing to whom the security group forbids to ask', async () => {
    assert.deepEqual(hops(await traceroute(neighbour.address)), [neighbour.address]);
    const spec = { groupId: (await cloud.group(web.networkInterface.spec.vpcId, 'closed')).id };
    const rules = (await cloud.client.listAll('security-group-rule')).items;
    const own = rules.filter((rule) => rule.spec.groupId === spec.groupId);
    for (const { id } of own) await cloud.client.remove('security-group-rule', id);
    const before = web.networkInterface.spec.securityGroupIds;
    const set = (securityGroupIds: string[]) =>
      cloud.applied(
        cloud.client.update(
          'network-interface',
          web.networkInterface.id,
          { spec: { securityGroupIds } },
          { waitSeconds: 10 },
        ),
      );
    await set([spec.groupId]);
    assert.deepEqual(hops(await traceroute(far.address)), ['*', '*', '*', '*']);
    await set([...before]);
    assert.deepEqual(hops(await traceroute(far.address)), ['10.0.1.1', far.address]);
  });

  it('tells the MTU to whoever sends more than the tunnel takes, in its subnet and beyond', async () => {
    await web.run('ip', ['link', 'set', 'eth0', 'mtu', '1500']);
    for (const { address } of [far, neighbour]) {
      const small = await web.ping(address, { size: 1442 - 28, df: true, count: 2 });
      assert.equal(small.received, 2, 'as large as the MTU');
      await web.run('ip', ['route', 'flush', 'cache']);
      const large = await web.ping(address, { size: 1443 - 28, df: true, count: 2 });
      assert.equal(large.received, 0);
      assert.match(large.output, /mtu ?= ?1442/);
      const route = await web.run('ip', ['route', 'get', address]);
      assert.match(route, /mtu 1442/, 'the sender has learned it');
      await web.run('ip', ['route', 'flush', 'cache']);
    }
    const path = await web.run('tracepath', ['-n', far.address], { timeoutMs: 30_000 });
    assert.match(path, /pmtu 1442/);
    assert.match(path, /10\.0\.1\.1/);
  });

  it('lets large content through once the sender knows', async () => {
    await web.run('ip', ['link', 'set', 'eth0', 'mtu', '1500']);
    await far.run('ip', ['link', 'set', 'eth0', 'mtu', '1500']);
    await web.run('ip', ['route', 'flush', 'cache']);
    const receiver = await far.spawn('sh', ['-c', 'nc -l 7001 | wc -c']);
    await far.run('sh', ['-c', 'until ss -ltn | grep -q :7001; do sleep 0.05; done']);
    await web.run('sh', ['-c', `head -c 200000 /dev/zero | nc -N -w 8 ${far.address} 7001`]);
    await receiver.waitForLine((line) => line.trim() === '200000', 10_000);
  });

  it('answers at a bounded rate', async () => {
    const began = performance.now();
    const flood = ['-n', '-q', '-i', '0.001', '-t', '1', '-c', '1000', '-W', '1', far.address];
    await web.exec('ping', flood, { timeoutMs: 20_000 });
    const seconds = (performance.now() - began) / 1000;
    const bridge = `unix:${cloud.host(0).runDirectory}/br-int.mgmt`;
    const text = await cloud.host(0).run('ovs-ofctl', ['-O', 'OpenFlow15', 'meter-stats', bridge]);
    const counts = [...text.matchAll(/packet_in_count:(\d+)[\s\S]*?0: packet_count:(\d+)/g)];
    const [asked, dropped] = counts
      .map((found) => found.slice(1).map(Number) as [number, number])
      .sort(([a], [b]) => b - a)[0] as [number, number];
    assert.ok(asked >= 1000 && dropped > 0, `nothing was dropped: ${text}`);
    // The bucket, what flows into it meanwhile, and what earlier tests have sent.
    assert.ok(asked - dropped < 100 + 100 * seconds + 100, `too many in ${seconds} s: ${text}`);
    assert.equal((await web.ping(far.address)).received, 3, 'and packets that pass are not limited');
  });

  it('goes on with every controller away', async () => {
    await cloud.controller.kill9();
    assert.deepEqual(hops(await traceroute(far.address)), ['10.0.1.1', far.address]);
    await web.run('ip', ['route', 'flush', 'cache']);
    const large = await web.ping(far.address, { size: 1443 - 28, df: true, count: 2 });
    assert.equal(large.received, 0);
    assert.match(large.output, /mtu ?= ?1442/);
  });
});

describe('an underlay that takes 1,400 bytes', () => {
  let cloud: Cloud;
  let web: CloudVm;
  let far: CloudVm;

  before(async () => {
    cloud = await Cloud.start({ controllerArgs: ['--underlay-mtu', '1400'] });
    for (const index of [0, 1]) await cloud.host(index).run('ip', ['link', 'set', 'underlay', 'mtu', '1400']);
    const vpc = await cloud.vpc();
    const near = await cloud.subnet(vpc.id, '10.0.1.0/24');
    const away = await cloud.subnet(vpc.id, '10.0.2.0/24');
    const groups = [await cloud.group(vpc.id, 'open', ['all from 0.0.0.0/0'])];
    web = await cloud.vm(cloud.host(0), near, { groups });
    far = await cloud.vm(cloud.host(1), away, { groups });
  });
  after(() => cloud[Symbol.asyncDispose]());

  it('gives VMs 58 bytes less, by DHCP and to whoever sends more', async () => {
    assert.equal((await web.dhcp()).mtu, '1342');
    await web.run('ip', ['link', 'set', 'eth0', 'mtu', '1500']);
    const small = await web.ping(far.address, { size: 1342 - 28, df: true, count: 2 });
    assert.equal(small.received, 2, 'what just fits between the hosts');
    const large = await web.ping(far.address, { size: 1343 - 28, df: true, count: 2 });
    assert.equal(large.received, 0);
    assert.match(large.output, /mtu ?= ?1342/);
  });
});
