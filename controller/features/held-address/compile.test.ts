import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heldAddressId } from '../../resources/index.ts';
import { companions, fragment } from '../../testing/golden.ts';
import { cloud, dualStackCloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { takeAddress } from './operations.ts';

const mac = '00:00:5e:00:01:07';
const userdata = (id: string, address: string, macAddress: string) =>
  `06${Buffer.from(`${id} ${address} ${macAddress}`).toString('hex').replaceAll(/(..)/g, '.$1')}`;

async function holder(world: World, pair: { cidrBlock: string; macAddress?: string }, scene = cloud) {
  const { vpc, subnet } = await scene(world);
  const port = await world.create('network-interface', { subnetId: subnet.id, allowedAddressPairs: [pair] });
  const binding = await world.bind('host-1', port.id, 10);
  const address = port.spec.allowedAddressPairs?.[0]?.cidrBlock.split('/')[0] as string;
  const id = heldAddressId(subnet.id, address);
  const heard = {
    hostId: 'host-1',
    networkInterfaceId: port.id,
    address,
    announcedAt: '2026-01-01T00:00:00Z',
  };
  const { macAddress = port.spec.macAddress } = pair;
  const take = () => world.run((draft) => takeAddress(draft, { ...heard, macAddress }));
  return { vpc, subnet, port, binding, id, take };
}

describe('the flows of a shared address', () => {
  it('are announcements to the agent, before anybody holds it', async () => {
    await using world = await World.create();
    const { port, binding, id } = await holder(world, { cidrBlock: '10.0.1.100' });
    const own = port.spec.macAddress;
    const told = `resubmit(,limit),controller(id=22342,userdata=${userdata(port.id, '10.0.1.100', own)})`;
    const here = `reg1=0x1,dl_src=${own},arp_spa=10.0.1.100`;
    assert.deepEqual(
      fragment(world, 'interface.guard', binding.id)?.flows.filter((flow) => flow.includes('priority=210')),
      [
        `table=source-guard, priority=210,arp,${here},arp_tpa=10.0.1.100,arp_op=1,arp_sha=${own} actions=${told}`,
        `table=source-guard, priority=210,arp,${here},arp_op=2,arp_sha=${own} actions=${told}`,
      ],
    );
    assert.equal(fragment(world, 'held-address.resolve', id), undefined);
  });

  it('say for every host of the VPC who holds it, and where', async () => {
    await using world = await World.create();
    const { vpc, port, id, take } = await holder(world, { cidrBlock: '10.0.1.100' });
    await take();
    const found = (hostKey: string) => ({
      scope: `vpc:${vpc.id}`,
      number: 1,
      flows: [
        `table=resolve, priority=100,reg15=0xa000164,metadata=0x1 actions=set_field:02:57:00:00:00:01->eth_dst,set_field:${hostKey}->reg4,goto_table:forward`,
      ],
    });
    assert.deepEqual(fragment(world, 'held-address.resolve', id), found('0xc6120001'));
    const probe = 'table=source-guard, priority=205,arp,reg1=0x1,arp_tpa=10.0.1.100 actions=drop';
    assert.deepEqual(fragment(world, 'held-address.local', id)?.flows, [probe], 'the MAC is the own one');
    await world.bind('host-2', port.id, 20, true);
    assert.deepEqual(fragment(world, 'held-address.resolve', id), found('0xc6120002'));
  });

  it('say whose groups count there, where egress rules name groups', async () => {
    await using world = await World.create();
    const { vpc, id, take } = await holder(world, { cidrBlock: '10.0.1.100' });
    await take();
    const groupId = vpc.spec.defaultSecurityGroupId;
    const spec = { groupId, direction: 'egress', protocol: 'all', referencedGroupId: groupId };
    const rule = await world.create('security-group-rule', spec);
    assert.equal(
      fragment(world, 'held-address.resolve', id)?.flows[1],
      'table=destination-identity, priority=100,ip,metadata=0x1,nw_dst=10.0.1.100 actions=set_field:0x1->reg3',
    );
    await world.remove('security-group-rule', rule.id);
    assert.equal(fragment(world, 'held-address.resolve', id)?.flows.length, 1);
  });

  it('find the holder by a MAC that is not its own, for this address alone', async () => {
    await using world = await World.create();
    const { port, id, take } = await holder(world, { cidrBlock: '10.0.1.100', macAddress: mac });
    await take();
    assert.match(
      fragment(world, 'held-address.resolve', id)?.flows[0] ?? '',
      /set_field:00:00:5e:00:01:07->eth_dst/,
    );
    assert.deepEqual(fragment(world, 'held-address.local', id), {
      scope: 'host:host-1',
      number: 1,
      flows: [
        'table=source-guard, priority=205,arp,reg1=0x1,arp_tpa=10.0.1.100 actions=drop',
        `table=locate, priority=110,ip,metadata=0x1,dl_dst=${mac},nw_dst=10.0.1.100 actions=set_field:0x1->reg1,set_field:0x1->reg2,set_field:0x2->reg5,set_field:0x1->reg9,set_field:0xa->reg6,goto_table:ingress-subnet`,
      ],
    });
    const waits = companions(world, 'held-address.local', id)?.waitsFor ?? [];
    assert.ok(waits.every((name) => name.endsWith(port.status.identityId)) && waits.length > 0);
  });

  it("let the holder send from it in its groups' name", async () => {
    await using world = await World.create();
    const { port, binding, take } = await holder(world, { cidrBlock: '10.0.1.100', macAddress: mac });
    const own = () =>
      fragment(world, 'interface.guard', binding.id)?.flows.filter((flow) => flow.includes('priority=97'));
    const from = (source: string) =>
      `table=source-guard, priority=97,ip,reg1=0x1,dl_src=${source},nw_src=10.0.1.100 actions=goto_table:admit`;
    assert.deepEqual(own(), [], 'it may send from it, as from anything of its pairs');
    await take();
    assert.deepEqual(own(), [from(mac)]);
    await world.update('network-interface', port.id, { sourceDestinationCheck: false });
    assert.deepEqual(own(), [mac, port.spec.macAddress].map(from), 'its own MAC may be used, too');
    await world.update('network-interface', port.id, { allowedAddressPairs: [] });
    assert.deepEqual(own(), [], 'who may not send from it does not hold it');
  });

  it('are the same for IPv6, announced by neighbour advertisements', async () => {
    await using world = await World.create();
    const pair = { cidrBlock: '2001:db8:0:100::100', macAddress: mac };
    const { port, binding, id, take } = await holder(world, pair, dualStackCloud);
    const guard = fragment(world, 'interface.guard', binding.id)?.flows ?? [];
    assert.ok(
      guard.includes(
        `table=source-guard, priority=210,icmp6,reg1=0x1,dl_src=${mac},icmp_type=136,nd_target=2001:db8:0:100::100 actions=resubmit(,limit),controller(id=22342,userdata=${userdata(port.id, '2001:db8:0:100::100', mac)})`,
      ),
      guard.join('\n'),
    );
    await take();
    assert.match(
      fragment(world, 'held-address.resolve', id)?.flows[0] ?? '',
      /^table=resolve, priority=200,ipv6,.*0x100.*metadata=0x1 actions=set_field:00:00:5e:00:01:07->eth_dst/,
    );
    assert.ok(
      fragment(world, 'interface.guard', binding.id)?.flows.includes(
        `table=source-guard, priority=97,ipv6,reg1=0x1,dl_src=${mac},ipv6_src=2001:db8:0:100::100 actions=goto_table:admit`,
      ),
    );
    assert.match(
      fragment(world, 'held-address.local', id)?.flows[1] ?? '',
      /^table=locate, priority=110,ipv6,metadata=0x1,dl_dst=00:00:5e:00:01:07,ipv6_dst=2001:db8:0:100::100 actions=/,
    );
  });

  it('are none for a network, and none for an own address', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const port = await world.create('network-interface', {
      subnetId: subnet.id,
      privateAddress: '10.0.1.50',
      allowedAddressPairs: [{ cidrBlock: '10.0.1.96/28' }, { cidrBlock: '10.0.1.50' }],
    });
    const binding = await world.bind('host-1', port.id, 10);
    const guard = fragment(world, 'interface.guard', binding.id)?.flows ?? [];
    assert.deepEqual(
      guard.filter((flow) => flow.includes('priority=210')),
      [],
    );
  });
});
