import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ResourceOf } from '@weft/controller/resources';
import { Cloud, type CloudVm, eventually } from './support/cloud.ts';

/** What DHCP tells real clients: udhcpc and dhclient. */
describe('DHCP options', () => {
  let cloud: Cloud;
  let vpc: ResourceOf<'vpc'>;
  let options: ResourceOf<'dhcp-options'>;
  let vm: CloudVm;

  before(async () => {
    cloud = await Cloud.start({ hosts: 1 });
    vpc = await cloud.vpc();
    options = await cloud.client.create('dhcp-options', {
      spec: {
        domainName: 'weft.test',
        domainNameServers: ['provided', '192.0.2.53'],
        ntpServers: ['192.0.2.123'],
        netbiosNameServers: ['192.0.2.137', '192.0.2.138'],
        netbiosNodeType: 2,
        leaseSeconds: 1200,
      },
    });
    const subnet = await cloud.subnet(vpc.id, '10.0.0.0/24');
    vm = await cloud.vm(cloud.host(0), subnet, { dhcp: false, address: '10.0.0.9' });
  });
  after(() => cloud[Symbol.asyncDispose]());

  const use = (dhcpOptionsId: string | null) =>
    cloud.applied(cloud.client.update('vpc', vpc.id, { spec: { dhcpOptionsId } }, { waitSeconds: 10 }));

  /** Asks with udhcpc and returns what its script sees. */
  async function udhcpc(...more: string[]): Promise<Map<string, string>> {
    const script = '/tmp/weft-udhcpc-print';
    await vm.run('sh', [
      '-c',
      `printf '#!/bin/sh\\n[ "$1" = bound ] && env\\nexit 0\\n' > ${script}; chmod +x ${script}`,
    ]);
    const asked = ['dns', 'domain', 'ntpsrv', 'wins', 'mtu', 'staticroutes', 'lease'].flatMap((one) => [
      '-O',
      one,
    ]);
    const text = await vm.run('busybox', [
      ...['udhcpc', '-i', 'eth0', '-f', '-q', '-n', '-T', '1', '-s', script],
      ...asked,
      ...more,
    ]);
    return new Map(text.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
  }

  it('are those of the region until the VPC uses a set', async () => {
    const told = await udhcpc();
    assert.equal(told.get('ip'), '10.0.0.9');
    assert.equal(told.get('subnet'), '255.255.255.0');
    assert.equal(told.get('router'), '10.0.0.1');
    assert.equal(told.get('dns'), '10.0.0.2');
    assert.match(told.get('domain') ?? '', /\.internal$/);
    assert.equal(told.get('hostname'), 'ip-10-0-0-9');
    assert.equal(told.get('mtu'), '1442');
    assert.equal(told.get('lease'), '3600');
    assert.equal(told.get('ntpsrv'), undefined);
    assert.equal(told.get('wins'), undefined);
  });

  it('follow the set of the VPC, and the default again', async () => {
    await use(options.id);
    const told = await udhcpc();
    assert.equal(told.get('dns'), '10.0.0.2 192.0.2.53');
    assert.equal(told.get('domain'), 'weft.test');
    assert.equal(told.get('ntpsrv'), '192.0.2.123');
    assert.equal(told.get('wins'), '192.0.2.137 192.0.2.138');
    assert.equal(told.get('lease'), '1200');
    assert.equal(
      told.get('staticroutes'),
      '169.254.169.253/32 10.0.0.1 169.254.169.254/32 10.0.0.1 0.0.0.0/0 10.0.0.1',
    );
    await use(null);
    assert.equal((await udhcpc()).get('dns'), '10.0.0.2');
    await use(options.id);
  });

  it('reach dhclient, which takes the address, renews it and gives it back', async () => {
    const files = '/tmp/weft-dhclient';
    await vm.run('sh', ['-c', `rm -rf ${files}; mkdir ${files}`]);
    const config = [
      'request subnet-mask, routers, domain-name, domain-name-servers, ntp-servers, interface-mtu, host-name,',
      '  netbios-name-servers, netbios-node-type;',
      'timeout 10;',
    ].join('\n');
    await vm.run('sh', ['-c', `cat > ${files}/conf`], { input: config });
    const args = ['-4', '-v', '-cf', `${files}/conf`, '-lf', `${files}/leases`, '-pf', `${files}/pid`];
    await vm.run('dhclient', [...args, '-sf', '/bin/true', '-1', 'eth0'], { timeoutMs: 20_000 });
    const leases = await vm.run('cat', [`${files}/leases`]);
    for (const line of [
      'fixed-address 10.0.0.9;',
      'option subnet-mask 255.255.255.0;',
      'option routers 10.0.0.1;',
      'option domain-name-servers 10.0.0.2,192.0.2.53;',
      'option domain-name "weft.test";',
      'option ntp-servers 192.0.2.123;',
      'option netbios-name-servers 192.0.2.137,192.0.2.138;',
      'option netbios-node-type 2;',
      'option interface-mtu 1442;',
      'option host-name "ip-10-0-0-9";',
      'option dhcp-lease-time 1200;',
      'option dhcp-renewal-time 600;',
      'option dhcp-rebinding-time 1050;',
      'option dhcp-server-identifier 10.0.0.1;',
    ]) {
      assert.ok(leases.includes(line), `${line} is not in ${leases}`);
    }
    const released = await vm.exec('dhclient', [...args, '-sf', '/bin/true', '-r', 'eth0'], {
      timeoutMs: 20_000,
    });
    assert.match(released.stderr, /DHCPRELEASE/);
  });

  it('refuse an address that is not of the interface, and give the right one', async () => {
    const told = await udhcpc('-r', '10.0.0.77', '-v');
    assert.equal(told.get('ip'), '10.0.0.9');
  });

  it('are told while the controller is away', async () => {
    await cloud.controller.kill9();
    const told = await udhcpc();
    assert.equal(told.get('domain'), 'weft.test');
    await cloud.controller.restart();
    await eventually('the host to be back', async () => {
      const { liveness } = await cloud.client.get('host', cloud.host(0).name);
      return liveness.openflow === 'up';
    });
    assert.equal((await udhcpc()).get('domain'), 'weft.test');
  });
});
