import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused } from '../../testing/assertions.ts';
import { fragment } from '../../testing/golden.ts';
import { dualStackCloud, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { freeAddresses } from '../subnet/free-addresses.ts';

/** A network with a port that has the prefix 10.0.1.32/28. */
async function withPrefix(world: World) {
  const { vpc, subnet } = await network(world);
  const create = (spec: object) => world.create('network-interface', { subnetId: subnet.id, ...spec });
  const port = await create({ ipv4Prefixes: ['10.0.1.32/28'] });
  return { vpc, subnet, port, create };
}

describe('prefixes of an interface', () => {
  it('are given or chosen, counted, and given back', async () => {
    await using world = await World.create();
    const { vpc, subnet, port } = await withPrefix(world);
    assert.deepEqual(port.spec.ipv4Prefixes, ['10.0.1.32/28']);
    const taken = () => 251 - freeAddresses(world.topology, subnet);
    assert.equal(taken(), 1 + 16, 'its private address, and the prefix');
    const more = await world.update('network-interface', port.id, { ipv4PrefixCount: 3 });
    assert.deepEqual(more.spec.ipv4Prefixes, ['10.0.1.32/28', '10.0.1.208/28', '10.0.1.192/28']);
    assert.equal(taken(), 1 + 3 * 16);
    assert.equal(world.topology.interfaceByAddress(vpc.id, '10.0.1.207')?.id, port.id);
    assert.equal(world.topology.interfaceByAddress(vpc.id, '10.0.1.224'), undefined);
    const none = await world.update('network-interface', port.id, { ipv4Prefixes: [] });
    assert.equal(none.spec.ipv4Prefixes, undefined);
    assert.equal(taken(), 1);
    await world.remove('network-interface', port.id);
    assert.equal(taken(), 0);
  });

  it('keep single addresses out, and stay out of where one is', async () => {
    await using world = await World.create();
    const { subnet, create } = await withPrefix(world);
    for (const [spec, field] of [
      [{ privateAddress: '10.0.1.40' }, 'spec.privateAddress'],
      [{ secondaryPrivateAddresses: ['10.0.1.40'] }, 'spec.secondaryPrivateAddresses[0]'],
    ] as const) {
      await assertRefused(world, () => create(spec), { code: 'address-in-use', field, value: '10.0.1.40' });
    }
    const many = await create({ secondaryPrivateAddressCount: 49 });
    const chosen = (many.spec.secondaryPrivateAddresses ?? []).map((text) => Number(text.split('.')[3]));
    assert.ok(Math.max(...chosen) > 47, 'further than the prefix');
    assert.deepEqual(
      chosen.filter((last) => last >= 32 && last <= 47),
      [],
    );
    for (const prefix of ['10.0.1.16/28', '10.0.1.32/28']) {
      await assertRefused(world, () => create({ ipv4Prefixes: [prefix] }), {
        code: 'address-in-use',
        field: 'spec.ipv4Prefixes[0]',
        value: prefix,
      });
    }
    const full = { ipv4PrefixCount: 20 };
    await assertRefused(world, () => create(full), {
      code: 'no-free-address',
      field: 'spec.ipv4PrefixCount',
      value: 20,
    });
    assert.equal(world.topology.claims(subnet.id).ipv4Prefixes, 1, 'what is refused takes nothing');
  });

  it('are whole blocks of the subnet without its reserved addresses, and of bounded number', async () => {
    await using world = await World.create();
    const { create } = await withPrefix(world);
    const attempts = [
      ['10.0.1.33/28', 'invalid-value'],
      ['10.0.1.64/27', 'invalid-value'],
      ['10.0.2.16/28', 'address-outside'],
      ['10.0.1.0/28', 'address-outside'],
      ['10.0.1.240/28', 'address-outside'],
    ] as const;
    for (const [value, code] of attempts) {
      const refusal = { code, field: 'spec.ipv4Prefixes[0]', value };
      await assertRefused(world, () => create({ ipv4Prefixes: [value] }), refusal);
    }
    const both = { ipv4Prefixes: ['10.0.1.64/28'], ipv4PrefixCount: 1 };
    await assertRefused(world, () => create(both), {
      code: 'invalid-value',
      field: 'spec.ipv4PrefixCount',
      value: 1,
    });
    const tooMany = { secondaryPrivateAddressCount: 48, ipv4PrefixCount: 2 };
    await assertRefused(world, () => create(tooMany), {
      code: 'quota-exceeded',
      field: 'spec.ipv4Prefixes',
      value: 50,
    });
    await assertRefused(world, () => create({ ipv6PrefixCount: 1 }), {
      code: 'wrong-state',
      field: 'spec.ipv6PrefixCount',
      value: 1,
    });
  });

  it('wait for the hosts that may have flows for them', async () => {
    await using world = await World.create();
    const { port, create } = await withPrefix(world);
    const host = await world.host(1);
    await world.bind(host.id, port.id, 7);
    await world.update('network-interface', port.id, { ipv4Prefixes: [] });
    for (const spec of [{ ipv4Prefixes: ['10.0.1.32/28'] }, { privateAddress: '10.0.1.33' }]) {
      await assert.rejects(create(spec), { code: 'address-in-use' });
    }
  });

  it('cost a flow where an address costs one', async () => {
    await using world = await World.create();
    const { port } = await withPrefix(world);
    const host = await world.host(1);
    const binding = await world.bind(host.id, port.id, 7);
    const flows = (name: string, id: string) => fragment(world, name, id)?.flows ?? [];
    const resolve = flows('interface.resolve', port.id);
    assert.equal(resolve.length, 2);
    assert.equal(
      resolve[1],
      'table=resolve, priority=100,reg15=0xa000120/0xfffffff0,metadata=0x1 actions=set_field:02:57:00:00:00:01->eth_dst,set_field:0xc6120001->reg4,goto_table:forward',
    );
    const guard = flows('interface.guard', binding.id).filter((flow) => flow.includes('10.0.1.32/28'));
    assert.deepEqual(guard, [
      'table=source-guard, priority=100,ip,reg1=0x1,dl_src=02:57:00:00:00:01,nw_src=10.0.1.32/28 actions=goto_table:admit',
      'table=source-guard, priority=100,arp,reg1=0x1,dl_src=02:57:00:00:00:01,arp_spa=10.0.1.32/28,arp_op=1,arp_sha=02:57:00:00:00:01 actions=goto_table:admit',
      'table=source-guard, priority=200,arp,reg1=0x1,arp_tpa=10.0.1.32/28 actions=drop',
    ]);
  });
});

describe('IPv6 prefixes of an interface', () => {
  it('are /80 blocks, and make an interface one of IPv6', async () => {
    await using world = await World.create();
    const { subnet } = await dualStackCloud(world);
    const block = subnet.spec.ipv6CidrBlock?.replace('::/64', '') as string;
    const create = (spec: object) => world.create('network-interface', { subnetId: subnet.id, ...spec });
    const port = await create({ ipv6Addresses: [], ipv6PrefixCount: 2 });
    const first = `${block}:1::/80`;
    assert.deepEqual(port.spec.ipv6Prefixes, [first, `${block}:2::/80`]);
    const binding = await world.bind('host-1', port.id, 70);
    const guard = fragment(world, 'interface.guard', binding.id)?.flows ?? [];
    const passes = guard.filter((flow) => flow.includes(`ipv6_src=${first} actions=goto_table:admit`));
    assert.equal(passes.length, 1);
    assert.equal(guard.filter((flow) => /nd_target=\S+\/80/.test(flow)).length, 2);
    assert.equal(fragment(world, 'router-errors.interface', binding.id)?.flows.length, 6);
    const inside = `${block}:1::5`;
    await assertRefused(world, () => create({ ipv6Addresses: [inside] }), {
      code: 'address-in-use',
      field: 'spec.ipv6Addresses[0]',
      value: inside,
    });
    await create({ ipv6Addresses: [`${block}:3::5`] });
    const around = `${block}:3::/80`;
    await assertRefused(world, () => create({ ipv6Prefixes: [around] }), {
      code: 'address-in-use',
      field: 'spec.ipv6Prefixes[0]',
      value: around,
    });
    await assertRefused(world, () => create({ ipv6Prefixes: [`${block}::/80`] }), {
      code: 'address-outside',
      field: 'spec.ipv6Prefixes[0]',
      value: `${block}::/80`,
    });
    await assertRefused(world, () => world.update('subnet', subnet.id, { ipv6CidrBlock: null }), {
      code: 'in-use',
      field: 'spec.ipv6CidrBlock',
      value: null,
    });
  });
});
