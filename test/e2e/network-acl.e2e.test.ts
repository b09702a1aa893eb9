import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { NetworkAclEntry, ResourceOf } from '@weft/controller/resources';
import { Cloud, type CloudVm } from './support/cloud.ts';

const anywhere = { protocol: 'all', cidrIpv4: '0.0.0.0/0' } as const;
const allowIn: NetworkAclEntry = { number: 100, direction: 'ingress', action: 'allow', ...anywhere };
const allowOut: NetworkAclEntry = { number: 100, direction: 'egress', action: 'allow', ...anywhere };
const port80 = { protocol: 'tcp', fromPort: 80, toPort: 80, cidrIpv4: '0.0.0.0/0' } as const;
const repliesOut: NetworkAclEntry = {
  number: 110,
  direction: 'egress',
  action: 'allow',
  protocol: 'tcp',
  fromPort: 1024,
  toPort: 65535,
  cidrIpv4: '10.0.1.0/24',
};

/** A client outside the guarded subnet, a server inside it on another host, and a neighbour of the server beside the client. */
describe('network ACLs', () => {
  let cloud: Cloud;
  let guarded: ResourceOf<'subnet'>;
  let acl: ResourceOf<'network-acl'>;
  let client: CloudVm;
  let server: CloudVm;
  let neighbour: CloudVm;
  const resources = new AsyncDisposableStack();

  before(async () => {
    cloud = await Cloud.start();
    const vpc = await cloud.vpc();
    const open = await cloud.subnet(vpc.id, '10.0.1.0/24');
    guarded = await cloud.subnet(vpc.id, '10.0.2.0/24');
    acl = await cloud.client.create('network-acl', { spec: { vpcId: vpc.id } });
    const groups = [await cloud.group(vpc.id, 'open', ['all from 0.0.0.0/0'])];
    client = await cloud.vm(cloud.host(0), open, { groups });
    server = await cloud.vm(cloud.host(1), guarded, { groups });
    neighbour = await cloud.vm(cloud.host(0), guarded, { groups });
    for (const port of [80, 81]) {
      resources.adopt(await server.tcpListen(port), (listener) => listener.close());
    }
    resources.adopt(await client.tcpListen(80), (listener) => listener.close());
  });
  after(async () => {
    await resources.disposeAsync();
    await cloud[Symbol.asyncDispose]();
  });

  const useAcl = (networkAclId: string | null) =>
    cloud.applied(cloud.client.update('subnet', guarded.id, { spec: { networkAclId } }, { waitSeconds: 10 }));
  const setEntries = (...entries: NetworkAclEntry[]) =>
    cloud.applied(cloud.client.update('network-acl', acl.id, { spec: { entries } }, { waitSeconds: 10 }));
  const connects = async (from: CloudVm, to: CloudVm, port: number) =>
    (await from.tcpConnect(to.address, port, { timeoutMs: 700 })).connected;
  const pings = async (from: CloudVm, to: CloudVm) =>
    (await from.ping(to.address, { count: 1, timeout: 0.7 })).received === 1;

  it('the one of the VPC allows everything; a new one without entries denies everything', async () => {
    assert.deepEqual([await pings(client, server), await connects(client, server, 80)], [true, true]);
    await useAcl(acl.id);
    assert.deepEqual([await pings(client, server), await connects(client, server, 80)], [false, false]);
    assert.deepEqual([await pings(server, client), await connects(server, client, 80)], [false, false]);
  });

  it('does not judge what stays in its subnet, also between hosts', async () => {
    assert.deepEqual([await pings(neighbour, server), await connects(neighbour, server, 80)], [true, true]);
  });

  it('is stateless: replies need an entry of their own', async () => {
    await setEntries({ number: 100, direction: 'ingress', action: 'allow', ...port80 });
    assert.equal(await connects(client, server, 80), false, 'the reply may not leave');
    await setEntries({ number: 100, direction: 'ingress', action: 'allow', ...port80 }, repliesOut);
    assert.equal(await connects(client, server, 80), true);
    assert.equal(await connects(client, server, 81), false);
    assert.equal(await connects(server, client, 80), false, 'port 80 may not be reached from inside');
  });

  it('the lowest number that matches decides', async () => {
    const deny80: NetworkAclEntry = { number: 90, direction: 'ingress', action: 'deny', ...port80 };
    await setEntries(deny80, allowIn, allowOut);
    assert.deepEqual([await connects(client, server, 80), await connects(client, server, 81)], [false, true]);
    assert.equal(await connects(server, client, 80), true, 'only what enters on port 80 is denied');
    await setEntries({ ...deny80, number: 101 }, allowIn, allowOut);
    assert.equal(await connects(client, server, 80), true, 'a higher number comes too late');
    const allowClient: NetworkAclEntry = { ...allowIn, number: 80, cidrIpv4: `${client.address}/32` };
    await setEntries(allowClient, { ...allowIn, number: 85, action: 'deny' }, allowOut);
    assert.equal(await connects(client, server, 80), true);
    await setEntries({ ...allowClient, cidrIpv4: '10.0.1.250/32' }, { ...deny80, number: 85 }, allowOut);
    assert.equal(await connects(client, server, 80), false, 'the entry is for another address');
  });

  it('fragments pass by entries for their protocol, and not by those for a type, which only the first one has', async () => {
    const pingsLarge = async () => {
      const large = ['-n', '-c', '1', '-W', '1', '-M', 'dont', '-s', '3000', server.address];
      return (await client.exec('ping', large)).code === 0;
    };
    const icmp = (icmpType?: number) => ({
      protocol: 'icmp' as const,
      cidrIpv4: '0.0.0.0/0',
      ...(icmpType === undefined ? {} : { icmpType, icmpCode: 0 }),
    });
    await setEntries({ ...allowIn, ...icmp() }, { ...allowOut, ...icmp() });
    assert.deepEqual([await pings(client, server), await pingsLarge()], [true, true]);
    await setEntries({ ...allowIn, ...icmp(8) }, { ...allowOut, ...icmp(0) });
    assert.deepEqual([await pings(client, server), await pingsLarge()], [true, false]);
    await setEntries({ ...allowIn, ...icmp(), action: 'deny' }, allowOut);
    assert.deepEqual([await pings(client, server), await pingsLarge()], [false, false]);
  });

  it('a change acts at once on a connection that is open, and back', async () => {
    await setEntries(allowIn, allowOut);
    const connection = await client.tcpOpen(server.address, 80, { timeoutMs: 700 });
    assert.ok((await connection.exchange('before')).connected);
    await setEntries({ ...allowIn, action: 'deny' }, allowOut);
    assert.equal((await connection.exchange('while denied')).connected, false);
    await connection.close();
    await setEntries(allowIn, allowOut);
    assert.equal(await connects(client, server, 80), true);
    await setEntries(allowIn, { ...allowOut, action: 'deny' });
    assert.equal(await pings(client, server), false, 'the answer may not leave');
    await useAcl(null);
    assert.equal(await pings(client, server), true, 'the ACL of the VPC again');
  });
});
