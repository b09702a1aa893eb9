import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { companions, fragment } from '../../testing/golden.ts';
import { cloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

/** A public NAT gateway on the only host with a port to the network, and the route that leads to it. */
async function withGateway(world: World) {
  const scene = await cloud(world);
  const table = await world.create('route-table', { vpcId: scene.vpc.id });
  await world.update('subnet', scene.subnet.id, { routeTableId: table.id });
  const elasticIp = await world.create('elastic-ip', {});
  const gateway = await world.create('nat-gateway', { subnetId: scene.subnet.id, elasticIpId: elasticIp.id });
  return { ...scene, table, elasticIp, gateway };
}

const nobodys =
  'set_field:0->reg1,set_field:0->reg2,set_field:0->reg3,set_field:0/0x2->reg0,set_field:0->in_port,set_field:0x40/0x40->reg0,set_field:0x1->reg4';

describe('the flows of a NAT gateway', () => {
  it('say to every host of the VPC where it is', async () => {
    await using world = await World.create();
    const { gateway, vpc } = await withGateway(world);
    assert.deepEqual(fragment(world, 'nat-gateway.resolve', gateway.id), {
      scope: `vpc:${vpc.id}`,
      number: 1,
      flows: [
        'table=resolve, priority=100,reg15=0xa000104,metadata=0x1 actions=set_field:02:57:03:00:00:01->eth_dst,set_field:0xc6120001->reg4,goto_table:forward',
      ],
    });
  });

  it('translate on its host: out by the table of its subnet, back only what was asked for', async () => {
    await using world = await World.create();
    const { gateway, vpc, subnet } = await withGateway(world);
    assert.deepEqual(fragment(world, 'nat-gateway.local', gateway.id), {
      scope: 'host:host-1',
      number: 1,
      flows: [
        `table=locate, priority=110,ip,metadata=0x1,dl_dst=02:57:03:00:00:01,nw_dst=10.0.1.4 actions=${nobodys},ct(table=ingress-acl,zone=2)`,
        `table=locate, priority=100,ip,reg11=0,metadata=0x1,dl_dst=02:57:03:00:00:01 actions=${nobodys},ct(table=ingress-acl,zone=2)`,
        'table=ingress-check, priority=210,ip,reg0=0x40/0x40,metadata=0x1,dl_dst=02:57:03:00:00:01,nw_dst=10.0.1.4 actions=set_field:0/0x40->reg0,set_field:0x80/0x80->reg0,ct(table=egress-acl,zone=2,nat)',
        'table=ingress-check, priority=205,ct_state=+new-rel-inv+trk,ip,reg0=0x40/0x40,metadata=0x1,dl_dst=02:57:03:00:00:01 actions=set_field:0/0x40->reg0,set_field:0x8/0x8->reg0,set_field:0x1->reg9,set_field:0x2->reg10,set_field:0x3->reg7,ct(commit,table=egress-acl,zone=2,nat(src=10.0.1.4))',
        'table=ingress-check, priority=200,ip,reg0=0x40/0x40,metadata=0x1,dl_dst=02:57:03:00:00:01 actions=set_field:0/0x40->reg0,set_field:0x8/0x8->reg0,set_field:0x1->reg9,set_field:0x2->reg10,set_field:0x3->reg7,ct(commit,table=egress-acl,zone=2,nat(src=10.0.1.4))',
        'table=egress-acl, priority=65100,ct_state=-inv+trk-snat,ip,reg0=0x8/0x88,metadata=0x1,dl_dst=02:57:03:00:00:01 actions=drop',
      ],
    });
    const { id: networkAclId } = await world.create('network-acl', { vpcId: vpc.id });
    await world.update('subnet', subnet.id, { networkAclId });
    assert.match(
      fragment(world, 'nat-gateway.local', gateway.id)?.flows[0] ?? '',
      /set_field:0x2->reg4,ct/,
      'another network ACL',
    );
    const flushes = [2, 3].map((zone) => ({ type: 'ct-flush-zone', zone }));
    assert.deepEqual(companions(world, 'nat-gateway.local', gateway.id)?.before, flushes);
  });

  it('are those of its elastic IP, which takes in nothing new', async () => {
    await using world = await World.create();
    const { elasticIp, vpc } = await withGateway(world);
    assert.deepEqual(fragment(world, 'elastic-ip.outbound', elasticIp.id), {
      scope: `vpc:${vpc.id}`,
      number: 1,
      flows: [
        'table=translate, priority=100,ip,reg11=0x1,metadata=0x1,nw_src=10.0.1.4 actions=set_field:0->reg2,set_field:02:57:02:00:00:01->eth_src,ct(commit,table=external-route,zone=NXM_NX_REG7[0..15],nat(src=203.0.113.10))',
      ],
    });
    const inbound = fragment(world, 'elastic-ip.inbound', elasticIp.id);
    assert.equal(inbound?.scope, 'host:host-1');
    assert.ok(
      inbound.flows.includes(
        'table=external-in, priority=100,ip,reg11=0x1,dl_dst=02:57:02:00:00:01,nw_dst=203.0.113.10 actions=dec_ttl,set_field:0x1->metadata,set_field:0->reg3,set_field:02:57:01:00:00:01->eth_src,set_field:02:57:03:00:00:01->eth_dst,ct(table=locate,zone=3,nat)',
      ),
    );
  });

  it('lead routes to it, but not what a NAT gateway has translated', async () => {
    await using world = await World.create();
    const { gateway, table } = await withGateway(world);
    const routes = [{ destination: '0.0.0.0/0', target: gateway.id }];
    await world.update('route-table', table.id, { routes });
    assert.deepEqual(
      fragment(world, 'route-table.routes', table.id)?.flows.filter((flow) => !flow.includes('10.0.0.0/16')),
      [
        'table=route, priority=1000,ip,reg10=0x2,metadata=0x1 actions=dec_ttl,set_field:0xa000104->reg15,goto_table:resolve',
        'table=route, priority=1001,ip,reg0=0x8/0x8,reg10=0x2,metadata=0x1 actions=drop',
      ],
    );
  });

  it('move with it, and the address is announced from the new host', async () => {
    await using world = await World.create();
    const { gateway, elasticIp } = await withGateway(world);
    await world.host(3, { externalPorts: { external: 5 } });
    await world.run((draft) => draft.update(world.get('host', 'host-1'), { status: { state: 'down' } }));
    const scopes = ['nat-gateway.local', 'elastic-ip.inbound'].map(
      (name) => fragment(world, name, name.startsWith('nat') ? gateway.id : elasticIp.id)?.scope,
    );
    assert.deepEqual(scopes, ['host:host-3', 'host:host-3']);
    assert.match(fragment(world, 'nat-gateway.resolve', gateway.id)?.flows[0] ?? '', /0xc6120003->reg4/);
    assert.deepEqual(
      companions(world, 'elastic-ip.inbound', elasticIp.id)?.after.map(({ type }) => type),
      ['ct-flush-zone', 'packet-out'],
    );
  });

  it('are gone with it', async () => {
    await using world = await World.create();
    const { gateway, elasticIp } = await withGateway(world);
    await world.remove('nat-gateway', gateway.id);
    for (const name of ['nat-gateway.local', 'nat-gateway.resolve']) {
      assert.equal(fragment(world, name, gateway.id), undefined);
    }
    assert.equal(fragment(world, 'elastic-ip.outbound', elasticIp.id), undefined);
    assert.equal(fragment(world, 'elastic-ip.inbound', elasticIp.id), undefined);
  });
});
