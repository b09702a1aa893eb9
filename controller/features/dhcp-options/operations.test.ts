import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, deeds } from '../../testing/assertions.ts';
import { network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { dhcpSettings, internalDomain } from './settings.ts';

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
    for (const value of ['0.0.0.0', '127.0.0.53', '224.0.0.1', '255.255.255.255', '10.0.0.256']) {
      await assertRefused(
        world,
        () => world.create('dhcp-options', { domainNameServers: ['provided', value] }),
        { code: 'invalid-value', field: 'spec.domainNameServers[1]', value },
      );
      await assertRefused(world, () => world.create('dhcp-options', { ntpServers: [value] }), {
        code: 'invalid-value',
        field: 'spec.ntpServers[0]',
        value,
      });
    }
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
      leaseSeconds: 3600,
    });
    assert.equal(internalDomain('eu-west-1'), 'eu-west-1.compute.internal');
    const without = { ...vpc, spec: { ...vpc.spec, enableDnsSupport: false } };
    assert.deepEqual(dhcpSettings(world.topology, without).nameServers, []);
  });
});
