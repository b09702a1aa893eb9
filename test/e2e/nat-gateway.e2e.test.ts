import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetworkAclEntry, ResourceOf } from '@weft/controller/resources';
import type { Outsider, Program } from '@weft/labs/hosts';
import { Cloud, type CloudVm, eventually } from './support/cloud.ts';

const webAddress = 'http://203.0.113.200:8080/';
const hosts = [{ name: 'h1' }, { name: 'h2' }, { name: 'h3', external: false }];

/** Two hosts that reach the network outside, and one that does not, where the VMs are. */
describe('NAT gateways and gateway hosts', () => {
  let cloud: Cloud;
  let outside: Outsider;
  let server: Program;
  let vpc: ResourceOf<'vpc'>;
  let publicSubnet: ResourceOf<'subnet'>;
  let privateSubnet: ResourceOf<'subnet'>;
  let privateTable: ResourceOf<'route-table'>;
  let one: CloudVm;
  let two: CloudVm;
  let gateway: ResourceOf<'nat-gateway'>;
  let address: ResourceOf<'elastic-ip'>;

  const hostOf = async (ownerId: string) => (await cloud.client.get('placement', ownerId)).spec.hostId;

  /** Resolves when the gateway's host and all others have what the placement means for them. */
  async function placed(ownerId: string): Promise<string> {
    let hostId = '';
    await eventually(`a host for ${ownerId}`, async () => {
      const [placement] = (await cloud.client.list('placement', { filter: { 'spec.ownerId': ownerId } }))
        .items;
      if (!placement) return false;
      hostId = placement.spec.hostId;
      const all = (await cloud.client.list('host')).items;
      return all.every(
        ({ status, liveness }) => status.state === 'down' || liveness.appliedRevision >= placement.revision,
      );
    });
    await Promise.all(cloud.lab.hosts.map((host) => host.appctl('revalidator/wait')));
    return hostId;
  }

  const curl = (vm: CloudVm, ...args: string[]) =>
    vm.exec('curl', ['--silent', '--output', '/dev/null', '--max-time', '3', ...args, webAddress]);

  before(async () => {
    cloud = await Cloud.start({ hosts, external: true });
    outside = await cloud.lab.addOutsider({ address: '203.0.113.200/24' });
    server = await outside.spawn('/usr/bin/python3', ['-u', '-m', 'http.server', '8080'], { name: 'web' });
    const network = await cloud.externalNetwork({ gateway: '203.0.113.200' });
    vpc = await cloud.publicVpc(network.id);
    publicSubnet = await cloud.subnet(vpc.id, '10.0.1.0/24');
    privateSubnet = await cloud.subnet(vpc.id, '10.0.2.0/24');
    privateTable = await cloud.client.create('route-table', { spec: { vpcId: vpc.id } });
    await cloud.client.update('subnet', privateSubnet.id, { spec: { routeTableId: privateTable.id } });
    const group = await cloud.group(vpc.id, 'open', ['all from 0.0.0.0/0']);
    one = await cloud.vm(cloud.host(2), privateSubnet, { groups: [group] });
    two = await cloud.vm(cloud.host(2), privateSubnet, { groups: [group] });
    address = await cloud.client.create('elastic-ip', { spec: {} });
    gateway = await cloud.client.create('nat-gateway', {
      spec: { subnetId: publicSubnet.id, elasticIpId: address.id },
    });
  });
  after(() => cloud[Symbol.asyncDispose]());

  it('leads out what is routed to it, under its elastic IP', async () => {
    assert.notEqual((await curl(one)).code, 0, 'there is no route yet');
    assert.notEqual(await placed(gateway.id), 'h3');
    await cloud.applied(
      cloud.client.update(
        'route-table',
        privateTable.id,
        { spec: { routes: [{ destination: '0.0.0.0/0', target: gateway.id }] } },
        { waitSeconds: 10 },
      ),
    );
    assert.equal((await curl(one)).code, 0);
    await server.waitForLine((line) => line.startsWith(`${address.spec.address} `));
    const ping = await one.ping('203.0.113.200');
    assert.equal(ping.received, 3, ping.output);
    const fragments = ['-n', '-c', '4', '-i', '0.3', '-W', '1', '-M', 'dont', '-s', '3000', '203.0.113.200'];
    const { stdout } = await one.exec('ping', fragments);
    assert.match(stdout, /[34] received/, 'in fragments, too; the first packet may be lost');
  });

  it('gives each VM a port of its own, though they choose the same', async () => {
    const source = ['--local-port', '5555'];
    assert.deepEqual([(await curl(one, ...source)).code, (await curl(two, ...source)).code], [0, 0]);
    const names = await Promise.all(
      [one, two].map(async (vm) => {
        const connection = await vm.udpOpen('203.0.113.200', 9000);
        await connection.close();
        return vm.namespace;
      }),
    );
    assert.equal(new Set(names).size, 2);
  });

  it('brings ICMP errors back', async () => {
    const refused = await one.udpExchange('203.0.113.200', 6000, { timeoutMs: 1000 });
    assert.equal(refused.error, 'refused');
  });

  it('shows the way outside to traceroute, by errors of routers there', async () => {
    // The outside is a router, too, with a network behind it where nobody is.
    const far = '198.51.100.77';
    await outside.run('sysctl', ['-qw', 'net.ipv4.ip_forward=1']);
    await outside.run('ip', ['link', 'add', 'behind', 'type', 'veth', 'peer', 'name', 'beyond']);
    await outside.run('ip', ['address', 'add', '198.51.100.1/24', 'dev', 'behind']);
    for (const device of ['behind', 'beyond']) await outside.run('ip', ['link', 'set', device, 'up']);
    const options = ['-n', '-q', '1', '-w', '1', '-m', '4'];
    for (const probe of [['-U'], ['-I']]) {
      const path = await one.run('traceroute', [...options, ...probe, far], { timeoutMs: 20_000 });
      assert.match(path, /^ 1 {2}10\.0\.2\.1 /m, path);
      assert.match(path, /^ *[34] {2}203\.0\.113\.200 /m, path);
    }
    const neighbour = await one.run('traceroute', [...options, '203.0.113.200'], { timeoutMs: 20_000 });
    assert.match(neighbour, /^ *[34] {2}203\.0\.113\.200 /m, neighbour);
  });

  it('counts packets, bytes and connections', async () => {
    const before = await cloud.client.natGatewayCounters(gateway.id);
    assert.equal(before.hostId, await hostOf(gateway.id));
    assert.equal((await curl(one)).code, 0);
    assert.equal((await one.ping('203.0.113.200', { count: 3 })).received, 3);
    // Counters of the datapath come into the flows with the next round of its revalidator.
    let now = before;
    await eventually('the counters follow', async () => {
      now = await cloud.client.natGatewayCounters(gateway.id);
      return now.connections >= before.connections + 2 && now.back.packets >= before.back.packets + 5;
    });
    assert.ok(now.out.packets >= before.out.packets + 5, JSON.stringify({ before, now }));
    assert.ok(now.out.bytes > before.out.bytes && now.back.bytes > before.back.bytes);
    assert.equal((await outside.ping(address.spec.address, { count: 2 })).received, 0);
    const { connections } = await cloud.client.natGatewayCounters(gateway.id);
    assert.equal(connections, now.connections, 'what nobody asked for opens none');
  });

  it('is judged by the network ACL of its own subnet', async () => {
    const all = { protocol: 'all', cidrIpv4: '0.0.0.0/0', action: 'allow', number: 100 } as const;
    const web = { protocol: 'tcp', fromPort: 8080, toPort: 8080, action: 'deny', number: 50 } as const;
    const there = '203.0.113.200/32';
    const answers = { ...web, fromPort: 1024, toPort: 65535 };
    const open: NetworkAclEntry[] = [
      { ...all, direction: 'ingress' },
      { ...all, direction: 'egress' },
    ];
    const acl = await cloud.client.create('network-acl', { spec: { vpcId: vpc.id, entries: open } });
    const use = (networkAclId: string | null) =>
      cloud.applied(
        cloud.client.update('subnet', publicSubnet.id, { spec: { networkAclId } }, { waitSeconds: 10 }),
      );
    await use(acl.id);
    assert.equal((await curl(one)).code, 0, 'everything is allowed');
    for (const entry of [
      { ...web, direction: 'ingress', cidrIpv4: `${one.address}/32` },
      { ...web, direction: 'egress', cidrIpv4: there },
      { ...answers, direction: 'ingress', cidrIpv4: there },
      { ...answers, direction: 'egress', cidrIpv4: `${one.address}/32` },
    ] as const) {
      const entries = [...open, entry];
      await cloud.applied(
        cloud.client.update('network-acl', acl.id, { spec: { entries } }, { waitSeconds: 10 }),
      );
      const { code } = await one.exec('curl', ['-s', '-o', '/dev/null', '--max-time', '1', webAddress]);
      assert.notEqual(code, 0, JSON.stringify(entry));
      assert.equal((await one.ping('203.0.113.200', { count: 1 })).received, 1, 'and nothing else');
    }
    await use(null);
    assert.equal((await curl(one)).code, 0);
  });

  it('lets nothing in that was not asked for', async () => {
    await using servers = new AsyncDisposableStack();
    servers.adopt(await one.tcpListen(80), (listener) => listener.close());
    assert.equal((await outside.ping(address.spec.address, { count: 2 })).received, 0);
    const attempt = await outside.tcpConnect(address.spec.address, 80, { timeoutMs: 1000 });
    assert.equal(attempt.connected, false);
    await outside.addRoute('10.0.0.0/16', address.spec.address);
    assert.equal((await outside.ping(one.address, { count: 2 })).received, 0);
    assert.equal((await one.ping(gateway.spec.privateAddress, { count: 1 })).received, 0);
  });

  it('private ones show their private address', async () => {
    const inside = await cloud.client.create('nat-gateway', {
      spec: { subnetId: publicSubnet.id, connectivity: 'private' },
    });
    const target = await cloud.vm(cloud.host(0), publicSubnet, {
      groups: [
        await cloud.group(vpc.id, 'only the gateway', [`tcp:80 from ${inside.spec.privateAddress}/32`]),
      ],
    });
    await placed(inside.id);
    await using servers = new AsyncDisposableStack();
    servers.adopt(await target.tcpListen(80), (listener) => listener.close());
    assert.equal((await one.tcpConnect(target.address, 80, { timeoutMs: 1000 })).connected, false);
    const routes = [
      { destination: '0.0.0.0/0', target: gateway.id },
      { destination: `${target.address}/32`, target: inside.id },
    ];
    const update = cloud.client.update(
      'route-table',
      privateTable.id,
      { spec: { routes } },
      { waitSeconds: 10 },
    );
    await cloud.applied(update);
    const answer = await one.tcpConnect(target.address, 80);
    assert.match(answer.answer, new RegExp(target.namespace));
    await refusesWithoutPort(inside, target);
  });

  /**
   * Everybody may ping the target. The userspace datapath leaves the identifiers of pings as they are, so that there is but one
   * to choose: when another client has it, nothing is left, as after 64,512 connections of TCP to one port.
   */
  async function refusesWithoutPort(inside: ResourceOf<'nat-gateway'>, target: CloudVm): Promise<void> {
    const [group = ''] = target.networkInterface.spec.securityGroupIds;
    await cloud.rule(group, 'icmp from 0.0.0.0/0');
    const sniff = await target.spawn('tcpdump', ['-n', '-l', '-i', 'eth0', 'icmp'], { name: 'tcpdump' });
    await sniff.waitForLine((line) => line.includes('listening on'));
    const ping = async (vm: CloudVm, identifier: number) => {
      const options = ['-c', '1', '-W', '1', '-e', `${identifier}`, target.address];
      return (await vm.exec('ping', options)).code === 0;
    };
    assert.ok(await ping(one, 77));
    assert.equal(await ping(two, 77), false, 'no identifier is left');
    assert.ok(await ping(one, 77), 'what is open goes on');
    assert.ok(await ping(two, 78), 'others open');
    // Everything before this line has come by now.
    await sniff.waitForLine((line) => line.includes('id 78'));
    const seen = sniff.logs.join('\n');
    assert.ok(!seen.includes(`IP ${two.address} `), 'nothing comes under the own address of a client');
    await eventually('the packet is counted', async () => {
      const { connections, portAllocationErrors } = await cloud.client.natGatewayCounters(inside.id);
      return portAllocationErrors === 1 && connections >= 3;
    });
    await sniff.stop();
  }

  it('an elastic IP works on a host without the network, both ways and to itself', async () => {
    const table = await cloud.client.create('route-table', { spec: { vpcId: vpc.id } });
    const subnet = await cloud.subnet(vpc.id, '10.0.3.0/24');
    const [toInternet] = (await cloud.client.get('route-table', vpc.spec.mainRouteTableId)).spec.routes;
    await cloud.client.update('route-table', table.id, { spec: { routes: [toInternet] } });
    await cloud.client.update('subnet', subnet.id, { spec: { routeTableId: table.id } });
    const group = await cloud.group(vpc.id, 'pings', ['icmp from 0.0.0.0/0', 'tcp:80 from 0.0.0.0/0']);
    const vm = await cloud.vm(cloud.host(2), subnet, { groups: [group] });
    const spec = { networkInterfaceId: vm.networkInterface.id };
    const own = await cloud.client.create('elastic-ip', { spec });
    await placed(own.id);
    const ping = await outside.ping(own.spec.address);
    assert.equal(ping.received, 3, ping.output);
    await using servers = new AsyncDisposableStack();
    for (const port of [80, 81]) {
      servers.adopt(await vm.tcpListen(port), (listener) => listener.close());
    }
    assert.ok((await outside.tcpConnect(own.spec.address, 80)).connected);
    assert.equal((await outside.tcpConnect(own.spec.address, 81, { timeoutMs: 1000 })).connected, false);
    assert.equal((await curl(vm)).code, 0);
    await server.waitForLine((line) => line.startsWith(`${own.spec.address} `));
    assert.equal((await vm.ping(own.spec.address)).received, 3, 'its own address');
    assert.equal((await one.ping(own.spec.address)).received, 3, 'from a VM behind the NAT gateway');
  });

  it('moves within seconds when its host dies, with a loop of requests through it', async () => {
    const first = await hostOf(gateway.id);
    const loop = await one.spawn(
      '/bin/sh',
      [
        '-c',
        `while :; do curl -s -o /dev/null --max-time 0.5 ${webAddress} && echo "ok $(date +%s%N)" || echo lost; sleep 0.05; done`,
      ],
      { name: 'loop' },
    );
    await loop.waitForLine((line) => line.startsWith('ok'));
    const index = cloud.lab.hosts.findIndex(({ name }) => name === first);
    const victim = cloud.host(index);
    const database = Number(await readFile(join(victim.directory, 'ovsdb-server.pid'), 'utf8'));
    const died = Date.now();
    process.kill(database, 'SIGKILL');
    await Promise.all([victim.killVswitchd(), cloud.agents[index]?.kill9()]);
    await eventually('another host has the gateway', async () => (await hostOf(gateway.id)) !== first, 8_000);
    const isLater = (line: string) =>
      line.startsWith('ok') && Number(line.split(' ')[1]) / 1e6 > died + 1_000;
    const back = await loop.waitForLine(isLater, 10_000);
    const lostMs = Number(back.split(' ')[1]) / 1e6 - died;
    assert.ok(lostMs < 9_000, `back after ${lostMs} ms`);
    await sleep(500);
    await loop.stop();
    const { status } = await cloud.client.get('host', first);
    assert.equal(status.state, 'down');
  });
});
