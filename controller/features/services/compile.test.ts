import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServiceRecord } from '../../resources/index.ts';
import { assertRefused } from '../../testing/assertions.ts';
import { companions, fragment } from '../../testing/golden.ts';
import { cloud, dualStackCloud, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const servicePort = 65000;
const unicast = 'dl_dst=00:00:00:00:00:00/01:00:00:00:00:00';

/** A host with services, a VPC, and a bound interface. */
async function served(world: World) {
  await world.host(1, { servicePort });
  const { vpc, subnet } = await network(world);
  const port = await world.create('network-interface', { subnetId: subnet.id });
  await world.bind('host-1', port.id, 10);
  const flows = () => fragment(world, 'services.interface', `host-1/${port.id}`)?.flows ?? [];
  return { vpc, subnet, port, flows };
}

/** The record that the flows of an interface carry. */
function recordIn(flows: readonly string[]): ServiceRecord {
  const note = flows.map((flow) => /note:([0-9a-f.]+)/.exec(flow)?.[1]).find((found) => found !== undefined);
  assert.ok(note, 'no flow has a note');
  const text = Buffer.from(note.replaceAll('.', ''), 'hex').toString();
  return JSON.parse(text.replace(/\0+$/, '')) as ServiceRecord;
}

describe('questions to services', () => {
  it('of metadata are the same everywhere', async () => {
    await using world = await World.create();
    assert.deepEqual(fragment(world, 'services.metadata', 'metadata'), {
      scope: 'global',
      number: 0,
      flows: [
        `table=admit, priority=280,tcp,${unicast},nw_dst=169.254.169.254,tp_dst=80 actions=goto_table:service`,
        'table=admit, priority=280,arp,arp_tpa=169.254.169.254,arp_op=1 actions=set_field:0xa9fea9fe->reg15,set_field:02:57:0f:00:00:00->eth_dst,goto_table:arp-reply',
        `table=admit, priority=280,tcp6,${unicast},ipv6_dst=fd00:ec2::254,tp_dst=80 actions=goto_table:service`,
      ],
    });
  });

  it('of DNS are those of a VPC, at its base address + 2 and the link-local one, if it wants them', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const flows = () => fragment(world, 'services.dns', vpc.id)?.flows;
    const base = 'set_field:169.254.169.252->ip_dst,goto_table:service';
    assert.deepEqual(flows(), [
      `table=admit, priority=280,udp,metadata=0x1,${unicast},nw_dst=169.254.169.253,tp_dst=53 actions=goto_table:service`,
      `table=admit, priority=280,udp,metadata=0x1,${unicast},nw_dst=10.0.0.2,tp_dst=53 actions=${base}`,
      `table=admit, priority=280,tcp,metadata=0x1,${unicast},nw_dst=169.254.169.253,tp_dst=53 actions=goto_table:service`,
      `table=admit, priority=280,tcp,metadata=0x1,${unicast},nw_dst=10.0.0.2,tp_dst=53 actions=${base}`,
      'table=admit, priority=280,arp,metadata=0x1,arp_tpa=169.254.169.253,arp_op=1 actions=set_field:0xa9fea9fd->reg15,set_field:02:57:0f:00:00:00->eth_dst,goto_table:arp-reply',
      'table=admit, priority=280,arp,metadata=0x1,arp_tpa=10.0.0.2,arp_op=1 actions=set_field:0xa000002->reg15,set_field:02:57:0f:00:00:00->eth_dst,goto_table:arp-reply',
    ]);
    await world.update('vpc', vpc.id, { enableDnsSupport: false });
    assert.equal(flows(), undefined);
  });

  it('go to the services under the address of the slot, metered, and answers come back to the port', async () => {
    await using world = await World.create();
    const { port, flows } = await served(world);
    const back =
      'set_field:10.0.0.0/16->ip_dst,set_field:02:57:01:00:00:01->eth_src,set_field:02:57:00:00:00:01->eth_dst,output:10';
    const [question, metadata, ...answers] = flows();
    assert.equal(
      question,
      'table=service, priority=100,ip,reg1=0x1,nw_src=10.0.1.4 actions=meter:3,set_field:1.1.0.0/16->ip_src,set_field:02:57:0f:00:00:00->eth_dst,output:65000',
    );
    assert.match(
      metadata?.replace(/note:[0-9a-f.]+/, 'note') ?? '',
      /^table=service-reply, priority=100,ip,nw_src=169\.254\.169\.254,nw_dst=1\.1\.0\.0\/16 actions=note,set_field:1->nw_ttl,/,
    );
    assert.ok(metadata?.endsWith(back));
    assert.deepEqual(answers, [
      `table=service-reply, priority=100,ip,nw_src=169.254.169.253,nw_dst=1.1.0.0/16 actions=set_field:64->nw_ttl,${back}`,
      `table=service-reply, priority=100,ip,nw_src=169.254.169.252,nw_dst=1.1.0.0/16 actions=set_field:64->nw_ttl,set_field:10.0.0.2->ip_src,${back}`,
    ]);
    const found = companions(world, 'services.interface', `host-1/${port.id}`);
    assert.deepEqual(
      found?.before.map((message) => message.type === 'meter-mod' && [message.command, message.meter]),
      [
        ['delete', 3],
        ['add', 3],
      ],
    );
    assert.equal(found?.whenGone?.length, 1);
  });

  it('come from each address of an interface', async () => {
    await using world = await World.create();
    const { port, flows } = await served(world);
    const asking = () => flows().flatMap((flow) => /^table=service,.*nw_src=([0-9.]+)/.exec(flow)?.[1] ?? []);
    const before = flows().length;
    await world.update('network-interface', port.id, {
      secondaryPrivateAddresses: ['10.0.1.9', '10.0.1.200'],
    });
    assert.deepEqual(asking(), ['10.0.1.4', '10.0.1.9', '10.0.1.200']);
    assert.equal(flows().length, before + 2, 'one way back is for all');
    await world.update('network-interface', port.id, { secondaryPrivateAddresses: ['10.0.1.200'] });
    assert.deepEqual(asking(), ['10.0.1.4', '10.0.1.200']);
  });

  it('come over IPv6 in VPCs that have it, to DNS, and to metadata where the instance wants it', async () => {
    await using world = await World.create();
    await world.host(1, { servicePort });
    const { vpc, subnet } = await network(world);
    const dns = () => fragment(world, 'services.dns', vpc.id)?.flows.filter((flow) => /fd00/.test(flow));
    assert.deepEqual(dns(), []);
    await world.update('vpc', vpc.id, { ipv6CidrBlock: 'fd00:1:2:300::/56' });
    assert.deepEqual(
      dns(),
      ['udp6', 'tcp6'].map(
        (transport) =>
          `table=admit, priority=280,${transport},metadata=0x1,${unicast},ipv6_dst=fd00:ec2::253,tp_dst=53 actions=goto_table:service`,
      ),
    );
    await world.update('subnet', subnet.id, { ipv6CidrBlock: 'fd00:1:2:301::/64' });
    const port = await world.create('network-interface', { subnetId: subnet.id, ipv6AddressCount: 2 });
    await world.bind('host-1', port.id, 10);
    const flows = () =>
      fragment(world, 'services.interface', `host-1/${port.id}`)?.flows.filter((flow) => /ipv6/.test(flow));
    const ask = (address: string, more = '') =>
      `table=service, priority=100,ipv6,reg1=0x1,ipv6_src=fd00:1:2:301::${address}${more} actions=meter:3,set_field:fd57:0:0:1::/64->ipv6_src,set_field:02:57:0f:00:00:00->eth_dst,output:65000`;
    const answer = (address: string, hops: number) =>
      `table=service-reply, priority=100,ipv6,ipv6_src=fd00:ec2::${address},ipv6_dst=fd57:0:0:1::/64 actions=set_field:${hops}->nw_ttl,set_field:fd00:1:2:301::/64->ipv6_dst,set_field:02:57:01:00:00:01->eth_src,set_field:02:57:00:00:00:01->eth_dst,output:10`;
    const dnsAlone = ',ipv6_dst=fd00:ec2::253';
    assert.deepEqual(flows(), [ask('4', dnsAlone), ask('5', dnsAlone), answer('253', 64)]);
    const spec = { networkInterfaceIds: [port.id], metadataIpv6: true, metadataHopLimit: 2 };
    const instance = await world.create('instance', spec);
    assert.deepEqual(flows(), [ask('4'), ask('5'), answer('253', 64), answer('254', 2)]);
    await world.update('instance', instance.id, { metadataIpv6: false });
    assert.deepEqual(flows(), [ask('4', dnsAlone), ask('5', dnsAlone), answer('253', 64)]);
    await world.update('network-interface', port.id, { ipv6Addresses: [] });
    assert.deepEqual(flows(), []);
  });

  it('are of no use on a host without services', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const port = await world.create('network-interface', { subnetId: subnet.id });
    await world.bind('host-1', port.id, 10);
    assert.equal(fragment(world, 'services.interface', `host-1/${port.id}`), undefined);
    assert.equal(fragment(world, 'services.host', 'host-1'), undefined);
  });
});

describe('what services know of an interface', () => {
  it('is itself, its place, its groups and its names', async () => {
    await using world = await World.create();
    const { vpc, subnet, port, flows } = await served(world);
    assert.deepEqual(recordIn(flows()), {
      interfaceId: port.id,
      account: '123456789012',
      region: 'us-east-1',
      zone: 'zone-a',
      address: '10.0.1.4',
      mac: '02:57:00:00:00:01',
      hostname: 'ip-10-0-1-4.ec2.internal',
      groups: [{ id: vpc.spec.defaultSecurityGroupId, name: 'default' }],
      subnet: { id: subnet.id, cidr: '10.0.1.0/24' },
      vpc: { id: vpc.id, number: vpc.number, cidrs: ['10.0.0.0/16'] },
      dns: { enabled: true, domains: ['ec2.internal'], publicDomain: 'compute-1.amazonaws.com' },
    });
    const options = await world.create('dhcp-options', { domainName: 'a.b' });
    await world.update('vpc', vpc.id, { dhcpOptionsId: options.id });
    assert.deepEqual(recordIn(flows()).dns.domains, ['a.b', 'ec2.internal']);
    assert.equal(recordIn(flows()).hostname, 'ip-10-0-1-4.a.b');
  });

  it('is its instance, too, with its user data, its tags and how far answers go', async () => {
    await using world = await World.create();
    const { port, flows } = await served(world);
    const userData = Buffer.from('#!/bin/sh\n').toString('base64');
    const instance = await world.create('instance', {
      networkInterfaceIds: [port.id],
      imageId: 'ami-1',
      userData,
      metadataHopLimit: 3,
    });
    assert.match(flows().join(), /set_field:3->nw_ttl/);
    assert.deepEqual(recordIn(flows()).instance, {
      id: instance.id,
      imageId: 'ami-1',
      startedAt: instance.createdAt,
      device: 0,
      tags: {},
      userData,
    });
    await world.run((draft) => draft.update(instance, { tags: { Name: 'web' } }));
    assert.deepEqual(recordIn(flows()).instance?.tags, { Name: 'web' });
    const tags = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`t${i}`, '…'.repeat(500)]));
    await world.run((draft) => draft.update(world.get('instance', instance.id), { tags }));
    assert.deepEqual(recordIn(flows()).instance?.tags, {}, 'more than a flow can carry');
    await world.remove('instance', instance.id);
    assert.equal(recordIn(flows()).instance, undefined);
  });

  it('is where the other interfaces of its instance are, on the same host', async () => {
    await using world = await World.create();
    const { subnet, port, flows } = await served(world);
    await world.host(2, { servicePort });
    const create = async () => (await world.create('network-interface', { subnetId: subnet.id })).id;
    const [second, third] = [await create(), await create()];
    const { id } = await world.create('instance', { networkInterfaceIds: [port.id, second] });
    const others = () => recordIn(flows()).instance?.others;
    assert.equal(others(), undefined, 'nowhere yet');
    await world.bind('host-1', second, 11);
    assert.deepEqual(others(), [2]);
    const ofSecond = () => fragment(world, 'services.interface', `host-1/${second}`)?.flows ?? [];
    assert.deepEqual(recordIn(ofSecond()).instance?.others, [1]);
    await world.update('network-interface', third, { instanceId: id });
    await world.bind('host-2', third, 10);
    assert.deepEqual(others(), [2], 'not on another host');
    await world.bind('host-1', third, 12);
    assert.deepEqual(others(), [2, 3]);
    await world.update('network-interface', second, { instanceId: null });
    assert.deepEqual(others(), [3]);
    await world.unbind('host-1', third);
    assert.equal(others(), undefined);
  });

  it('is every address that it has, with what is public of them', async () => {
    await using world = await World.create();
    await world.host(3, { servicePort });
    const { vpc, subnet } = await dualStackCloud(world);
    const port = await world.create('network-interface', {
      subnetId: subnet.id,
      secondaryPrivateAddresses: ['10.0.1.50'],
    });
    await world.bind('host-3', port.id, 10);
    const record = () => {
      const { publicAddresses, publicName, secondaryAddresses, ipv6Addresses, subnet, vpc } = recordIn(
        fragment(world, 'services.interface', `host-3/${port.id}`)?.flows ?? [],
      );
      return {
        publicAddresses,
        publicName,
        secondaryAddresses,
        ipv6Addresses,
        blocks: [subnet.ipv6Cidr, vpc.ipv6Cidr],
      };
    };
    const { privateAddress } = port.spec;
    const addresses = { secondaryAddresses: ['10.0.1.50'], ipv6Addresses: port.spec.ipv6Addresses };
    const blocks = [subnet.spec.ipv6CidrBlock, vpc.spec.ipv6CidrBlock];
    assert.deepEqual(record(), { ...addresses, blocks, publicAddresses: undefined, publicName: undefined });
    const second = await world.create('elastic-ip', {
      networkInterfaceId: port.id,
      privateAddress: '10.0.1.50',
    });
    await world.update('vpc', vpc.id, { enableDnsHostnames: true });
    const ofSecond = { address: second.spec.address, privateAddress: '10.0.1.50' };
    assert.deepEqual([record().publicAddresses, record().publicName], [[ofSecond], undefined]);
    const { spec } = await world.create('elastic-ip', { networkInterfaceId: port.id });
    assert.deepEqual(record().publicAddresses, [{ address: spec.address, privateAddress }, ofSecond]);
    assert.equal(record().publicName, `ec2-${spec.address.replaceAll('.', '-')}.compute-1.amazonaws.com`);
    await world.update('vpc', vpc.id, { enableDnsHostnames: false });
    assert.equal(record().publicName, undefined);
  });

  it('is bounded: user data of more than 16 KiB is refused', async () => {
    await using world = await World.create();
    const { port } = await served(world);
    const userData = Buffer.alloc(16 * 1024 + 1).toString('base64');
    const spec = { networkInterfaceIds: [port.id], userData };
    await assertRefused(world, () => world.create('instance', spec), {
      code: 'invalid-value',
      field: 'spec.userData',
      value: `${userData.slice(0, 20)}…`,
    });
  });

  it('changes on its own host alone', async () => {
    await using world = await World.create();
    const { port } = await served(world);
    await world.create('instance', { networkInterfaceIds: [port.id] });
    const touched = [...(world.changes.at(-1)?.scopes ?? [])].flatMap(([scope, changes]) =>
      changes.map(({ after }) => `${scope} ${after?.key}`),
    );
    assert.deepEqual(touched, [`host:host-1 8:host-1/${port.id}`]);
  });
});
