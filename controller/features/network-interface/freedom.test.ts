import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused } from '../../testing/assertions.ts';
import { fragment } from '../../testing/golden.ts';
import { cloud, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

/** An interface on a host, and its flows of one stage. */
async function bound(world: World, spec: Record<string, unknown>) {
  const { vpc, subnet } = await network(world);
  const host = await world.host(1);
  const port = await world.create('network-interface', { subnetId: subnet.id, ...spec });
  const binding = await world.bind(host.id, port.id, 7);
  const flows = (name: string, id: string, pattern: RegExp) =>
    (fragment(world, name, id)?.flows ?? []).filter((flow) => pattern.test(flow));
  return { vpc, subnet, port, binding, flows };
}

describe('secondary addresses', () => {
  it('are given or chosen, claimed, and given back', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    const port = await world.create('network-interface', {
      subnetId: subnet.id,
      secondaryPrivateAddresses: ['10.0.1.20'],
    });
    assert.deepEqual(port.spec.secondaryPrivateAddresses, ['10.0.1.20']);
    const more = await world.update('network-interface', port.id, { secondaryPrivateAddressCount: 3 });
    assert.equal(more.spec.secondaryPrivateAddresses?.length, 3);
    assert.equal(more.spec.secondaryPrivateAddresses?.[0], '10.0.1.20', 'those that are there stay');
    assert.equal(new Set(more.spec.secondaryPrivateAddresses).size, 3);
    for (const address of more.spec.secondaryPrivateAddresses ?? []) {
      await assertRefused(
        world,
        () => world.create('network-interface', { subnetId: subnet.id, privateAddress: address }),
        {
          code: 'address-in-use',
          field: 'spec.privateAddress',
          value: address,
        },
      );
      assert.equal(world.topology.interfaceByAddress(subnet.spec.vpcId, address)?.id, port.id);
    }
    const none = await world.update('network-interface', port.id, { secondaryPrivateAddresses: [] });
    assert.equal(none.spec.secondaryPrivateAddresses, undefined);
    await world.create('network-interface', { subnetId: subnet.id, privateAddress: '10.0.1.20' });
  });

  it('are of the subnet, free, and not the primary one', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    const other = await world.create('network-interface', {
      subnetId: subnet.id,
      privateAddress: '10.0.1.9',
    });
    assert.ok(other);
    const attempts = [
      ['10.0.2.9', 'address-outside'],
      ['10.0.1.1', 'address-outside'],
      ['10.0.1.8', 'address-outside'],
      ['10.0.1.9', 'address-in-use'],
    ] as const;
    for (const [address, code] of attempts) {
      const spec = { subnetId: subnet.id, privateAddress: '10.0.1.8', secondaryPrivateAddresses: [address] };
      const refusal = { code, field: 'spec.secondaryPrivateAddresses[0]', value: address };
      await assertRefused(world, () => world.create('network-interface', spec), refusal);
    }
    const both = { subnetId: subnet.id, secondaryPrivateAddresses: [], secondaryPrivateAddressCount: 1 };
    await assertRefused(world, () => world.create('network-interface', both), {
      code: 'invalid-value',
      field: 'spec.secondaryPrivateAddressCount',
      value: 1,
    });
  });

  it('cost one flow on each host of the VPC, and may be sent from', async () => {
    await using world = await World.create();
    const { port, binding, flows } = await bound(world, { secondaryPrivateAddresses: ['10.0.1.20'] });
    const resolve = flows('interface.resolve', port.id, /./);
    assert.equal(resolve.length, 2);
    assert.match(resolve[1] ?? '', /=0xa000114/);
    assert.equal(
      flows('interface.guard', binding.id, /nw_src=10\.0\.1\.20 actions=goto_table:admit/).length,
      1,
    );
    assert.equal(flows('interface.guard', binding.id, /arp.*arp_spa=10\.0\.1\.20/).length, 1);
  });
});

describe('the source check', () => {
  it('switched off lets any address pass, and still no ARP', async () => {
    await using world = await World.create();
    const { port, binding, flows } = await bound(world, {});
    const anything =
      /priority=90,ip,reg\d+=0x1,dl_src=\S+ actions=set_field:0x100\/0x100->reg0,goto_table:admit/;
    assert.deepEqual(flows('interface.guard', binding.id, anything), []);
    const arp = flows('interface.guard', binding.id, /,arp/);
    await world.update('network-interface', port.id, { sourceDestinationCheck: false });
    assert.equal(flows('interface.guard', binding.id, anything).length, 1);
    assert.deepEqual(flows('interface.guard', binding.id, /,arp/), arp);
    assert.equal(world.changes.at(-1)?.scopes.size, 1, 'only its own host hears of it');
  });
});

describe('allowed address pairs', () => {
  it('let a network pass, with its MAC or that of the interface', async () => {
    await using world = await World.create();
    const allowedAddressPairs = [
      { cidrBlock: '10.0.1.100' },
      { cidrBlock: '192.0.2.0/24', macAddress: '00:00:5e:00:01:07' },
    ];
    const { port, binding, flows } = await bound(world, { allowedAddressPairs });
    assert.equal(port.spec.allowedAddressPairs?.[0]?.cidrBlock, '10.0.1.100/32');
    const [own = '', other = ''] = flows('interface.guard', binding.id, /priority=95,ip,/);
    assert.match(
      own,
      /dl_src=02:57:.*nw_src=10\.0\.1\.100 actions=set_field:0x100\/0x100->reg0,goto_table:admit$/,
    );
    assert.match(
      other,
      /dl_src=00:00:5e:00:01:07.*nw_src=192\.0\.2\.0\/24 actions=set_field:0x100\/0x100->reg0,goto_table:admit$/,
    );
    assert.equal(flows('interface.guard', binding.id, /priority=95,arp,/).length, 2);
    await world.update('network-interface', port.id, { allowedAddressPairs: [] });
    assert.deepEqual(flows('interface.guard', binding.id, /priority=95/), []);
  });

  it('leave the own addresses the own ones, with any MAC of a pair', async () => {
    await using world = await World.create();
    const mac = '00:00:5e:00:01:07';
    const { port, binding, flows } = await bound(world, {
      privateAddress: '10.0.1.20',
      secondaryPrivateAddresses: ['10.0.1.21', '10.0.1.99'],
      allowedAddressPairs: [
        { cidrBlock: '10.0.1.16/28', macAddress: mac },
        { cidrBlock: '10.0.1.16/29', macAddress: mac },
        { cidrBlock: '10.0.1.96/28' },
      ],
    });
    assert.deepEqual(
      flows('interface.guard', binding.id, /priority=97/),
      ['10.0.1.20', '10.0.1.21'].map(
        (own) =>
          `table=source-guard, priority=97,ip,reg1=0x1,dl_src=${mac},nw_src=${own} actions=goto_table:admit`,
      ),
    );
    await world.update('network-interface', port.id, { allowedAddressPairs: [] });
    assert.deepEqual(flows('interface.guard', binding.id, /priority=97/), []);
  });

  it('are networks in canonical form, each once, with unicast MACs', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    const attempts = [
      [[{ cidrBlock: '10.0.0.1/8' }], 'invalid-value', '[0].cidrBlock', '10.0.0.1/8'],
      [[{ cidrBlock: '10.0.0.1' }, { cidrBlock: '10.0.0.1/32' }], 'already-exists', '[1]', '10.0.0.1/32'],
      [
        [{ cidrBlock: '10.0.0.1', macAddress: '01:00:5e:00:00:01' }],
        'invalid-value',
        '[0].macAddress',
        '01:00:5e:00:00:01',
      ],
    ] as const;
    for (const [allowedAddressPairs, code, field, value] of attempts) {
      const create = () => world.create('network-interface', { subnetId: subnet.id, allowedAddressPairs });
      await assertRefused(world, create, { code, field: `spec.allowedAddressPairs${field}`, value });
    }
  });
});

describe('a route to an interface', () => {
  it('leads through it while its check is off, and drops otherwise', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await cloud(world);
    const router = await world.create('network-interface', {
      subnetId: subnet.id,
      privateAddress: '10.0.1.50',
    });
    const routes = [{ destination: '192.0.2.0/24', target: router.id }];
    await world.update('route-table', vpc.spec.mainRouteTableId, { routes });
    const flow = () =>
      fragment(world, 'route-table.routes', vpc.spec.mainRouteTableId)?.flows.find((text) =>
        /192\.0\.2/.test(text),
      );
    assert.match(flow() ?? '', /actions=drop$/);
    await world.update('network-interface', router.id, { sourceDestinationCheck: false });
    assert.match(
      flow() ?? '',
      /dec_ttl,set_field:02:57:01:00:00:01->eth_src,set_field:0xa000132->reg15,goto_table:resolve$/,
    );
    assert.ok(world.changes.at(-1)?.scopes.has(`vpc:${vpc.id}`), 'the compiler saw it');
    await world.remove('network-interface', router.id);
    assert.match(flow() ?? '', /actions=drop$/);
    assert.deepEqual(world.get('route-table', vpc.spec.mainRouteTableId).spec.routes, routes);
  });
});
