import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fragment } from '../../testing/golden.ts';
import { network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

/** VPC 1 (10.0.0.0/16) with a route to VPC 2 (10.1.0.0/16), and an interface in each, the second on `host-2`. */
async function peered(world: World) {
  await world.host(1);
  await world.host(2);
  const [one, two] = [await network(world, '10.0.0.0/16'), await network(world, '10.1.0.0/16')];
  const vpcs = { requesterVpcId: one.vpc.id, accepterVpcId: two.vpc.id };
  const connection = await world.create('vpc-peering-connection', vpcs);
  const table = one.vpc.spec.mainRouteTableId;
  const routes = [{ destination: '10.1.0.0/16', target: connection.id }];
  await world.update('route-table', table, { routes });
  const own = await world.create('network-interface', { subnetId: one.subnet.id });
  const other = await world.create('network-interface', { subnetId: two.subnet.id });
  await world.bind('host-1', own.id, 10);
  await world.bind('host-2', other.id, 11);
  const accept = () => world.update('vpc-peering-connection', connection.id, { state: 'active' });
  const rule = (direction: string) =>
    world.create('security-group-rule', {
      groupId: one.vpc.spec.defaultSecurityGroupId,
      direction,
      protocol: 'tcp',
      referencedGroupId: two.vpc.spec.defaultSecurityGroupId,
    });
  const route = () => fragment(world, 'route-table.routes', table)?.flows.slice(1);
  const across = (port: typeof own) =>
    fragment(
      world,
      'peering.identity',
      `${world.get('network-interface', port.id).status.identityId}@${connection.id}`,
    );
  return { one, two, connection, own, other, accept, rule, route, across };
}

const to = 'ip,reg10=0x1,metadata=0x1,nw_dst=10.1.0.0/16';

describe('the flows of a peering connection', () => {
  it('drop until it is accepted, and then lead into the other VPC, without groups', async () => {
    await using world = await World.create();
    const { accept, route, across, own, connection } = await peered(world);
    assert.deepEqual(route(), [`table=route, priority=1160,${to} actions=drop`]);
    await accept();
    assert.deepEqual(route(), [
      `table=route, priority=1160,${to} actions=dec_ttl,set_field:0->reg2,set_field:0x2->metadata,move:NXM_OF_IP_DST[]->NXM_NX_REG15[],goto_table:route-local`,
    ]);
    assert.equal(across(own), undefined);
    await world.remove('vpc-peering-connection', connection.id);
    assert.deepEqual(route(), [`table=route, priority=1160,${to} actions=drop`]);
  });

  it('carry groups as soon as a rule names one: both ways, and looked up where the route leads', async () => {
    await using world = await World.create();
    const { one, accept, rule, route, across, own, other } = await peered(world);
    await accept();
    const egress = await rule('egress');
    await rule('ingress');
    assert.deepEqual(route(), [
      `table=route, priority=1160,${to} actions=dec_ttl,set_field:0x2->metadata,move:NXM_OF_IP_DST[]->NXM_NX_REG15[],goto_table:route-local`,
      'table=egress-destination, priority=1160,ip,reg10=0x1,metadata=0x1,nw_dst=10.0.0.0/16 actions=resubmit(,destination-identity),goto_table:egress-track',
      `table=egress-destination, priority=1160,${to} actions=set_field:0x2->metadata,resubmit(,destination-identity),set_field:0x1->metadata,goto_table:egress-track`,
    ]);
    const recorded = (vpc: number, identity: number) =>
      [
        ['egress', 'egress-acl'],
        ['ingress', 'deliver'],
      ].map(
        ([half, next]) =>
          `table=${half}-verdict, priority=80,ct_state=+est-rel-rpl+trk,ct_label=0x${identity}/0xffffffff,ip,reg0=0x1/0x1,reg3=0x${identity},metadata=0x${vpc} actions=set_field:0/0x1->reg0,goto_table:${next}`,
      );
    assert.deepEqual(across(own)?.flows, recorded(2, 1), 'no rule of VPC 2 names a group of VPC 1');
    assert.deepEqual(across(other), {
      scope: `vpc:${one.vpc.id}`,
      number: 2,
      flows: [
        'table=ingress-rules, priority=100,reg3=0x2,metadata=0x1 actions=conjunction(6,3/3)',
        'table=egress-rules, priority=100,reg3=0x2,metadata=0x1 actions=conjunction(5,3/3)',
        ...recorded(1, 2),
      ],
    });
    const lookUp = () => fragment(world, 'interface.destination-identity', other.id)?.flows;
    assert.deepEqual(lookUp(), [
      'table=destination-identity, priority=100,ip,metadata=0x2,nw_dst=10.1.1.4 actions=set_field:0x2->reg3',
    ]);
    assert.equal(fragment(world, 'interface.destination-identity', own.id), undefined);
    await world.remove('security-group-rule', egress.id);
    assert.equal(lookUp(), undefined);
  });

  it('bring the scopes of both VPCs to the hosts of each, while it is active', async () => {
    await using world = await World.create();
    const { one, two, accept, connection } = await peered(world);
    const scopes = (host: string) =>
      [...world.compiler.scopesOfHost(host)].filter((key) => key.startsWith('vpc:'));
    const both = [`vpc:${one.vpc.id}`, `vpc:${two.vpc.id}`].sort();
    assert.deepEqual([scopes('host-1'), scopes('host-2')], [[`vpc:${one.vpc.id}`], [`vpc:${two.vpc.id}`]]);
    await accept();
    assert.deepEqual([scopes('host-1').sort(), scopes('host-2').sort()], [both, both]);
    await world.remove('vpc-peering-connection', connection.id);
    assert.deepEqual([scopes('host-1'), scopes('host-2')], [[`vpc:${one.vpc.id}`], [`vpc:${two.vpc.id}`]]);
  });

  it('are the same for IPv6, with groups looked up there, too', async () => {
    await using world = await World.create();
    const { one, two, connection, accept, rule } = await peered(world);
    await world.update('vpc', one.vpc.id, { ipv6CidrBlock: 'fd00:0:0:100::/56' });
    await world.update('vpc', two.vpc.id, { ipv6CidrBlock: 'fd00:0:0:200::/56' });
    await world.update('subnet', two.subnet.id, { ipv6CidrBlock: 'fd00:0:0:200::/64' });
    const port = await world.create('network-interface', { subnetId: two.subnet.id, ipv6AddressCount: 1 });
    const table = one.vpc.spec.mainRouteTableId;
    const routes = [{ destinationIpv6: 'fd00:0:0:200::/56', target: connection.id }];
    await world.update('route-table', table, { routes });
    await accept();
    await rule('egress');
    const flows = fragment(world, 'route-table.routes', table)?.flows ?? [];
    const to6 = 'ipv6,reg10=0x1,metadata=0x1,ipv6_dst=fd00:0:0:200::/56';
    const into =
      'dec_ttl,set_field:0x2->metadata,move:NXM_NX_IPV6_DST[]->NXM_NX_XXREG3[],goto_table:route-local';
    assert.ok(flows.includes(`table=route, priority=1560,${to6} actions=${into}`), flows.join('\n'));
    const lookUp = 'set_field:0x2->metadata,resubmit(,destination-identity),set_field:0x1->metadata';
    const found = `table=egress-destination, priority=1560,${to6} actions=${lookUp},goto_table:egress-track`;
    assert.ok(flows.includes(found), flows.join('\n'));
    assert.equal(
      fragment(world, 'interface.destination-identity', port.id)?.flows[1],
      `table=destination-identity, priority=100,ipv6,metadata=0x2,ipv6_dst=${port.spec.ipv6Addresses?.[0]} actions=set_field:0x2->reg3`,
    );
  });
});
