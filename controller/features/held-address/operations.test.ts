import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heldAddressId } from '../../resources/index.ts';
import { assertRefused } from '../../testing/assertions.ts';
import { dualStackCloud, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { setHostState } from '../host/operations.ts';
import { takeAddress } from './operations.ts';

const shared = '10.0.1.100';
const time = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

/** Two machines that share an address, each on a host of its own, and one that does not. */
async function cluster(world: World, spec: Record<string, unknown> = {}) {
  const { vpc, subnet } = await network(world);
  const allowedAddressPairs = [{ cidrBlock: shared }];
  const create = (more: object) =>
    world.create('network-interface', { subnetId: subnet.id, ...spec, ...more });
  const ports = [
    await create({ allowedAddressPairs }),
    await create({ allowedAddressPairs }),
    await create({}),
  ] as const;
  for (const [index, port] of ports.entries()) {
    await world.host(index + 1);
    await world.bind(`host-${index + 1}`, port.id, 10);
  }
  const announce = (index: 0 | 1 | 2, more: Record<string, unknown> = {}) => {
    const { id, spec } = ports[index];
    const { macAddress } = spec;
    const heard = { networkInterfaceId: id, address: shared, macAddress, announcedAt: time(10), ...more };
    return world.run((draft) => takeAddress(draft, { hostId: `host-${index + 1}`, ...heard }));
  };
  const holder = () =>
    world.topology.get('held-address', heldAddressId(subnet.id, shared))?.spec.networkInterfaceId;
  return { vpc, subnet, ports, announce, holder };
}

describe('a shared address', () => {
  it('is held by whoever announced it last', async () => {
    await using world = await World.create();
    const { ports, announce, holder } = await cluster(world);
    assert.equal(holder(), undefined);
    await announce(0);
    assert.equal(holder(), ports[0].id);
    await announce(1, { announcedAt: time(20) });
    assert.equal(holder(), ports[1].id);
    const { revision } = world.store;
    await announce(1, { announcedAt: time(30) });
    assert.equal(world.store.revision, revision, 'what is so already costs no commit');
  });

  it('stays where it is when an older announcement is told late', async () => {
    await using world = await World.create();
    const { ports, announce, holder } = await cluster(world);
    await announce(0, { announcedAt: time(20) });
    const held = await announce(1, { announcedAt: time(15) });
    assert.equal(held.spec.networkInterfaceId, ports[0].id, 'the answer says who has it');
    assert.equal(holder(), ports[0].id);
  });

  it('cannot be taken without a pair of just this address and MAC', async () => {
    await using world = await World.create();
    const { ports, announce, holder } = await cluster(world);
    const refusal = { code: 'invalid-value', field: 'address', value: shared } as const;
    await assertRefused(world, () => announce(2), { ...refusal, fix: /10\.0\.1\.100\/32/ });
    await assertRefused(world, () => announce(0, { macAddress: '00:00:5e:00:01:07' }), refusal);
    await world.update('network-interface', ports[0].id, {
      allowedAddressPairs: [{ cidrBlock: '10.0.1.96/28' }],
    });
    await assertRefused(world, () => announce(0), refusal);
    assert.equal(holder(), undefined);
  });

  it('is of the subnet, and no reserved one', async () => {
    await using world = await World.create();
    const { ports, announce } = await cluster(world);
    for (const address of ['10.0.2.100', '10.0.1.1', '10.0.1.255']) {
      await world.update('network-interface', ports[0].id, { allowedAddressPairs: [{ cidrBlock: address }] });
      const refusal = { code: 'invalid-value', field: 'address', value: address } as const;
      await assertRefused(world, () => announce(0, { address }), refusal);
    }
  });

  it('is told of by the host that has the interface now', async () => {
    await using world = await World.create();
    const { ports, announce } = await cluster(world);
    const refusal = { code: 'wrong-state', field: 'networkInterfaceId', value: ports[0].id } as const;
    await assertRefused(world, () => announce(0, { hostId: 'host-2' }), refusal);
    await world.bind('host-3', ports[0].id, 30, true);
    await assertRefused(world, () => announce(0), refusal);
    await announce(0, { hostId: 'host-3' });
  });

  it('is never the own address of somebody, and nobody gets it while it is held', async () => {
    await using world = await World.create();
    const { subnet, ports, announce } = await cluster(world);
    const own = ports[2].spec.privateAddress;
    await world.update('network-interface', ports[0].id, {
      allowedAddressPairs: [{ cidrBlock: own }, { cidrBlock: shared }],
    });
    const refusal = { code: 'address-in-use', field: 'address', value: own } as const;
    await assertRefused(world, () => announce(0, { address: own }), refusal);
    await announce(0);
    const wanted = { subnetId: subnet.id, privateAddress: shared };
    await assertRefused(world, () => world.create('network-interface', wanted), {
      code: 'address-in-use',
      field: 'spec.privateAddress',
      value: shared,
    });
    await world.remove('held-address', heldAddressId(subnet.id, shared));
    await world.create('network-interface', wanted);
    await assertRefused(world, () => announce(0), { ...refusal, value: shared });
  });

  it('is free when the pair, the port, the interface or the host of its holder is gone', async () => {
    await using world = await World.create();
    const { subnet, ports, announce, holder } = await cluster(world);
    const endings: (() => Promise<unknown>)[] = [
      () => world.update('network-interface', ports[0].id, { allowedAddressPairs: [] }),
      () => world.unbind('host-1', ports[0].id),
      () => world.run((draft) => setHostState(draft, world.get('host', 'host-1'), 'down')),
      () => world.remove('host', 'host-1'),
      () => world.remove('network-interface', ports[0].id),
    ];
    for (const end of endings) {
      await world.update('network-interface', ports[0].id, { allowedAddressPairs: [{ cidrBlock: shared }] });
      if (!world.topology.get('host', 'host-1')) await world.host(1);
      await world.bind('host-1', ports[0].id, 10);
      await announce(0);
      assert.equal(holder(), ports[0].id);
      await end();
      assert.equal(holder(), undefined, `${end}`);
      assert.equal(world.topology.get('address-claim', `${subnet.id}/${shared}`), undefined);
    }
  });

  it('stays with an interface that moves, and when other pairs go', async () => {
    await using world = await World.create();
    const { ports, announce, holder } = await cluster(world);
    await announce(0);
    await world.bind('host-3', ports[0].id, 30);
    await world.unbind('host-1', ports[0].id);
    assert.equal(holder(), ports[0].id);
    await world.run((draft) => setHostState(draft, world.get('host', 'host-1'), 'down'));
    await world.update('network-interface', ports[0].id, {
      allowedAddressPairs: [{ cidrBlock: '192.0.2.1' }, { cidrBlock: shared }],
    });
    assert.equal(holder(), ports[0].id);
  });

  it('may be an IPv6 address, which keeps the block with its subnet', async () => {
    await using world = await World.create();
    const { subnet } = await dualStackCloud(world);
    const address = `${subnet.spec.ipv6CidrBlock?.replace('/64', '')}100`;
    const port = await world.create('network-interface', {
      subnetId: subnet.id,
      allowedAddressPairs: [{ cidrBlock: address }],
      ipv6Addresses: [],
    });
    await world.bind('host-1', port.id, 10);
    const { macAddress } = port.spec;
    const heard = { networkInterfaceId: port.id, address, macAddress, announcedAt: time(1) };
    await world.run((draft) => takeAddress(draft, { hostId: 'host-1', ...heard }));
    await assertRefused(world, () => world.update('subnet', subnet.id, { ipv6CidrBlock: null }), {
      code: 'in-use',
      field: 'spec.ipv6CidrBlock',
      value: null,
    });
  });
});

describe('an address that interfaces share', () => {
  it('is given to nobody who does not ask for it, from the moment when it is in a pair until it is in none', async () => {
    await using world = await World.create();
    const { subnet } = await dualStackCloud(world);
    const create = (spec: object = {}) =>
      world.create('network-interface', { subnetId: subnet.id, ipv6AddressCount: 1, ...spec });
    const plain = await create();
    const [four, six] = [plain.spec.privateAddress, plain.spec.ipv6Addresses?.[0] as string];
    await world.remove('network-interface', plain.id);
    const allowedAddressPairs = [{ cidrBlock: four }, { cidrBlock: six }];
    const sharers = [await create({ allowedAddressPairs }), await create({ allowedAddressPairs })];
    const others = await Promise.all(Array.from({ length: 5 }, () => create({ ipv6AddressCount: 3 })));
    for (const { spec } of [...sharers, ...others]) {
      assert.notEqual(spec.privateAddress, four);
      assert.ok(!spec.ipv6Addresses?.includes(six));
    }
    const [first, second] = sharers.map(({ id }) => id) as [string, string];
    await world.update('network-interface', first, { allowedAddressPairs: [] });
    assert.equal(world.topology.countSharing(subnet.id, four), 1, 'one shares it still');
    await world.remove('network-interface', second);
    assert.equal(world.topology.countSharing(subnet.id, four), 0);
  });

  it('is not given either while a network around it is allowed: that is for sending only', async () => {
    await using world = await World.create();
    const { subnet } = await network(world);
    const allowedAddressPairs = [{ cidrBlock: '10.0.1.0/24' }];
    await world.create('network-interface', { subnetId: subnet.id, allowedAddressPairs });
    const next = await world.create('network-interface', { subnetId: subnet.id });
    assert.ok(next.spec.privateAddress, 'the subnet is not used up');
  });

  it('is given to who asks for it, and is no shared one then', async () => {
    await using world = await World.create();
    const { subnet, announce } = await cluster(world);
    const create = () => world.create('network-interface', { subnetId: subnet.id, privateAddress: shared });
    const own = await create();
    assert.equal(own.spec.privateAddress, shared);
    await assertRefused(world, () => announce(0), {
      code: 'address-in-use',
      field: 'address',
      value: shared,
    });
    await world.remove('network-interface', own.id);
    await announce(0);
    await assertRefused(world, create, {
      code: 'address-in-use',
      field: 'spec.privateAddress',
      value: shared,
    });
  });

  it('leaves a full subnet without an address', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const subnet = await world.create('subnet', { vpcId: vpc.id, cidrBlock: '10.0.2.0/28' });
    const allowedAddressPairs = [{ cidrBlock: '10.0.2.14' }];
    const create = (spec: object = {}) => world.create('network-interface', { subnetId: subnet.id, ...spec });
    for (let count = 0; count < 10; count++) await create({ allowedAddressPairs });
    await assertRefused(world, () => create(), {
      code: 'no-free-address',
      field: 'spec.subnetId',
      value: subnet.id,
      fix: /share/,
    });
  });
});
