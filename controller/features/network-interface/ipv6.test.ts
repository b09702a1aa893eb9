import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused } from '../../testing/assertions.ts';
import { fragment } from '../../testing/golden.ts';
import { cloud, dualStackCloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const isIpv6 = (flow: string) => /ipv6|icmp6|udp6/.test(flow);
const block = '2001:db8:0:100::';

/** Options of DHCPv6: the DNS server fd00:ec2::253, and the domain ec2.internal. */
const dns = '00.17.00.10.fd.00.0e.c2.00.00.00.00.00.00.00.00.00.00.02.53';
const domain = '00.18.00.0e.03.65.63.32.08.69.6e.74.65.72.6e.61.6c.00';

describe('the IPv6 addresses of an interface', () => {
  it('are assigned, asked for by number, or given', async () => {
    await using world = await World.create();
    const { subnet } = await dualStackCloud(world);
    const make = async (spec: object) =>
      (await world.create('network-interface', { subnetId: subnet.id, ...spec })).spec.ipv6Addresses;
    assert.deepEqual(await make({}), [`${block}4`]);
    assert.deepEqual(await make({ ipv6AddressCount: 2 }), [`${block}5`, `${block}6`]);
    assert.deepEqual(await make({ ipv6AddressCount: 0 }), undefined);
    assert.deepEqual(await make({ ipv6Addresses: ['2001:DB8:0:100::AB'] }), [`${block}ab`]);
    for (const [text, code] of [
      [`${block}ab`, 'address-in-use'],
      [`${block}3`, 'address-outside'],
      ['2001:db8:0:101::5', 'address-outside'],
      ['10.0.0.5', 'invalid-value'],
    ] as const) {
      await assertRefused(world, () => make({ ipv6Addresses: [text] }), {
        code,
        field: 'spec.ipv6Addresses[0]',
        value: text,
      });
    }
    await assertRefused(world, () => make({ ipv6Addresses: [], ipv6AddressCount: 1 }), {
      code: 'invalid-value',
      field: 'spec.ipv6AddressCount',
      value: 1,
    });
  });

  it('change, and are free again', async () => {
    await using world = await World.create();
    const { subnet } = await dualStackCloud(world);
    const { id } = await world.create('network-interface', { subnetId: subnet.id });
    const change = async (spec: Record<string, unknown>) =>
      (await world.update('network-interface', id, spec)).spec.ipv6Addresses;
    assert.deepEqual(await change({ ipv6AddressCount: 2 }), [`${block}4`, `${block}5`]);
    assert.deepEqual(await change({ ipv6Addresses: [`${block}9`, `${block}5`] }), [`${block}9`, `${block}5`]);
    assert.deepEqual(await change({ description: 'other' }), [`${block}9`, `${block}5`]);
    assert.deepEqual(await change({ ipv6AddressCount: 0 }), undefined);
    const other = await world.create('network-interface', {
      subnetId: subnet.id,
      ipv6Addresses: [`${block}9`],
    });
    assert.deepEqual(other.spec.ipv6Addresses, [`${block}9`]);
  });

  it('are given to nobody else before the host of the interface has confirmed', async () => {
    await using world = await World.create();
    const { subnet } = await dualStackCloud(world);
    const port = await world.create('network-interface', { subnetId: subnet.id, ipv6AddressCount: 1 });
    await world.bind('host-1', port.id, 10);
    const [address = ''] = port.spec.ipv6Addresses ?? [];
    await world.update('network-interface', port.id, { ipv6Addresses: [] });
    assert.deepEqual(world.get('address-claim', `${subnet.id}/${address}`).spec.hostIds, ['host-1']);
    const wanted = { subnetId: subnet.id, ipv6Addresses: [address] };
    await assertRefused(world, () => world.create('network-interface', wanted), {
      code: 'address-in-use',
      field: 'spec.ipv6Addresses[0]',
      value: address,
    });
  });

  it('need a block of the subnet', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    await assertRefused(
      world,
      () => world.create('network-interface', { subnetId: subnet.id, ipv6AddressCount: 1 }),
      { code: 'wrong-state', field: 'spec.ipv6AddressCount', value: 1 },
    );
  });
});

describe('the flows of IPv6 addresses', () => {
  it('say where the interface is, what it may send, and what it is told', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await dualStackCloud(world);
    const { id } = await world.create('network-interface', { subnetId: subnet.id });
    const binding = await world.bind('host-1', id, 10);
    assert.equal(vpc.number, 1);
    const flows = (name: string, of: string) => fragment(world, name, of)?.flows.filter(isIpv6);
    assert.deepEqual(flows('interface.resolve', id), [
      'table=resolve, priority=200,ipv6,reg12=0x20010db8,reg13=0x100,reg14=0,reg15=0x4,metadata=0x1 actions=set_field:02:57:00:00:00:01->eth_dst,set_field:0xc6120001->reg4,goto_table:forward',
    ]);
    const here = 'reg1=0x1';
    const from = 'dl_src=02:57:00:00:00:01';
    assert.deepEqual(flows('interface.guard', binding.id), [
      `table=source-guard, priority=100,ipv6,${here},${from},ipv6_src=${block}4 actions=goto_table:admit`,
      `table=source-guard, priority=120,icmp6,${here},${from},ipv6_src=${block}4,icmp_type=135,nd_sll=02:57:00:00:00:01 actions=goto_table:admit`,
      `table=source-guard, priority=120,icmp6,${here},${from},ipv6_src=fe80::/10,icmp_type=135,nd_sll=02:57:00:00:00:01 actions=goto_table:admit`,
      `table=source-guard, priority=110,icmp6,${here},${from},icmp_type=135 actions=drop`,
      `table=source-guard, priority=200,icmp6,${here},icmp_type=135,nd_target=${block}4 actions=drop`,
      `table=source-guard, priority=120,icmp6,${here},${from},ipv6_src=fe80::/10,icmp_type=133 actions=goto_table:admit`,
      `table=source-guard, priority=120,icmp6,${here},${from},ipv6_src=::,icmp_type=133 actions=goto_table:admit`,
      `table=source-guard, priority=120,udp6,${here},${from},ipv6_src=fe80::/10,ipv6_dst=ff02::1:2,tp_src=546,tp_dst=547 actions=goto_table:admit`,
      `table=source-guard, priority=120,icmp6,${here},${from},ipv6_src=fe80::/10,ipv6_dst=fe80::57:1ff:fe00:1,icmp_type=128 actions=goto_table:admit`,
      `table=admit, priority=300,udp6,${here},ipv6_dst=ff02::1:2,tp_src=546,tp_dst=547 actions=resubmit(,limit),controller(id=22342,userdata=11.02.57.01.00.00.01.00.00.0e.10.01.20.01.0d.b8.00.00.01.00.00.00.00.00.00.00.00.04.${dns}.${domain})`,
    ]);
  });

  it('hear of the router why a packet goes no further', async () => {
    await using world = await World.create();
    const { subnet } = await dualStackCloud(world);
    const { id } = await world.create('network-interface', { subnetId: subnet.id, ipv6AddressCount: 0 });
    const binding = await world.bind('host-1', id, 10);
    const flows = () => fragment(world, 'router-errors.interface', binding.id)?.flows.filter(isIpv6) ?? [];
    assert.deepEqual(flows(), []);
    await world.update('network-interface', id, { ipv6AddressCount: 1 });
    assert.deepEqual(
      flows().map((flow) => flow.slice(0, flow.indexOf(' actions='))),
      [
        'table=route, priority=63000,ipv6,reg1=0x1,nw_ttl=0',
        'table=route, priority=63000,ipv6,reg1=0x1,nw_ttl=1',
        'table=tunnel, priority=100,ipv6,reg0=0x4/0x4,reg1=0x1',
      ],
    );
  });

  it('are public on the host of the interface while a gateway joins the VPC to the network', async () => {
    await using world = await World.create();
    const { subnet, gateway } = await dualStackCloud(world);
    const { id } = await world.create('network-interface', { subnetId: subnet.id });
    const binding = await world.bind('host-1', id, 10);
    const flows = (of = binding.id) => fragment(world, 'interface.public-ipv6', of)?.flows;
    const mac = '02:57:04:00:00:01';
    assert.deepEqual(flows(), [
      `table=translate, priority=100,ipv6,reg1=0x1,reg11=0x1,metadata=0x1,ipv6_src=2001:db8:0:100::/56 actions=set_field:0->reg2,set_field:${mac}->eth_src,goto_table:external-route`,
      `table=external-in, priority=110,icmp6,reg11=0x1,icmp_type=135,nd_target=${block}4 actions=set_field:${mac}->eth_dst,goto_table:nd-reply`,
      `table=external-in, priority=100,ipv6,reg11=0x1,dl_dst=${mac},ipv6_dst=${block}4 actions=dec_ttl,set_field:0x1->metadata,set_field:0->reg3,set_field:0x1->reg9,set_field:0x2->reg5,set_field:02:57:01:00:00:01->eth_src,set_field:02:57:00:00:00:01->eth_dst,goto_table:public-track`,
      `table=external-in, priority=105,ipv6,reg0=0x4/0x4,reg11=0x1,dl_dst=${mac},ipv6_dst=${block}4 actions=set_field:0x1->reg1,resubmit(,limit),controller(id=22342,userdata=05.00.00.00.00.02.57.04.00.00.01.00.00.00.00.00.00.05.a2.00.00.00.00.00.00.00.00.00.00.00.00.00.00.00.00)`,
      `table=external-port, priority=200,ipv6,reg11=0x1,reg12=0x20010db8,reg13=0x100,reg14=0,reg15=0x4 actions=set_field:0x2->reg6,set_field:${mac}->eth_dst,goto_table:external-in`,
    ]);
    await world.update('internet-gateway', gateway.id, { vpcId: null });
    assert.equal(flows(), undefined);
    await world.create('egress-only-internet-gateway', { vpcId: gateway.spec.vpcId });
    assert.equal(flows()?.length, 5);
    await world.unbind('host-1', id);
    const elsewhere = await world.bind('host-2', id, 10);
    assert.equal(flows(elsewhere.id), undefined, 'a host without a port to the network');
  });

  it('are public on the host that claimed the interface last, and nowhere else', async () => {
    await using world = await World.create();
    const { subnet } = await dualStackCloud(world);
    await world.host(3, { externalPorts: { external: 2 } });
    const { id } = await world.create('network-interface', { subnetId: subnet.id });
    const first = await world.bind('host-1', id, 10);
    const count = (of: string) => fragment(world, 'interface.public-ipv6', of)?.flows.length;
    assert.equal(count(first.id), 5);
    const second = await world.bind('host-3', id, 10, true);
    assert.deepEqual([count(first.id), count(second.id)], [undefined, 5]);
    await world.unbind('host-3', id);
    assert.equal(count(first.id), 5);
  });

  it('check who asks for neighbours with a pair, too', async () => {
    await using world = await World.create();
    const { subnet } = await dualStackCloud(world);
    const allowedAddressPairs = [{ cidrBlock: 'fd00::/16', macAddress: '02:aa:00:00:00:01' }];
    const { id } = await world.create('network-interface', { subnetId: subnet.id, allowedAddressPairs });
    const binding = await world.bind('host-1', id, 10);
    const from = 'reg1=0x1,dl_src=02:aa:00:00:00:01';
    const flows = fragment(world, 'interface.guard', binding.id)?.flows ?? [];
    assert.deepEqual(
      flows.filter((flow) => flow.includes(from)),
      [
        `table=source-guard, priority=95,ipv6,${from},ipv6_src=fd00::/16 actions=set_field:0x100/0x100->reg0,goto_table:admit`,
        `table=source-guard, priority=115,icmp6,${from},ipv6_src=fd00::/16,icmp_type=135,nd_sll=02:aa:00:00:00:01 actions=goto_table:admit`,
        `table=source-guard, priority=110,icmp6,${from},icmp_type=135 actions=drop`,
      ],
    );
  });
});
