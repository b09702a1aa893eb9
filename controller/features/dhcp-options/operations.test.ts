import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, deeds } from '../../testing/assertions.ts';
import { network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { dhcpSettings } from './settings.ts';

describe('a set of DHCP options', () => {
  it('is made with what it is to say', async () => {
    await using world = await World.create();
    const spec = { domainName: 'example.internal', domainNameServers: ['provided', '192.0.2.53'] };
    const options = await world.create('dhcp-options', spec);
    assert.match(options.id, /^dopt-[0-9a-f]{17}$/);
    assert.deepEqual(options.spec, spec);
    assert.deepEqual(deeds(world.commits.at(-1)), ['+dhcp-options']);
  });

  it('says something, and names machines', async () => {
    await using world = await World.create();
    await assertRefused(world, () => world.create('dhcp-options', {}), {
      code: 'missing-field',
      field: 'spec',
      value: {},
    });
    for (const value of [
      '::',
      '::1',
      'fe80::1',
      'febf::1',
      'ff02::1',
      '0.0.0.0',
      '127.0.0.53',
      '224.0.0.1',
      '255.255.255.255',
      '10.0.0.256',
    ]) {
      await assertRefused(
        world,
        () => world.create('dhcp-options', { domainNameServers: ['provided', value] }),
        { code: 'invalid-value', field: 'spec.domainNameServers[1]', value },
      );
      for (const list of ['ntpServers', 'netbiosNameServers']) {
        await assertRefused(world, () => world.create('dhcp-options', { [list]: [value] }), {
          code: 'invalid-value',
          field: `spec.${list}[0]`,
          value,
        });
      }
    }
  });

  it('has IPv6 servers in canonical form, and at most four of each kind', async () => {
    await using world = await World.create();
    const servers = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
    const four = [...servers('192.0.2.', 3), 'provided', ...servers('2001:db8::', 4)];
    const { spec } = await world.create('dhcp-options', {
      domainNameServers: four,
      ntpServers: ['2001:DB8:0::1'],
      ipv6PreferredLeaseSeconds: 140,
    });
    assert.deepEqual(spec, {
      domainNameServers: four,
      ntpServers: ['2001:db8::1'],
      ipv6PreferredLeaseSeconds: 140,
    });
    for (const [list, index] of [
      [['provided', ...servers('192.0.2.', 4)], 4],
      [['192.0.2.1', ...servers('2001:db8::', 5)], 5],
    ] as const) {
      await assertRefused(world, () => world.create('dhcp-options', { domainNameServers: list }), {
        code: 'invalid-value',
        field: `spec.domainNameServers[${index}]`,
        value: list[index] as string,
      });
    }
    await assertRefused(world, () => world.create('dhcp-options', { ntpServers: ['2001:db8::g'] }), {
      code: 'invalid-value',
      field: 'spec.ntpServers[0]',
      value: '2001:db8::g',
    });
  });

  it('stays while a VPC uses it', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const options = await world.create('dhcp-options', { leaseSeconds: 600 });
    await world.update('vpc', vpc.id, { dhcpOptionsId: options.id });
    await assertRefused(world, () => world.remove('dhcp-options', options.id), {
      code: 'in-use',
      field: 'id',
      value: options.id,
    });
    await world.update('vpc', vpc.id, { dhcpOptionsId: null });
    assert.equal(world.get('vpc', vpc.id).spec.dhcpOptionsId, undefined);
    await world.remove('dhcp-options', options.id);
    assert.equal(world.topology.count('dhcp-options'), 0);
  });

  it('must be there for a VPC to use it, and stays when other attributes change', async () => {
    await using world = await World.create();
    const dhcpOptionsId = 'dopt-0123456789abcdef0';
    const refusal = { code: 'unknown-reference', field: 'spec.dhcpOptionsId', value: dhcpOptionsId } as const;
    await assertRefused(
      world,
      () => world.create('vpc', { cidrBlock: '10.0.0.0/16', dhcpOptionsId }),
      refusal,
    );
    const options = await world.create('dhcp-options', { leaseSeconds: 600 });
    const vpc = await world.create('vpc', { cidrBlock: '10.0.0.0/16', dhcpOptionsId: options.id });
    assert.equal(vpc.spec.dhcpOptionsId, options.id);
    await assertRefused(world, () => world.update('vpc', vpc.id, { dhcpOptionsId }), refusal);
    const changed = await world.update('vpc', vpc.id, { enableDnsHostnames: true });
    assert.equal(changed.spec.dhcpOptionsId, options.id);
    assert.equal(changed.spec.enableDnsHostnames, true);
  });

  it('is by default that of the region', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    assert.deepEqual(dhcpSettings(world.topology, vpc), {
      domainName: 'ec2.internal',
      nameServers: [0x0a000002],
      ntpServers: [],
      netbiosNameServers: [],
      leaseSeconds: 3600,
      ipv6NameServers: [0xfd00_0ec2_0000_0000_0000_0000_0000_0253n],
      ipv6NtpServers: [],
      ipv6PreferredSeconds: 3600,
    });
    const without = { ...vpc, spec: { ...vpc.spec, enableDnsSupport: false } };
    const { nameServers, ipv6NameServers } = dhcpSettings(world.topology, without);
    assert.deepEqual([nameServers, ipv6NameServers], [[], []]);
  });
});
