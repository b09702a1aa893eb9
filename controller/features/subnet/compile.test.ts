import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fragment } from '../../testing/golden.ts';
import { network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

describe('the flows of a subnet', () => {
  it('answer for its gateway, and say what is routed and what is switched', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    assert.deepEqual(fragment(world, 'subnet.admit', subnet.id), {
      scope: `vpc:${vpc.id}`,
      number: 1,
      flows: [
        'table=admit, priority=200,arp,reg9=0x1,metadata=0x1,arp_tpa=10.0.1.1,arp_op=1 actions=set_field:0xa000101->reg15,set_field:02:57:01:00:00:01->eth_dst,goto_table:arp-reply',
        'table=admit, priority=100,arp,reg9=0x1,metadata=0x1,arp_tpa=10.0.1.0/24,arp_op=1 actions=move:NXM_OF_ARP_TPA[]->NXM_NX_REG15[],goto_table:resolve',
        'table=admit, priority=200,icmp,reg9=0x1,metadata=0x1,dl_dst=02:57:01:00:00:01,nw_dst=10.0.1.1,icmp_type=8,icmp_code=0 actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],set_field:02:57:01:00:00:01->eth_src,move:NXM_OF_IP_SRC[]->NXM_OF_IP_DST[],set_field:10.0.1.1->ip_src,set_field:0->icmp_type,set_field:64->nw_ttl,IN_PORT',
        'table=admit, priority=110,ip,reg9=0x1,metadata=0x1,dl_dst=02:57:01:00:00:01 actions=set_field:0x1->reg10,set_field:0x1->reg4,goto_table:egress-destination',
        'table=admit, priority=100,ip,reg9=0x1,metadata=0x1,dl_dst=00:00:00:00:00:00/01:00:00:00:00:00,nw_dst=10.0.1.0/24 actions=set_field:0x2/0x2->reg0,move:NXM_OF_IP_DST[]->NXM_NX_REG15[],goto_table:egress-destination',
      ],
    });
    assert.deepEqual(fragment(world, 'subnet.route-local', subnet.id), {
      scope: `vpc:${vpc.id}`,
      number: 1,
      flows: [
        'table=route-local, priority=100,ip,metadata=0x1,nw_dst=10.0.1.0/24 actions=set_field:02:57:01:00:00:01->eth_src,goto_table:resolve',
      ],
    });
  });

  it('of another subnet and another VPC have their own numbers, MACs and addresses', async () => {
    await using world = await World.create();
    const first = await network(world);
    const small = await world.create('subnet', { vpcId: first.vpc.id, cidrBlock: '10.0.2.240/28' });
    const other = await network(world);
    assert.deepEqual(
      [small, other.subnet].map(({ id }) => fragment(world, 'subnet.route-local', id)?.flows),
      [
        [
          'table=route-local, priority=100,ip,metadata=0x1,nw_dst=10.0.2.240/28 actions=set_field:02:57:01:00:00:02->eth_src,goto_table:resolve',
        ],
        [
          'table=route-local, priority=100,ip,metadata=0x2,nw_dst=10.0.1.0/24 actions=set_field:02:57:01:00:00:03->eth_src,goto_table:resolve',
        ],
      ],
    );
    const [gatewayArp, , , routed] = fragment(world, 'subnet.admit', small.id)?.flows ?? [];
    assert.equal(
      gatewayArp,
      'table=admit, priority=200,arp,reg9=0x2,metadata=0x1,arp_tpa=10.0.2.241,arp_op=1 actions=set_field:0xa0002f1->reg15,set_field:02:57:01:00:00:02->eth_dst,goto_table:arp-reply',
    );
    assert.equal(
      routed,
      'table=admit, priority=110,ip,reg9=0x2,metadata=0x1,dl_dst=02:57:01:00:00:02 actions=set_field:0x1->reg10,set_field:0x1->reg4,goto_table:egress-destination',
    );
  });

  it('use its own route table while it has one', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    const table = await world.create('route-table', { vpcId: vpc.id });
    const routed = () =>
      fragment(world, 'subnet.admit', subnet.id)?.flows.find((flow) => flow.includes('priority=110'));
    const before = routed();
    await world.update('subnet', subnet.id, { routeTableId: table.id });
    assert.equal(
      routed(),
      'table=admit, priority=110,ip,reg9=0x1,metadata=0x1,dl_dst=02:57:01:00:00:01 actions=set_field:0x2->reg10,set_field:0x1->reg4,goto_table:egress-destination',
    );
    const changed = world.changes.at(-1)?.scopes.get(`vpc:${vpc.id}`) ?? [];
    assert.deepEqual(
      changed.map(({ after }) => after?.key),
      [`10:${subnet.id}`],
    );
    await world.update('subnet', subnet.id, { routeTableId: null });
    assert.equal(routed(), before);
  });

  it('are gone with it', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    const keys = () => [...(world.compiler.scope(`vpc:${vpc.id}`)?.fragments.keys() ?? [])];
    assert.ok(keys().includes(`10:${subnet.id}`) && keys().includes(`11:${subnet.id}`));
    await world.remove('subnet', subnet.id);
    assert.deepEqual(
      keys().filter((key) => key.endsWith(subnet.id)),
      [],
    );
    assert.equal(fragment(world, 'subnet.admit', subnet.id), undefined);
    assert.equal(fragment(world, 'subnet.route-local', subnet.id), undefined);
  });
});
