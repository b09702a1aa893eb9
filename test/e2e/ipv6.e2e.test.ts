import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceOf } from '@weft/controller/resources';
import type { Node, Outsider } from '@weft/labs/hosts';
import { Cloud, eventually } from './support/cloud.ts';
import { recordFrames, sendFrames } from './support/frames.ts';
import { dhcpV6, type Ipv6Vm, ipv6Vm } from './support/ipv6.ts';

const block = 'fd00:1:2:300::/56';
const subnetBlock = 'fd00:1:2:300::/64';
const outsideAddress = '2001:db8::99';

/** Gives an outsider the router's address, and everything in the block on its link. */
async function giveIpv6(outside: Outsider): Promise<void> {
  await outside.run('sysctl', [
    '-q',
    '-w',
    'net.ipv6.conf.all.disable_ipv6=0',
    'net.ipv6.conf.eth0.disable_ipv6=0',
  ]);
  await outside.run('ip', ['-6', 'address', 'add', `${outsideAddress}/48`, 'dev', 'eth0', 'nodad']);
}

/** Asks for the router, and returns its advertisement in tcpdump's words. */
async function solicit(vm: Ipv6Vm): Promise<string> {
  const capture = await vm.spawn('tcpdump', ['-lnvvi', 'eth0', 'icmp6 and ip6[40] == 134']);
  await capture.waitForLine((line) => line.includes('listening on'), 5000);
  await sendFrames(vm, [routerSolicitation(vm)]);
  await capture.waitForLine((line) => line.includes('dnssl'), 5000);
  await capture.stop();
  return capture.logs.join('\n');
}

async function tcp(from: Node, to: Node & { readonly ipv6: string }, port = 80): Promise<boolean> {
  const server = await to.tcpListen(port);
  try {
    return (await from.tcpConnect(to.ipv6, port, { timeoutMs: 1500 })).connected;
  } finally {
    await server.close();
  }
}

async function running(cloud: Cloud, id: string): Promise<ResourceOf<'instance'>> {
  const state = async () => (await cloud.client.get('instance', id)).status.state;
  await eventually('the instance runs', async () => (await state()) === 'running', 30_000);
  return cloud.client.get('instance', id);
}

describe('IPv6 inside of VPCs', () => {
  let cloud: Cloud;
  let vpc: ResourceOf<'vpc'>;
  let subnet: ResourceOf<'subnet'>;
  let web: ResourceOf<'security-group'>;
  let one: Ipv6Vm;
  let two: Ipv6Vm;
  let neighbour: Ipv6Vm;
  let stranger: Ipv6Vm;

  const dualStack = async () => {
    const created = await cloud.client.create('vpc', {
      spec: { cidrBlock: '10.0.0.0/16', ipv6CidrBlock: block },
    });
    const spec = { vpcId: created.id, cidrBlock: '10.0.0.0/24', ipv6CidrBlock: subnetBlock };
    return { created, within: await cloud.client.create('subnet', { spec }) };
  };

  before(async () => {
    cloud = await Cloud.start();
    ({ created: vpc, within: subnet } = await dualStack());
    const spec = { vpcId: vpc.id, cidrBlock: '10.0.1.0/24', ipv6CidrBlock: 'auto' };
    const other = await cloud.client.create('subnet', { spec });
    web = await cloud.group(vpc.id, 'web');
    one = await ipv6Vm(cloud, cloud.host(0), subnet);
    two = await ipv6Vm(cloud, cloud.host(1), subnet, [web]);
    neighbour = await ipv6Vm(cloud, cloud.host(1), other);
    const { within } = await dualStack();
    stranger = await ipv6Vm(cloud, cloud.host(1), within);
  });
  after(() => cloud[Symbol.asyncDispose]());

  it('addresses come by DHCPv6, router and MTU by router advertisement', async () => {
    assert.match(
      await one.run('ip', ['-6', 'address', 'show', 'dev', 'eth0']),
      new RegExp(`${one.ipv6}/128`),
    );
    const route = await one.run('ip', ['-6', 'route', 'show', 'default']);
    assert.match(route, /default via fe80::57:1ff:fe00:\w+ dev eth0 proto ra/);
    assert.equal(await one.run('sysctl', ['-n', 'net.ipv6.conf.eth0.mtu']), '1442\n');
    assert.match(
      await one.run('ip', ['-6', 'route', 'show', 'dev', 'eth0']),
      new RegExp(`${subnetBlock} .*proto (ra|kernel)`),
    );
    const [, gateway = ''] = /via (\S+)/.exec(route) ?? [];
    assert.equal((await one.ping(`${gateway}%eth0`)).received, 3);
    const lease = await dhcpV6(one);
    assert.match(lease, /dhcp6\.name-servers fd00:ec2::253;/);
    assert.match(lease, /dhcp6\.domain-search "ec2\.internal\."/);
    assert.match(lease, /preferred-life 3600;\s+max-life 7200;/);
  });

  it('a set of DHCP options has IPv6 servers, too, told by DHCPv6 and by the router', async () => {
    const options = await cloud.client.create('dhcp-options', {
      spec: {
        domainName: 'six.test',
        domainNameServers: ['2001:db8::53'],
        ntpServers: ['2001:db8::123'],
        ipv6PreferredLeaseSeconds: 140,
      },
    });
    const use = (dhcpOptionsId: string | null) =>
      cloud.applied(cloud.client.update('vpc', vpc.id, { spec: { dhcpOptionsId } }, { waitSeconds: 10 }));
    await use(options.id);
    const lease = await dhcpV6(one);
    assert.match(lease, /dhcp6\.name-servers 2001:db8::53;/);
    assert.match(lease, /dhcp6\.domain-search "six\.test\."/);
    assert.match(lease, /dhcp6\.sntp-servers 2001:db8::123;/);
    assert.match(lease, /preferred-life 140;\s+max-life 280;/);
    const advertised = await solicit(one);
    assert.match(advertised, /rdnss option \(25\).*lifetime 1800s, addr: 2001:db8::53/);
    assert.match(advertised, /dnssl option \(31\).*lifetime 1800s, domain\(s\): six\.test\./);
    await use(null);
    assert.match(await solicit(one), /addr: fd00:ec2::253/);
  });

  it('members of the default group reach each other, in a subnet and between two', async () => {
    assert.equal((await one.ping(neighbour.ipv6)).received, 3);
    assert.equal((await neighbour.ping(one.ipv6)).received, 3);
    assert.ok(await tcp(one, neighbour));
  });

  it('security groups decide by IPv6 network, protocol and group', async () => {
    assert.equal((await one.ping(two.ipv6, { count: 1 })).received, 0);
    const rule = (spec: object) =>
      cloud.applied(
        cloud.client.create(
          'security-group-rule',
          { spec: { groupId: web.id, direction: 'ingress', ...spec } },
          { waitSeconds: 10 },
        ),
      );
    const ping = await rule({ protocol: 'icmpv6', cidrIpv6: subnetBlock });
    assert.equal((await one.ping(two.ipv6)).received, 3);
    assert.equal((await neighbour.ping(two.ipv6, { count: 1 })).received, 0, 'not of the network');
    assert.equal(await tcp(one, two), false);
    const members = await rule({
      protocol: 'tcp',
      fromPort: 80,
      toPort: 80,
      referencedGroupId: vpc.spec.defaultSecurityGroupId,
    });
    assert.ok(await tcp(one, two));
    assert.ok(await tcp(neighbour, two));
    assert.equal(await tcp(one, two, 81), false);
    assert.equal((await two.ping(one.ipv6, { count: 1 })).received, 0, 'not a member');
    for (const { id } of [ping, members]) {
      await cloud.applied(cloud.client.remove('security-group-rule', id, { waitSeconds: 10 }));
    }
    assert.equal((await one.ping(two.ipv6, { count: 1 })).received, 0);
  });

  it('the same addresses in another VPC are somebody else', async () => {
    assert.equal(stranger.ipv6, one.ipv6);
    const all = { groupId: web.id, direction: 'ingress', protocol: 'all', cidrIpv6: '::/0' };
    await cloud.applied(cloud.client.create('security-group-rule', { spec: all }, { waitSeconds: 10 }));
    assert.equal((await one.ping(two.ipv6, { count: 1 })).received, 1);
    assert.equal((await stranger.ping(two.ipv6, { count: 1 })).received, 0);
    assert.equal((await stranger.ping(neighbour.ipv6, { count: 1 })).received, 0);
  });

  it('instances of the agent have their addresses, too', async () => {
    const started = await cloud.client.create('instance', {
      spec: { subnetId: subnet.id, ipv6AddressCount: 1, metadataIpv6: true },
    });
    const instance = await running(cloud, started.id);
    const [interfaceId = ''] = instance.spec.networkInterfaceIds;
    const { spec } = await cloud.client.get('network-interface', interfaceId);
    const [address = ''] = spec.ipv6Addresses ?? [];
    const host = cloud.host(Number(instance.spec.hostId === cloud.host(1).name));
    await cloud.bound(host, interfaceId);
    await eventually(
      'the instance answers',
      async () => (await one.ping(address, { count: 1 })).received === 1,
    );
    const inside = ['nsenter', `--net=/run/netns/weft-${instance.id}`, '--'] as const;
    const [first, ...rest] = inside;
    const exec = async (...command: string[]) =>
      (await host.exec(first, [...rest, ...command], { timeoutMs: 15_000 })).stdout.trim();
    const name = `${instance.id}.ec2.internal`;
    assert.equal(await exec('dig', '+short', '@fd00:ec2::253', 'AAAA', name), address);
    assert.equal(await exec('dig', '+short', '@fd00:ec2::253', '-x', address), `${name}.`);
    const metadata = 'http://[fd00:ec2::254]/latest';
    const curl = (...args: string[]) => exec('curl', '-gs', '-m', '3', ...args);
    const put = () =>
      curl('-X', 'PUT', '-H', 'X-aws-ec2-metadata-token-ttl-seconds: 60', `${metadata}/api/token`);
    const capture = await host.spawn(first, [...rest, 'tcpdump', '-lnvi', 'eth0', 'src', 'fd00:ec2::254']);
    await capture.waitForLine((line) => line.includes('listening on'), 5000);
    const token = await put();
    assert.match(token, /^[\w-]+$/);
    await capture.waitForLine((line) => /hlim 1,/.test(line), 5000);
    await capture.stop();
    const header = ['-H', `X-aws-ec2-metadata-token: ${token}`];
    assert.equal(await curl(...header, `${metadata}/meta-data/instance-id`), instance.id);
    await cloud.applied(
      cloud.client.update('instance', instance.id, { spec: { metadataIpv6: false } }, { waitSeconds: 10 }),
    );
    assert.equal(await put(), '', 'switched off');
    await cloud.client.remove('instance', instance.id);
  });

  it('DNS is there at fd00:ec2::253, by UDP and TCP, for each VPC; metadata must be switched on', async () => {
    for (const vm of [one, neighbour, stranger]) {
      for (const transport of ['+notcp', '+tcp']) {
        const name = `ip-${vm.address.replaceAll('.', '-')}.ec2.internal`;
        const question = ['+short', '+time=2', '+tries=2', transport, '-b', vm.ipv6, '@fd00:ec2::253', name];
        assert.equal((await vm.run('dig', question)).trim(), vm.address, `${vm.name} ${transport}`);
      }
    }
    assert.ok(!(await one.tcpConnect('fd00:ec2::254', 80, { timeoutMs: 500 })).connected, 'no instance');
    assert.ok(!(await one.tcpConnect('fd00:ec2::253', 80, { timeoutMs: 500 })).connected);
  });

  it('nobody sends as somebody else, and no VM plays the router', async () => {
    const record = await recordFrames(two);
    await one.run('ip', ['-6', 'address', 'add', 'fd00:1:2:300::bad/128', 'dev', 'eth0', 'nodad']);
    const spoofed = await one.exec('ping', ['-c', '1', '-W', '1', '-I', 'fd00:1:2:300::bad', two.ipv6], {
      timeoutMs: 10_000,
    });
    assert.notEqual(spoofed.code, 0);
    await one.run('ip', ['-6', 'address', 'delete', 'fd00:1:2:300::bad/128', 'dev', 'eth0']);
    await sendFrames(one, [routerAdvertisement(one), neighbourAdvertisement(one, two)]);
    await sleep(500);
    const frames = await record.stop();
    const from = one.mac.replaceAll(':', '');
    assert.deepEqual(
      frames.filter((frame) => frame.slice(12, 24) === from && frame.slice(24, 28) === '86dd'),
      [],
    );
    assert.equal((await one.ping(two.ipv6)).received, 3, 'what is honest passes');
  });

  it('router, DHCPv6, DNS and errors go on with every controller away', async () => {
    await cloud.controller.kill9();
    assert.match(await solicit(one), /addr: fd00:ec2::253/);
    assert.match(await dhcpV6(one), new RegExp(`iaaddr ${one.ipv6} `));
    const question = ['+short', '+time=2', '+tries=2', '@fd00:ec2::253', 'ip-10-0-0-9.ec2.internal'];
    assert.equal(await one.run('dig', question), '10.0.0.9\n');
    const trace = ['-6', '-n', '-q', '1', '-w', '2', '-m', '3', '-I', neighbour.ipv6];
    const path = await one.run('traceroute', trace, { timeoutMs: 20_000 });
    assert.match(path, /^ 1 {2}fe80::57:1ff:fe00:\w+%eth0 /m, 'the hop limit is over at the router');
    assert.match(path, new RegExp(`^ 2 {2}${neighbour.ipv6} `, 'm'));
    const large = ['-6', '-M', 'do', '-c', '2', '-W', '1', '-s', String(1443 - 48), neighbour.ipv6];
    // The router advertisement has said how much the network takes; a machine that does not listen is told.
    await one.run('sysctl', ['-q', '-w', 'net.ipv6.conf.eth0.mtu=1500']);
    const { stdout, stderr } = await one.exec('ping', large, { timeoutMs: 10_000 });
    assert.match(stdout + stderr, /mtu ?[=:] ?1442/i);
  });
});

const allNodes = 'ff020000000000000000000000000001';
const hex = (mac: string) => mac.replaceAll(':', '');

/** A machine that has no address yet asks for the router. */
function routerSolicitation(vm: Ipv6Vm): string {
  const allRouters = 'ff020000000000000000000000000002';
  return `333300000002${hex(vm.mac)}86dd6000000000083aff${'0'.repeat(32)}${allRouters}85007bb800000000`;
}
/** A router advertisement from a VM to everybody. Its checksum is of no matter: it must not arrive at all. */
function routerAdvertisement(vm: Ipv6Vm): string {
  return `333300000001${hex(vm.mac)}86dd6000000000103afffe800000000000000000000000000001${allNodes}86000000400007080000000000000000`;
}
/** A VM tells another one by unicast that it is the router. */
function neighbourAdvertisement(vm: Ipv6Vm, other: Ipv6Vm): string {
  const target = 'fe800000000000000057 01fffe000001'.replace(' ', '');
  return `${hex(other.mac)}${hex(vm.mac)}86dd6000000000203aff${target}${allNodes}88000000a0000000${target}0201${hex(vm.mac)}`;
}

describe('IPv6 at the border', () => {
  let cloud: Cloud;
  let outside: Outsider;
  let inbound: Ipv6Vm;
  let guarded: Ipv6Vm;
  let second: Ipv6Vm;

  before(async () => {
    cloud = await Cloud.start({ external: true });
    outside = await cloud.lab.addOutsider({ address: '203.0.113.200/24' });
    await giveIpv6(outside);
    const network = await cloud.externalNetwork({
      ipv6CidrBlock: '2001:db8::/48',
      ipv6Gateway: outsideAddress,
    });
    const vpc = await cloud.client.create('vpc', {
      spec: { cidrBlock: '10.0.0.0/16', ipv6CidrBlock: 'auto' },
    });
    const spec = { vpcId: vpc.id, externalNetworkId: network.id };
    const gateway = await cloud.client.create('internet-gateway', { spec });
    const egressOnly = await cloud.client.create('egress-only-internet-gateway', { spec });
    const subnetBy = async (index: number, target: string) => {
      const routes = [{ destinationIpv6: '::/0', target }];
      const table = await cloud.client.create('route-table', { spec: { vpcId: vpc.id, routes } });
      return cloud.client.create('subnet', {
        spec: {
          vpcId: vpc.id,
          cidrBlock: `10.0.${index}.0/24`,
          ipv6CidrBlock: 'auto',
          routeTableId: table.id,
        },
      });
    };
    const open = await cloud.group(vpc.id, 'open');
    const all = { groupId: open.id, direction: 'ingress', protocol: 'all', cidrIpv6: '::/0' };
    await cloud.client.create('security-group-rule', { spec: all });
    const publicSubnet = await subnetBy(0, gateway.id);
    inbound = await ipv6Vm(cloud, cloud.host(0), publicSubnet, [open]);
    second = await ipv6Vm(cloud, cloud.host(1), publicSubnet, [open]);
    guarded = await ipv6Vm(cloud, cloud.host(1), await subnetBy(1, egressOnly.id), [open]);
  });
  after(() => cloud[Symbol.asyncDispose]());

  const outsider = () => Object.assign(outside, { ipv6: outsideAddress });

  it('an internet gateway leads out and in, with the own address', async () => {
    assert.equal((await inbound.ping(outsideAddress)).received, 3);
    assert.equal((await second.ping(outsideAddress)).received, 3);
    assert.ok(await tcp(inbound, outsider()));
    assert.equal((await outside.ping(inbound.ipv6)).received, 3);
    assert.ok(await tcp(outside, inbound));
    const sniff = await outside.spawn('tcpdump', ['-n', '-l', '-i', 'eth0', 'icmp6 and ip6[40] == 128'], {
      name: 'tcpdump',
    });
    await sniff.waitForLine((line) => line.includes('listening on'));
    await inbound.ping(outsideAddress, { count: 1 });
    const line = await sniff.waitForLine((text) => text.includes('echo request'));
    assert.ok(line.includes(`IP6 ${inbound.ipv6} > ${outsideAddress}`), line);
    await sniff.stop();
  });

  it('an egress-only gateway leads out, and nobody in', async () => {
    assert.equal((await guarded.ping(outsideAddress)).received, 3);
    assert.ok(await tcp(guarded, outsider()));
    assert.equal((await outside.ping(guarded.ipv6, { count: 2 })).received, 0);
    assert.equal(await tcp(outside, guarded), false);
  });

  it('security groups still decide', async () => {
    const [groupId = ''] = inbound.networkInterface.spec.securityGroupIds;
    const rules = (await cloud.client.list('security-group-rule', { filter: { 'spec.groupId': groupId } }))
      .items;
    const ingress = rules.find(({ spec }) => spec.direction === 'ingress');
    await cloud.applied(cloud.client.remove('security-group-rule', ingress?.id ?? '', { waitSeconds: 10 }));
    assert.equal((await outside.ping(inbound.ipv6, { count: 1 })).received, 0);
    assert.equal((await inbound.ping(outsideAddress)).received, 3, 'replies need no rule');
  });
});
