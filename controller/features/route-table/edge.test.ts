import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ResourceOf, tryParseIpv4 } from '../../resources/index.ts';
import { fragment } from '../../testing/golden.ts';
import { cloud, dualStackCloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

/** A middlebox on the host without the network, and a machine behind it on the host that reaches it. */
async function withMiddlebox(world: World, scene: Awaited<ReturnType<typeof cloud>>) {
  const { subnet } = scene;
  const machine = await world.create('network-interface', { subnetId: subnet.id });
  const middlebox = await world.create('network-interface', {
    subnetId: subnet.id,
    sourceDestinationCheck: false,
  });
  await world.bind('host-1', machine.id, 10);
  await world.bind('host-2', middlebox.id, 10);
  const elasticIp = await world.create('elastic-ip', { networkInterfaceId: machine.id });
  return { ...scene, machine, middlebox, elasticIp };
}

type Scene = Awaited<ReturnType<typeof withMiddlebox>>;

const edgeTable = (world: World, { vpc, gateway }: Scene, routes: object[]) =>
  world.create('route-table', { vpcId: vpc.id, routes, internetGatewayId: gateway.id });

/** The flows for what comes in by the gateway. */
const inward = (world: World, { id }: ResourceOf<'route-table'>) =>
  fragment(world, 'route-table.routes', id)?.flows.filter((flow) =>
    /table=(nat|public-check), .*dst=/.test(flow),
  );

describe('the route table of an internet gateway', () => {
  it('leads what was translated to the middlebox, the longer prefix first', async () => {
    await using world = await World.create();
    const scene = await withMiddlebox(world, await cloud(world));
    const { vpc, subnet, middlebox } = scene;
    const target = middlebox.id;
    const table = await edgeTable(world, scene, [
      { destination: vpc.spec.cidrBlock, target },
      { destination: subnet.spec.cidrBlock, target },
    ]);
    const then = 'actions=set_field:02:57:01:00:00:01->eth_src,set_field:0xa000105->reg15,goto_table:resolve';
    assert.deepEqual(inward(world, table), [
      `table=nat, priority=136,ct_state=-inv+trk,ip,reg11=0x1,metadata=0x1,nw_dst=10.0.0.0/16 ${then}`,
      `table=nat, priority=144,ct_state=-inv+trk,ip,reg11=0x1,metadata=0x1,nw_dst=10.0.1.0/24 ${then}`,
    ]);
    await world.update('network-interface', target, { sourceDestinationCheck: true });
    assert.match(inward(world, table)?.join() ?? '', /^[^,]+, priority=136,.* actions=drop,.* actions=drop$/);
    await world.update('route-table', table.id, { internetGatewayId: null });
    assert.deepEqual(inward(world, table), []);
  });

  it('leads IPv6 to the middlebox if it has some', async () => {
    await using world = await World.create();
    const scene = await withMiddlebox(world, await dualStackCloud(world));
    const { subnet, middlebox } = scene;
    const table = await edgeTable(world, scene, [
      { destinationIpv6: subnet.spec.ipv6CidrBlock, target: middlebox.id },
    ]);
    const match =
      'table=public-check, priority=10064,ipv6,reg11=0x1,metadata=0x1,ipv6_dst=2001:db8:0:100::/64';
    assert.deepEqual(inward(world, table), [
      `${match} actions=set_field:02:57:01:00:00:01->eth_src,set_field:0x20010db8000001000000000000000005->xxreg3,goto_table:resolve`,
    ]);
    await world.update('network-interface', middlebox.id, { ipv6Addresses: [] });
    assert.deepEqual(inward(world, table), [`${match} actions=drop`]);
  });

  it('stands in for the local route where it leads from a whole block', async () => {
    await using world = await World.create();
    const { vpc, middlebox } = await withMiddlebox(world, await cloud(world));
    const routes = [{ destination: vpc.spec.cidrBlock, target: middlebox.id }];
    await world.update('route-table', vpc.spec.mainRouteTableId, { routes });
    assert.deepEqual(fragment(world, 'route-table.routes', vpc.spec.mainRouteTableId)?.flows, [
      'table=route, priority=1160,ip,reg10=0x1,metadata=0x1,nw_dst=10.0.0.0/16 actions=dec_ttl,set_field:02:57:01:00:00:01->eth_src,set_field:0xa000105->reg15,goto_table:resolve',
    ]);
  });
});

describe('an elastic IP behind a gateway with a route table', () => {
  it('is translated on its own host for everybody, and goes on by the table', async () => {
    await using world = await World.create();
    const scene = await withMiddlebox(world, await cloud(world));
    const flows = (name: string) => fragment(world, `elastic-ip.${name}`, scene.elasticIp.id)?.flows ?? [];
    const before = [flows('outbound'), flows('inbound')];
    const { tunnelAddress } = world.get('host', 'host-1').spec;
    const hostKey = `0x${(tryParseIpv4(tunnelAddress) as number).toString(16)}`;
    const table = await edgeTable(world, scene, []);
    assert.deepEqual(flows('outbound'), [
      `table=translate, priority=100,ip,reg11=0x1,metadata=0x1,nw_src=10.0.1.4 actions=set_field:0->reg2,set_field:02:57:02:00:00:01->eth_dst,set_field:${hostKey}->reg4,goto_table:forward`,
    ]);
    const changed = flows('inbound').filter((flow) => !before[1]?.includes(flow));
    assert.deepEqual(changed, [
      'table=external-in, priority=100,ip,reg11=0x1,dl_dst=02:57:02:00:00:01,nw_dst=203.0.113.10 actions=dec_ttl,set_field:0x1->metadata,set_field:0->reg3,set_field:0->reg2,ct(commit,table=nat,zone=3,nat(dst=10.0.1.4))',
      'table=locate, priority=100,ip,metadata=0x1,dl_dst=02:57:02:00:00:01,nw_src=10.0.1.4 actions=set_field:0x1->reg11,set_field:0->reg2,set_field:02:57:02:00:00:01->eth_src,ct(commit,table=external-route,zone=3,nat(src=203.0.113.10))',
      'table=nat, priority=80,ip,reg11=0x1,metadata=0x1,nw_dst=10.0.1.4 actions=set_field:0xa000104->reg15,goto_table:route-local',
    ]);
    const { scopes } = world.changes.at(-1) ?? {};
    assert.ok(scopes?.get('host:host-1') && scopes.get(`vpc:${scene.vpc.id}`), 'the compiler saw it');
    await world.unbind('host-1', scene.machine.id);
    assert.deepEqual(flows('outbound'), [], 'nobody translates it');
    await world.bind('host-1', scene.machine.id, 10);
    await world.update('route-table', table.id, { internetGatewayId: null });
    assert.deepEqual([flows('outbound'), flows('inbound')], before);
  });

  it('of a NAT gateway goes on by the table when it answers', async () => {
    await using world = await World.create();
    const scene = await withMiddlebox(world, await cloud(world));
    const elasticIp = await world.create('elastic-ip', {});
    await world.create('nat-gateway', { subnetId: scene.subnet.id, elasticIpId: elasticIp.id });
    const flows = () => fragment(world, 'elastic-ip.inbound', elasticIp.id)?.flows ?? [];
    const before = flows();
    await edgeTable(world, scene, []);
    const changed = flows().filter((flow) => !before.includes(flow));
    const mac = '02:57:02:00:00:02';
    assert.deepEqual(changed, [
      `table=external-in, priority=100,ip,reg11=0x1,dl_dst=${mac},nw_dst=203.0.113.11 actions=dec_ttl,set_field:0x1->metadata,set_field:0->reg3,set_field:0->reg2,ct(table=nat,zone=5,nat)`,
      `table=locate, priority=100,ip,metadata=0x1,dl_dst=${mac},nw_src=10.0.1.6 actions=set_field:0x1->reg11,set_field:0->reg2,set_field:${mac}->eth_src,ct(commit,table=external-route,zone=5,nat(src=203.0.113.11))`,
      'table=nat, priority=200,ip,reg11=0x1,metadata=0x1,nw_dst=203.0.113.11 actions=drop',
    ]);
  });
});
