import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { ResourceOf } from '@weft/controller/resources';
import { meetOnUnderlay, type Outsider } from '@weft/labs/hosts';
import { Cloud, type CloudVm, eventually } from './support/cloud.ts';
import { type Ipv6Vm, ipv6Vm } from './support/ipv6.ts';

describe('elastic IPs', () => {
  let cloud: Cloud;
  let outside: Outsider;
  let one: CloudVm;
  let two: CloudVm;
  let bare: CloudVm;
  let elasticIp: ResourceOf<'elastic-ip'>;

  const associate = (networkInterfaceId: string | null, id = elasticIp.id) =>
    cloud.applied(
      cloud.client.update('elastic-ip', id, { spec: { networkInterfaceId } }, { waitSeconds: 10 }),
    );

  before(async () => {
    cloud = await Cloud.start({ external: true, agentArgs: ['--bridge-mapping', 'dmz=br-ex'] });
    outside = await cloud.lab.addOutsider({ address: '203.0.113.200/24' });
    const network = await cloud.externalNetwork();
    const vpc = await cloud.publicVpc(network.id);
    const subnet = await cloud.subnet(vpc.id, '10.0.0.0/24');
    const group = await cloud.group(vpc.id, 'public', ['icmp from 0.0.0.0/0', 'tcp:80 from 0.0.0.0/0']);
    one = await cloud.vm(cloud.host(0), subnet, { groups: [group] });
    two = await cloud.vm(cloud.host(1), subnet, { groups: [group] });
    bare = await cloud.vm(cloud.host(0), subnet, { groups: [group] });
    elasticIp = await cloud.client.create('elastic-ip', { spec: {} });
  });
  after(() => cloud[Symbol.asyncDispose]());

  it('is nobody before it is associated', async () => {
    assert.equal((await outside.ping(elasticIp.spec.address, { count: 1 })).received, 0);
    assert.equal((await one.ping('203.0.113.200', { count: 1 })).received, 0);
  });

  it('leads from outside to the VM, by its groups', async () => {
    await associate(one.networkInterface.id);
    await using servers = new AsyncDisposableStack();
    for (const port of [80, 81]) servers.adopt(await one.tcpListen(port), (server) => server.close());
    const ping = await outside.ping(elasticIp.spec.address);
    assert.equal(ping.received, 3, ping.output);
    const answer = await outside.tcpConnect(elasticIp.spec.address, 80);
    assert.match(answer.answer, new RegExp(one.namespace));
    assert.equal(
      (await outside.tcpConnect(elasticIp.spec.address, 81, { timeoutMs: 1000 })).connected,
      false,
    );
  });

  it('does not lead to private addresses, and VMs without one stay inside', async () => {
    await outside.addRoute('10.0.0.0/24', elasticIp.spec.address);
    assert.equal((await outside.ping(bare.address, { count: 1 })).received, 0);
    assert.equal((await outside.ping(one.address, { count: 1 })).received, 0);
    assert.equal((await bare.ping('203.0.113.200', { count: 1 })).received, 0);
  });

  it('lets nobody in with an address of the VPC, also while its flows come, go, and come again', async () => {
    const { address } = elasticIp.spec;
    const forged = '10.0.0.77';
    await outside.run('ip', ['address', 'add', `${forged}/32`, 'dev', 'eth0']);
    assert.equal((await outside.ping(address, { count: 1 })).received, 1);
    const [mac = ''] = (await outside.run('ip', ['neighbour', 'show', address])).match(/(..:){5}../) ?? [];
    await outside.run('ip', [
      'neighbour',
      'replace',
      address,
      'lladdr',
      mac,
      'dev',
      'eth0',
      'nud',
      'permanent',
    ]);
    const arrivals = await one.spawn('tcpdump', ['-n', '-l', '--immediate-mode', '-i', 'eth0', 'icmp']);
    await arrivals.waitForLine((line) => line.startsWith('listening on'));
    const stream = await outside.spawn('ping', ['-n', '-i', '0.001', '-I', forged, address]);
    for (let turn = 0; turn < 8; turn++) {
      await associate(null);
      await associate(one.networkInterface.id);
    }
    await cloud.host(0).killVswitchd();
    await cloud.host(0).restartVswitchd();
    const answers = async () => (await outside.ping(address, { count: 1 })).received === 1;
    await eventually('the elastic IP answers again', answers, 30_000);
    stream.signal('SIGINT');
    const summary = await stream.waitForLine((line) => line.includes(' packets transmitted'));
    assert.ok(Number.parseInt(summary, 10) > 500, `a stream, all the time: ${summary}`);
    await arrivals.waitForLine((line) => line.includes('IP 203.0.113.200 > '));
    await arrivals.stop();
    assert.deepEqual(
      arrivals.logs.filter((line) => line.includes(`IP ${forged} > `)),
      [],
    );
    await outside.run('ip', ['neighbour', 'del', address, 'dev', 'eth0']);
    await outside.run('ip', ['address', 'del', `${forged}/32`, 'dev', 'eth0']);
    await meetOnUnderlay(cloud.lab);
  });

  it('is the source of what the VM sends out', async () => {
    const server = await outside.tcpListen(8000);
    const sniff = await outside.spawn(
      'tcpdump',
      ['-n', '-l', '-i', 'eth0', 'tcp port 8000 and tcp[tcpflags] & tcp-syn != 0'],
      { name: 'tcpdump' },
    );
    await sniff.waitForLine((line) => line.includes('listening on'));
    assert.ok((await one.tcpConnect('203.0.113.200', 8000)).connected);
    const line = await sniff.waitForLine((text) => text.includes('.8000: Flags [S]'));
    assert.ok(line.includes(`IP ${elasticIp.spec.address}.`), line);
    await sniff.stop();
    await server.close();
  });

  it('ICMP errors pass the translation in both directions', async () => {
    const outbound = await one.udpExchange('203.0.113.200', 6000, { timeoutMs: 1000 });
    assert.equal(outbound.error, 'refused', 'the error of the outside reaches the VM');
    const rule = await cloud.rule(
      one.networkInterface.spec.securityGroupIds[0] as string,
      'udp:6000 from 0.0.0.0/0',
    );
    const inbound = await outside.udpExchange(elasticIp.spec.address, 6000, { timeoutMs: 1000 });
    assert.equal(inbound.error, 'refused', 'the error of the VM reaches the outside');
    await cloud.applied(cloud.client.remove('security-group-rule', rule.id, { waitSeconds: 10 }));
  });

  it('is seen by traceroute from outside, and shows VMs the way outside', async () => {
    const options = ['-n', '-q', '1', '-w', '1', '-m', '4'];
    const inward = await outside.run('traceroute', [...options, '-I', elasticIp.spec.address], {
      timeoutMs: 20_000,
    });
    assert.ok(inward.includes(`  ${elasticIp.spec.address} `), inward);
    const outward = await one.run('traceroute', [...options, '203.0.113.200'], { timeoutMs: 20_000 });
    assert.match(outward, /^ 1 {2}10\.0\.0\.1 /m, outward);
    assert.match(outward, /^ 2 {2}203\.0\.113\.200 /m, outward);
    const path = await one.run('tracepath', ['-n', '203.0.113.200'], { timeoutMs: 30_000 });
    assert.match(path, /203\.0\.113\.200 .* reached/, path);
  });

  it('moves to a VM on the other host, and the outside follows at once', async () => {
    assert.equal((await outside.ping(elasticIp.spec.address, { count: 1 })).received, 1);
    await using servers = new AsyncDisposableStack();
    servers.adopt(await two.tcpListen(80), (server) => server.close());
    const sniff = await outside.spawn('tcpdump', ['-n', '-l', '-i', 'eth0', 'arp'], { name: 'tcpdump-arp' });
    await sniff.waitForLine((line) => line.includes('listening on'));
    await associate(two.networkInterface.id);
    const answer = await outside.tcpConnect(elasticIp.spec.address, 80, { timeoutMs: 1000 });
    assert.match(answer.answer, new RegExp(two.namespace));
    await sniff.waitForLine(
      (line) =>
        line.includes(`Request who-has ${elasticIp.spec.address}`) &&
        line.includes(`tell ${elasticIp.spec.address}`),
    );
    await sniff.stop();
    assert.equal((await one.ping('203.0.113.200', { count: 1 })).received, 0);
  });

  it('two VMs of the cloud reach each other by their elastic IPs, across hosts and on one host', async () => {
    const second = await cloud.client.create('elastic-ip', { spec: {} });
    for (const peer of [one, bare]) {
      await associate(peer.networkInterface.id, second.id);
      assert.equal((await two.ping(second.spec.address)).received, 3);
      await associate(null, second.id);
    }
    await associate(one.networkInterface.id);
    await associate(bare.networkInterface.id, second.id);
    assert.equal((await one.ping(second.spec.address)).received, 3);
    await associate(null, second.id);
    await cloud.client.remove('elastic-ip', second.id);
  });

  it('of a secondary address stands beside that of the primary one', async () => {
    const second = await cloud.client.create('elastic-ip', { spec: {} });
    const spec = { secondaryPrivateAddresses: ['10.0.0.50'] };
    await cloud.applied(
      cloud.client.update('network-interface', two.networkInterface.id, { spec }, { waitSeconds: 10 }),
    );
    await two.run('ip', ['address', 'add', '10.0.0.50/24', 'dev', 'eth0']);
    const target = { networkInterfaceId: two.networkInterface.id, privateAddress: '10.0.0.50' };
    await associate(two.networkInterface.id);
    await cloud.applied(cloud.client.update('elastic-ip', second.id, { spec: target }, { waitSeconds: 10 }));
    for (const [address, inside] of [
      [elasticIp.spec.address, two.address],
      [second.spec.address, '10.0.0.50'],
    ] as const) {
      const server = await two.spawn('tcpdump', ['-n', '-l', '-i', 'eth0', 'icmp'], { name: 'tcpdump' });
      await server.waitForLine((line) => line.includes('listening on'));
      assert.equal((await outside.ping(address, { count: 1 })).received, 1);
      await server.waitForLine((line) => line.includes(`203.0.113.200 > ${inside}: ICMP echo request`));
      await server.stop();
      const sniff = await outside.spawn('tcpdump', ['-n', '-l', '-i', 'eth0', 'icmp'], {
        name: 'tcpdump-icmp',
      });
      await sniff.waitForLine((line) => line.includes('listening on'));
      await two.exec('ping', ['-c', '1', '-W', '1', '-I', inside, '203.0.113.200']);
      await sniff.waitForLine((line) => line.includes(`${address} > 203.0.113.200: ICMP echo request`));
      await sniff.stop();
    }
    await cloud.applied(
      cloud.client.update(
        'network-interface',
        two.networkInterface.id,
        { spec: { secondaryPrivateAddressCount: 0 } },
        { waitSeconds: 10 },
      ),
    );
    assert.equal((await outside.ping(second.spec.address, { count: 1 })).received, 0, 'set free');
    assert.equal((await outside.ping(elasticIp.spec.address, { count: 1 })).received, 1);
    await cloud.client.remove('elastic-ip', second.id);
  });

  it('is met through a middlebox on another host when the internet gateway has a route table', async () => {
    const { client } = cloud;
    const address = elasticIp.spec.address;
    const { subnetId, vpcId } = one.networkInterface.spec;
    const change = <K extends 'subnet' | 'route-table' | 'network-interface'>(
      kind: K,
      id: string,
      spec: Record<string, unknown>,
    ) => cloud.applied(client.update(kind, id, { spec }, { waitSeconds: 10 }));
    const groups = [await cloud.group(vpcId, 'middlebox', ['all from 0.0.0.0/0'])];
    const middlebox = await cloud.vm(cloud.host(1), await cloud.subnet(vpcId, '10.0.9.0/24'), { groups });
    const target = middlebox.networkInterface.id;
    await change('network-interface', target, { sourceDestinationCheck: false });
    const forward = (value: number) =>
      middlebox.run('sysctl', [
        '-q',
        '-w',
        `net.ipv4.ip_forward=${value}`,
        'net.ipv4.conf.all.send_redirects=0',
      ]);
    await forward(1);
    await associate(one.networkInterface.id);
    const direct = await outside.ping(address, { count: 1 });
    assert.match(direct.output, /ttl=63 /, 'one router, the way that its answer takes');

    const [gateway] = (await client.list('internet-gateway', { filter: { 'spec.vpcId': vpcId } })).items;
    const table = (routes: object[], more = {}) =>
      client.create('route-table', { spec: { vpcId, routes, ...more } });
    const back = await table([{ destination: '0.0.0.0/0', target }]);
    const edge = await table([{ destination: '10.0.0.0/24', target }], { internetGatewayId: gateway?.id });
    await change('subnet', subnetId, { routeTableId: back.id });
    const through = await outside.ping(address);
    assert.equal(through.received, 3, through.output);
    assert.match(through.output, /ttl=61 /, 'two routers and the middlebox');
    await using servers = new AsyncDisposableStack();
    servers.adopt(await one.tcpListen(80), (server) => server.close());
    assert.match((await outside.tcpConnect(address, 80)).answer, new RegExp(one.namespace));
    servers.adopt(await outside.tcpListen(8000), (server) => server.close());
    assert.ok((await one.tcpConnect('203.0.113.200', 8000)).connected, 'from inside, too');
    await forward(0);
    assert.equal((await outside.ping(address, { count: 1 })).received, 0, 'the middlebox passes nothing on');
    assert.equal((await one.ping('203.0.113.200', { count: 1 })).received, 0);

    await change('subnet', subnetId, { routeTableId: null });
    await change('route-table', edge.id, { internetGatewayId: null });
    assert.match((await outside.ping(address, { count: 1 })).output, /ttl=63 /, 'directly again');
  });

  it('an instance has a public address while it runs, and knows it', async () => {
    const { subnetId, securityGroupIds } = one.networkInterface.spec;
    const { id, spec } = await cloud.client.create('instance', {
      spec: { subnetId, securityGroupIds, associatePublicAddress: true },
    });
    const filter = { 'spec.networkInterfaceId': spec.networkInterfaceIds[0] as string };
    const [lent] = (await cloud.client.list('elastic-ip', { filter })).items;
    assert.ok(lent?.spec.ephemeral);
    const { address } = lent.spec;
    await eventually('the instance answers at its public address', async () => {
      return (await outside.ping(address, { count: 1 })).received === 1;
    });
    const { namespace = '' } = (await cloud.client.get('instance', id)).status;
    const curl = (...args: string[]) =>
      promisify(execFile)('ip', ['netns', 'exec', namespace, 'curl', '-s', '-m', '5', ...args]);
    const base = 'http://169.254.169.254/latest';
    const ttl = 'X-aws-ec2-metadata-token-ttl-seconds: 60';
    const { stdout: token } = await curl('-X', 'PUT', '-H', ttl, `${base}/api/token`);
    const read = ['-H', `X-aws-ec2-metadata-token: ${token}`, `${base}/meta-data/public-ipv4`];
    assert.equal((await curl(...read)).stdout, address);
    await cloud.client.remove('instance', id);
    await eventually('the address is nobody any more', async () => {
      return (await outside.ping(address, { count: 1 })).received === 0;
    });
    assert.deepEqual((await cloud.client.list('elastic-ip', { filter })).items, []);
  });

  describe('of a network in a VLAN', () => {
    const outside6 = '2001:db8:64::c8';
    let network: ResourceOf<'external-network'>;
    let vm: Ipv6Vm;

    /** Where the cable of each host is an access port, the segment behind it is in that VLAN. */
    const setVlan = async (tag: string) => {
      for (const host of cloud.lab.hosts) {
        await host.vsctl('set', 'port', 'external', `tag=${tag}`);
        await host.appctl('revalidator/wait');
      }
    };

    before(async () => {
      const { client } = cloud;
      network = await client.create('external-network', {
        spec: {
          name: 'dmz',
          vlan: 100,
          cidrBlock: '198.51.100.0/24',
          gateway: '198.51.100.1',
          addressRanges: [{ first: '198.51.100.10', last: '198.51.100.20' }],
          ipv6CidrBlock: '2001:db8:64::/48',
        },
      });
      const vpc = await client.create('vpc', { spec: { cidrBlock: '10.1.0.0/16', ipv6CidrBlock: 'auto' } });
      const gateway = await client.create('internet-gateway', {
        spec: { vpcId: vpc.id, externalNetworkId: network.id },
      });
      const routes = [
        { destination: '0.0.0.0/0', target: gateway.id },
        { destinationIpv6: '::/0', target: gateway.id },
      ];
      await client.update('route-table', vpc.spec.mainRouteTableId, { spec: { routes } });
      const subnet = await client.create('subnet', {
        spec: { vpcId: vpc.id, cidrBlock: '10.1.0.0/24', ipv6CidrBlock: 'auto' },
      });
      const rules = ['icmp from 0.0.0.0/0', 'icmpv6 from ::/0', 'tcp:80 from ::/0'];
      vm = await ipv6Vm(cloud, cloud.host(0), subnet, [await cloud.group(vpc.id, 'public', rules)]);
      await vm.dhcp();
      for (const address of ['198.51.100.1/24', '198.51.100.200/24']) {
        await outside.run('ip', ['address', 'add', address, 'dev', 'eth0']);
      }
      const isOn = (device: string) => `net.ipv6.conf.${device}.disable_ipv6=0`;
      await outside.run('sysctl', ['-q', '-w', isOn('all'), isOn('eth0')]);
      await outside.run('ip', ['-6', 'address', 'add', `${outside6}/48`, 'dev', 'eth0', 'nodad']);
    });
    after(() => setVlan('[]'));

    it('is met there, and only there', async () => {
      const { spec } = await cloud.applied(
        cloud.client.create(
          'elastic-ip',
          { spec: { externalNetworkId: network.id, networkInterfaceId: vm.networkInterface.id } },
          { waitSeconds: 10 },
        ),
      );
      const pingWith = (size: number, count: string) =>
        outside.exec('ping', ['-c', count, '-W', '1', '-M', 'do', '-s', `${size}`, spec.address]);
      await setVlan('100');
      const headers = 28;
      const largest = await pingWith(1442 - headers, '1');
      assert.match(largest.stdout, / 1 received/, 'a tag takes nothing of the MTU');
      const tooLarge = await pingWith(1443 - headers, '2');
      assert.match(`${tooLarge.stdout}${tooLarge.stderr}`, /mtu ?= ?1442/, 'the elastic IP tells it');
      await outside.run('ip', ['neighbour', 'flush', 'all']);
      assert.equal((await vm.ping('198.51.100.200', { count: 1 })).received, 1, 'a neighbour');
      assert.equal((await vm.ping('192.0.2.1', { count: 1 })).received, 0);
      await outside.run('ip', ['address', 'add', '192.0.2.1/32', 'dev', 'eth0']);
      assert.equal((await vm.ping('192.0.2.1', { count: 1 })).received, 1, 'beyond the gateway');
      for (const other of ['101', '[]']) {
        await setVlan(other);
        assert.equal((await outside.ping(spec.address, { count: 1 })).received, 0, `VLAN ${other}`);
        assert.equal((await vm.ping('198.51.100.200', { count: 1 })).received, 0, `VLAN ${other}`);
      }
      await setVlan('100');
      assert.equal((await outside.ping(spec.address, { count: 1 })).received, 1, 'there again');
    });

    it('has IPv6 there, in both directions, and only there', async () => {
      await setVlan('100');
      await outside.run('ip', ['-6', 'neighbour', 'flush', 'all']);
      const server = await vm.tcpListen(80);
      const connects = async () => (await outside.tcpConnect(vm.ipv6, 80, { timeoutMs: 1000 })).connected;
      assert.ok(await connects(), 'from outside, found by neighbour discovery');
      assert.equal((await vm.ping(outside6, { count: 1 })).received, 1, 'to a neighbour outside');
      const payload = 1442 - 48;
      const ping = (size: number, count: string) =>
        outside.exec('ping', ['-6', '-c', count, '-W', '1', '-M', 'do', '-s', `${size}`, vm.ipv6]);
      assert.match((await ping(payload, '1')).stdout, / 1 received/, 'a tag takes nothing of the MTU');
      const tooLarge = await ping(payload + 1, '2');
      assert.match(`${tooLarge.stdout}${tooLarge.stderr}`, /mtu ?= ?1442/, 'its public address tells it');
      await setVlan('101');
      assert.equal(await connects(), false, 'another VLAN');
      assert.equal((await vm.ping(outside6, { count: 1 })).received, 0, 'another VLAN');
      await setVlan('[]');
      // Nothing is remembered of who is where.
      await outside.run('ip', ['-6', 'neighbour', 'flush', 'all']);
      assert.equal(await connects(), false, 'no VLAN');
      assert.equal((await vm.ping(outside6, { count: 1 })).received, 0, 'no VLAN');
      await setVlan('100');
      await outside.run('ip', ['-6', 'neighbour', 'flush', 'all']);
      assert.ok(await connects(), 'there again');
      assert.equal((await vm.ping(outside6, { count: 1 })).received, 1, 'there again');
      await server.close();
    });
  });

  it('is nobody again after it was disassociated', async () => {
    await associate(null);
    assert.equal((await outside.ping(elasticIp.spec.address, { count: 1 })).received, 0);
    const flows = (await Promise.all(cloud.lab.hosts.map((host) => host.dumpFlows()))).flat();
    assert.deepEqual(
      flows.filter((flow) => flow.text.includes(`=${elasticIp.spec.address}`)),
      [],
    );
  });
});
