import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fragment } from '../../testing/golden.ts';
import { externalNetworkSpec } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

describe('the flows of a host', () => {
  it('turn its tunnel into registers and back, with no flow for any other host', async () => {
    await using world = await World.create();
    await world.host(1);
    await world.host(2, { tunnelPort: 7 });
    assert.deepEqual(fragment(world, 'host.tunnel', 'host-2'), {
      scope: 'host:host-2',
      number: 2,
      flows: [
        'table=classify, priority=100,in_port=7 actions=move:NXM_NX_TUN_ID[0..23]->OXM_OF_METADATA[0..23],move:NXM_NX_TUN_METADATA0[0..30]->NXM_NX_REG3[0..30],move:NXM_NX_TUN_METADATA0[31]->NXM_NX_REG0[1],goto_table:locate',
        'table=forward, priority=100,reg4=0xc6120002 actions=move:NXM_NX_REG2[]->NXM_NX_REG3[],goto_table:locate',
        'table=forward, priority=110,reg0=0x100/0x100,reg4=0xc6120002 actions=set_field:0->reg3,goto_table:locate',
        'table=forward, priority=50 actions=check_pkt_larger(1456)->NXM_NX_REG0[2],goto_table:tunnel',
        'table=forward, priority=60,reg0=0x100/0x100 actions=set_field:0->reg2,check_pkt_larger(1456)->NXM_NX_REG0[2],goto_table:tunnel',
        'table=tunnel, priority=50,reg0=0/0x4 actions=move:NXM_NX_REG4[]->NXM_NX_TUN_IPV4_DST[],move:OXM_OF_METADATA[0..23]->NXM_NX_TUN_ID[0..23],move:NXM_NX_REG2[0..30]->NXM_NX_TUN_METADATA0[0..30],move:NXM_NX_REG0[1]->NXM_NX_TUN_METADATA0[31],output:7',
      ],
    });
  });

  it('name each external network that it has a port to, and only those', async () => {
    await using world = await World.create();
    await world.create('external-network', externalNetworkSpec);
    await world.create('external-network', { ...externalNetworkSpec, name: 'office' });
    await world.create('external-network', { ...externalNetworkSpec, name: 'lab' });
    await world.host(1, { externalPorts: { lab: 4, external: 2, unknown: 9 } });
    await world.host(2);
    const external = fragment(world, 'host.external', 'host-1');
    assert.equal(external?.scope, 'host:host-1');
    // Networks of one millisecond stand in the order of their random ids.
    assert.deepEqual(external?.flows.sort(), [
      'table=classify, priority=100,in_port=2 actions=set_field:0x20/0x20->reg0,set_field:0x1->reg11,set_field:0x2->reg6,check_pkt_larger(1456)->NXM_NX_REG0[2],goto_table:external-in',
      'table=classify, priority=100,in_port=4 actions=set_field:0x20/0x20->reg0,set_field:0x3->reg11,set_field:0x4->reg6,check_pkt_larger(1456)->NXM_NX_REG0[2],goto_table:external-in',
      'table=external-port, priority=100,reg11=0x1 actions=set_field:0x2->reg6,goto_table:neighbour',
      'table=external-port, priority=100,reg11=0x3 actions=set_field:0x4->reg6,goto_table:neighbour',
    ]);
    assert.equal(fragment(world, 'host.external', 'host-2'), undefined);
  });

  it('take and give frames of the VLAN of a network alone', async () => {
    await using world = await World.create();
    await world.create('external-network', { ...externalNetworkSpec, vlan: 100 });
    await world.host(1, { externalPorts: { external: 2 } });
    assert.deepEqual(fragment(world, 'host.external', 'host-1')?.flows, [
      'table=classify, priority=210,in_port=2,dl_vlan=100 actions=pop_vlan,set_field:0x20/0x20->reg0,set_field:0x1->reg11,set_field:0x2->reg6,check_pkt_larger(1456)->NXM_NX_REG0[2],goto_table:external-in',
      'table=external-port, priority=100,reg11=0x1 actions=set_field:0x2->reg6,push_vlan:0x8100,set_field:4196->vlan_vid,goto_table:neighbour',
    ]);
  });

  it('come for a network that is made after the host, and go with it', async () => {
    await using world = await World.create();
    await world.host(1, { externalPorts: { external: 2 } });
    const external = () => world.compiler.scope('host:host-1')?.fragments.get('3:host-1')?.flowCount;
    assert.equal(external(), undefined);
    const network = await world.create('external-network', externalNetworkSpec);
    assert.equal(external(), 2);
    await world.remove('external-network', network.id);
    assert.equal(external(), undefined);
  });

  it('are gone with the host, with their whole scope', async () => {
    await using world = await World.create();
    await world.host(1);
    assert.ok(world.compiler.scope('host:host-1'));
    await world.remove('host', 'host-1');
    assert.equal(world.compiler.scope('host:host-1'), undefined);
    assert.equal(fragment(world, 'host.tunnel', 'host-1'), undefined);
    assert.equal(fragment(world, 'host.external', 'host-1'), undefined);
  });
});
