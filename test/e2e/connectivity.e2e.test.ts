import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ResourceOf } from '@weft/controller/resources';
import { Cloud, type CloudVm } from './support/cloud.ts';

describe('a VPC on two hosts', () => {
  let cloud: Cloud;
  let web: ResourceOf<'subnet'>;
  let one: CloudVm;
  let sameHost: CloudVm;
  let otherHost: CloudVm;
  let otherSubnet: CloudVm;

  before(async () => {
    cloud = await Cloud.start();
    const vpc = await cloud.vpc();
    web = await cloud.subnet(vpc.id, '10.0.1.0/24');
    const database = await cloud.subnet(vpc.id, '10.0.2.0/24');
    one = await cloud.vm(cloud.host(0), web);
    sameHost = await cloud.vm(cloud.host(0), web);
    otherHost = await cloud.vm(cloud.host(1), web);
    otherSubnet = await cloud.vm(cloud.host(1), database);
  });
  after(() => cloud[Symbol.asyncDispose]());

  const ttl = (output: string) => /ttl=(\d+)/.exec(output)?.[1];

  it('gives each VM its address, mask, router and MTU by DHCP', async () => {
    const lease = await one.dhcp();
    assert.equal(lease.ip, one.address);
    assert.equal(lease.router, '10.0.1.1');
    assert.equal(lease.mtu, '1442');
    assert.equal(lease.serverid, '10.0.1.1');
    assert.equal(lease.lease, '3600');
    assert.equal(lease.mask, '24');
  });

  it('also serves dhclient', async () => {
    const directory = one.host.directory;
    const files = ['-lf', `${directory}/dhclient.leases`, '-pf', `${directory}/dhclient.pid`];
    const result = await sameHost.exec('dhclient', ['-1', '-v', '-sf', '/bin/true', ...files, 'eth0'], {
      timeoutMs: 30_000,
    });
    assert.match(result.stderr, new RegExp(`bound to ${sameHost.address.replaceAll('.', '\\.')}`));
    await sameHost.exec('dhclient', ['-x', '-sf', '/bin/true', ...files, 'eth0']);
  });

  it('switches inside a subnet, on one host and across hosts, without touching the TTL', async () => {
    for (const peer of [sameHost, otherHost]) {
      const result = await one.ping(peer.address);
      assert.equal(result.received, result.sent, result.output);
      assert.equal(ttl(result.output), '64');
    }
  });

  it('routes between subnets and takes one from the TTL', async () => {
    const result = await one.ping(otherSubnet.address);
    assert.equal(result.received, result.sent, result.output);
    assert.equal(ttl(result.output), '63');
    const expired = await one.exec('ping', ['-c1', '-W1', '-t1', otherSubnet.address]);
    assert.notEqual(expired.code, 0);
  });

  it('carries TCP and UDP across hosts', async () => {
    await using servers = new AsyncDisposableStack();
    servers.adopt(await otherHost.tcpListen(7000), (server) => server.close());
    servers.adopt(await otherSubnet.udpListen(7001), (server) => server.close());
    assert.ok((await one.tcpConnect(otherHost.address, 7000)).connected);
    assert.ok((await one.udpExchange(otherSubnet.address, 7001)).connected);
  });

  it('answers for the gateway of the own subnet and for no other', async () => {
    assert.equal((await one.ping('10.0.1.1')).received, 3);
    assert.equal((await one.ping('10.0.2.1', { count: 1 })).received, 0);
  });

  it('answers no ARP for addresses that nobody has', async () => {
    const found = await one.exec('arping', ['-c2', '-w2', '-I', 'eth0', otherHost.address]);
    assert.equal(found.code, 0, found.stdout);
    const missing = await one.exec('arping', ['-c2', '-w2', '-I', 'eth0', '10.0.1.99']);
    assert.notEqual(missing.code, 0, missing.stdout);
  });

  it('removes every flow of a port that disappears', async () => {
    const flows = async () =>
      (await cloud.host(1).dumpFlows()).map((flow) =>
        flow.text.replace(/n_(packets|bytes)=\d+|duration=\S+/g, ''),
      );
    const beforeBinding = (await flows()).length;
    const gone = await cloud.vm(cloud.host(1), web);
    assert.ok((await flows()).length > beforeBinding);
    assert.equal((await one.ping(gone.address)).received, 3);
    await gone.close();
    const { eventually } = await import('./support/cloud.ts');
    await eventually('the flows are gone', async () => (await flows()).length === beforeBinding);
    assert.equal((await one.ping(gone.address, { count: 1 })).received, 0);
    const mac = gone.mac.toLowerCase();
    assert.equal((await flows()).filter((flow) => flow.includes(mac)).length, 0);
  });
});
