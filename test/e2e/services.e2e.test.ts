import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ResourceOf } from '@weft/controller/resources';
import { Cloud, type CloudVm, eventually } from './support/cloud.ts';

const metadata = 'http://169.254.169.254/latest';

/** DNS and metadata of each host, asked by dig and curl. */
describe('the services of a host', () => {
  let cloud: Cloud;
  let red: { vpc: ResourceOf<'vpc'>; vm: CloudVm };
  let blue: { vpc: ResourceOf<'vpc'>; vm: CloudVm };
  let green: CloudVm;

  before(async () => {
    cloud = await Cloud.start({ agentArgs: ['--dns-server', '127.0.0.1:5300'] });
    const script = join(import.meta.dirname, 'support', 'name-server.py');
    const server = await cloud.host(0).spawn('python3', [script, '127.0.0.1', '5300']);
    await server.waitForLine((line) => line === 'ready', 5000);
    const options = await cloud.client.create('dhcp-options', {
      spec: { domainName: 'red.test', domainNameServers: ['provided'] },
    });
    const open = async (own: { dhcpOptionsId?: string }) => {
      const vpc = await cloud.client.create('vpc', { spec: { cidrBlock: '10.0.0.0/16', ...own } });
      // A group that lets nothing out: services stand before it.
      const closed = await cloud.group(vpc.id, 'closed');
      for (const { id, spec } of (await cloud.client.listAll('security-group-rule')).items) {
        if (spec.groupId === closed.id) await cloud.client.remove('security-group-rule', id);
      }
      const subnet = await cloud.subnet(vpc.id, '10.0.0.0/24');
      const vm = await cloud.vm(cloud.host(0), subnet, { groups: [closed], address: '10.0.0.10' });
      return { vpc, vm, subnet, closed };
    };
    const first = await open({ dhcpOptionsId: options.id });
    red = first;
    blue = await open({});
    green = await cloud.vm(cloud.host(1), first.subnet, { groups: [first.closed], address: '10.0.0.20' });
  });
  after(() => cloud[Symbol.asyncDispose]());

  const dig = async (vm: CloudVm, ...question: string[]) =>
    (await vm.exec('dig', ['+time=2', '+tries=1', ...question], { timeoutMs: 15_000 })).stdout;
  const short = async (vm: CloudVm, ...question: string[]) => (await dig(vm, '+short', ...question)).trim();
  const curl = (vm: CloudVm, ...args: string[]) =>
    vm.exec('curl', ['-s', '-m', '5', '-w', '\n%{http_code}', ...args], { timeoutMs: 10_000 });
  const session = async (vm: CloudVm, seconds = '60') => {
    const { stdout } = await curl(
      vm,
      ...['-X', 'PUT', '-H', `X-aws-ec2-metadata-token-ttl-seconds: ${seconds}`, `${metadata}/api/token`],
    );
    const [token = '', status] = stdout.split('\n');
    assert.equal(status, '200', stdout);
    return token;
  };
  const read = async (vm: CloudVm, token: string, path: string) => {
    const { stdout } = await curl(vm, '-H', `X-aws-ec2-metadata-token: ${token}`, `${metadata}/${path}`);
    const end = stdout.lastIndexOf('\n');
    return { status: stdout.slice(end + 1), body: stdout.slice(0, end) };
  };

  it('know names of addresses, there and back, by UDP and TCP, at every address of theirs', async () => {
    for (const server of ['@10.0.0.2', '@169.254.169.253']) {
      for (const transport of ['+notcp', '+tcp']) {
        const ask = (...question: string[]) => short(red.vm, server, transport, ...question);
        assert.equal(await ask('ip-10-0-0-20.red.test'), '10.0.0.20', `${server} ${transport}`);
        assert.match(await ask('-x', '10.0.0.20'), /^ip-10-0-0-20\.red\.test\.$/);
      }
    }
    const nowhere = await dig(red.vm, '@10.0.0.2', 'ip-10-1-0-20.ec2.internal');
    assert.match(nowhere, /status: NXDOMAIN/);
    const noRecord = await dig(red.vm, '@10.0.0.2', 'AAAA', 'ip-10-0-0-20.red.test');
    assert.match(noRecord, /status: NOERROR/);
    assert.match(noRecord, /ANSWER: 0/);
  });

  it('answer two VMs of one address by their own VPCs', async () => {
    assert.equal(await short(blue.vm, '@10.0.0.2', 'ip-10-0-0-10.red.test'), '', 'not a domain of blue');
    assert.equal(await short(red.vm, '@10.0.0.2', 'ip-10-0-0-10.red.test'), '10.0.0.10');
    const [ofRed, ofBlue] = [await session(red.vm), await session(blue.vm)];
    for (const [vm, token] of [
      [red.vm, ofRed],
      [blue.vm, ofBlue],
    ] as const) {
      const mac = vm.networkInterface.spec.macAddress;
      assert.deepEqual(await read(vm, token, 'meta-data/mac'), { status: '200', body: mac });
      const own = `meta-data/network/interfaces/macs/${mac}`;
      assert.equal((await read(vm, token, `${own}/interface-id`)).body, vm.networkInterface.id);
      assert.equal((await read(vm, token, `${own}/vpc-id`)).body, vm.networkInterface.spec.vpcId);
      assert.equal((await read(vm, token, 'meta-data/local-ipv4')).body, '10.0.0.10');
    }
    assert.equal((await read(red.vm, ofBlue, 'meta-data/mac')).status, '401', 'a session of somebody else');
    assert.equal((await read(green, ofRed, 'meta-data/mac')).status, '401', 'on another host, too');
  });

  it('ask the DNS server of the host for everything else, and say so when it does not answer', async () => {
    assert.equal(await short(red.vm, '@10.0.0.2', 'outside.test'), '192.0.2.99');
    assert.equal(await short(red.vm, '@10.0.0.2', '+tcp', 'outside.test'), '192.0.2.99');
    assert.match(await dig(red.vm, '@10.0.0.2', 'nobody.test'), /status: NXDOMAIN/);
    assert.match(
      await dig(red.vm, '@10.0.0.2', 'ip-10-0-0-20.us-west-9.compute.internal'),
      /status: NXDOMAIN/,
    );
    assert.match(await dig(green, '@10.0.0.2', 'outside.test'), /status: SERVFAIL/, 'its host has none');
  });

  it('show nothing without a session', async () => {
    assert.match((await curl(red.vm, `${metadata}/meta-data/`)).stdout, /401$/);
    assert.equal((await read(red.vm, 'nonsense', 'meta-data/')).status, '401');
    const put = (...headers: string[]) =>
      curl(red.vm, '-X', 'PUT', ...headers.flatMap((one) => ['-H', one]), `${metadata}/api/token`);
    assert.match((await put()).stdout, /400$/, 'without a time');
    assert.match((await put('X-aws-ec2-metadata-token-ttl-seconds: 21601')).stdout, /400$/);
    const proxied = await put('X-aws-ec2-metadata-token-ttl-seconds: 60', 'X-Forwarded-For: 10.0.0.99');
    assert.match(proxied.stdout, /403$/);
    assert.match((await curl(red.vm, `${metadata}/api/token`)).stdout, /405$/);
    const brief = await session(red.vm, '1');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.equal((await read(red.vm, brief, 'meta-data/')).status, '401', 'its time is over');
  });

  it('list what there is, and say when there is nothing', async () => {
    const token = await session(red.vm);
    const list = (await read(red.vm, token, 'meta-data/')).body.split('\n');
    for (const name of ['hostname', 'local-ipv4', 'mac', 'network/', 'placement/', 'security-groups']) {
      assert.ok(list.includes(name), `${name} is not in ${list}`);
    }
    assert.equal((await read(red.vm, token, 'meta-data/hostname')).body, 'ip-10-0-0-10.red.test');
    assert.equal((await read(red.vm, token, 'meta-data/placement/availability-zone')).status, '200');
    assert.equal((await read(red.vm, token, 'meta-data/security-groups')).body, 'closed');
    assert.equal((await read(red.vm, token, 'meta-data/nothing')).status, '404');
    assert.equal((await read(red.vm, token, 'user-data')).status, '404');
  });

  it('answer no further than the instance itself, and at no other port', async () => {
    const capture = await red.vm.spawn('tcpdump', ['-lnvi', 'eth0', 'src', '169.254.169.254']);
    await capture.waitForLine((line) => line.includes('listening on'), 5000);
    await session(red.vm);
    await capture.waitForLine((line) => /ttl 1,/.test(line), 5000);
    await capture.stop();
    assert.ok(!(await red.vm.tcpConnect('169.254.169.254', 22, { timeoutMs: 500 })).connected);
    assert.ok(!(await red.vm.tcpConnect('169.254.169.253', 80, { timeoutMs: 500 })).connected);
    assert.ok(!(await red.vm.tcpConnect('169.254.169.252', 53, { timeoutMs: 500 })).connected);
  });

  it('answer secondary addresses as the primary one', async () => {
    const { id } = red.vm.networkInterface;
    const own = ['10.0.0.30', '10.0.0.222'];
    const give = (secondaryPrivateAddresses: string[]) =>
      cloud.applied(
        cloud.client.update(
          'network-interface',
          id,
          { spec: { secondaryPrivateAddresses } },
          { waitSeconds: 10 },
        ),
      );
    for (const address of own) await red.vm.run('ip', ['address', 'add', `${address}/32`, 'dev', 'eth0']);
    const ask = (address: string, ...more: string[]) =>
      dig(red.vm, '+short', '-b', address, ...more, 'ip-10-0-0-20.red.test');
    assert.doesNotMatch(await ask('10.0.0.30', '@10.0.0.2'), /^10\./, 'it is not of the interface yet');
    await give(own);
    for (const address of own) {
      for (const server of ['@10.0.0.2', '@169.254.169.253']) {
        assert.equal(await ask(address, server), '10.0.0.20\n', address);
        assert.equal(await ask(address, server, '+tcp'), '10.0.0.20\n', address);
      }
      const lifetime = ['-H', 'X-aws-ec2-metadata-token-ttl-seconds: 60'];
      const { stdout } = await curl(
        red.vm,
        ...['--interface', address, '-X', 'PUT', ...lifetime, `${metadata}/api/token`],
      );
      const [token = '', status] = stdout.split('\n');
      assert.equal(status, '200', address);
      assert.equal((await read(red.vm, token, 'meta-data/local-ipv4')).body, '10.0.0.10', 'one interface');
    }
    await give([]);
    assert.doesNotMatch(await ask('10.0.0.30', '@10.0.0.2'), /^10\./);
    for (const address of own) await red.vm.run('ip', ['address', 'del', `${address}/32`, 'dev', 'eth0']);
  });

  it('are found by machines that take link-local addresses for near', async () => {
    await green.run('ip', ['route', 'add', '169.254.0.0/16', 'dev', 'eth0']);
    assert.equal(await short(green, '@169.254.169.253', 'ip-10-0-0-10.red.test'), '10.0.0.10');
    await session(green);
    await green.run('ip', ['route', 'del', '169.254.0.0/16', 'dev', 'eth0']);
  });

  it('go on with the controller away', async () => {
    await cloud.controller.kill9();
    assert.equal(await short(red.vm, '@10.0.0.2', 'ip-10-0-0-20.red.test'), '10.0.0.20');
    const token = await session(red.vm);
    assert.equal((await read(red.vm, token, 'meta-data/local-ipv4')).body, '10.0.0.10');
    await cloud.controller.restart();
    await eventually('both hosts to be back', async () => {
      const hosts = (await cloud.client.listAll('host')).items;
      return hosts.every(({ liveness }) => liveness.openflow === 'up');
    });
    assert.equal(await short(blue.vm, '@10.0.0.2', '-x', '10.0.0.10'), 'ip-10-0-0-10.ec2.internal.');
  });

  it('are silent in a VPC that does not want DNS', async () => {
    await cloud.applied(
      cloud.client.update('vpc', red.vpc.id, { spec: { enableDnsSupport: false } }, { waitSeconds: 10 }),
    );
    assert.doesNotMatch(await dig(red.vm, '@10.0.0.2', 'ip-10-0-0-20.red.test'), /status:/);
  });
});
