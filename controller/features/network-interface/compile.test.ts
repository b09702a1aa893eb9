import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { companions, fragment } from '../../testing/golden.ts';
import { cloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const resolve = (hostKey: string) =>
  `table=resolve, priority=100,reg15=0xa000104,metadata=0x1 actions=set_field:02:57:00:00:00:01->eth_dst,set_field:${hostKey}->reg4,goto_table:forward`;
const local = (port: string, { identity = 1, zones = [2, 3] } = {}) => [
  `table=classify, priority=100,in_port=${Number(port)} actions=set_field:0x1->metadata,set_field:0x1->reg1,set_field:0x${identity}->reg2,set_field:0x${zones[0]}->reg5,set_field:0x1->reg9,set_field:0x${zones[1]}->reg7,goto_table:source-guard`,
  `table=locate, priority=100,metadata=0x1,dl_dst=02:57:00:00:00:01 actions=set_field:0x1->reg1,set_field:0x${identity}->reg2,set_field:0x${zones[0]}->reg5,set_field:0x1->reg9,set_field:${port}->reg6,goto_table:ingress-subnet`,
];

async function withInterface(world: World) {
  const scene = await cloud(world);
  const port = await world.create('network-interface', { subnetId: scene.subnet.id });
  return { ...scene, port, key: (host: string) => `${host}/${port.id}` };
}

describe('the flows of a network interface', () => {
  it('are none while it is not bound', async () => {
    await using world = await World.create();
    const { port, key } = await withInterface(world);
    assert.equal(fragment(world, 'interface.resolve', port.id), undefined);
    assert.equal(fragment(world, 'interface.local', key('host-1')), undefined);
    assert.equal(fragment(world, 'interface.guard', key('host-1')), undefined);
    assert.equal(fragment(world, 'interface.destination-identity', port.id), undefined);
  });

  it('say for every host of the VPC where it is', async () => {
    await using world = await World.create();
    const { vpc, port } = await withInterface(world);
    await world.bind('host-1', port.id, 10);
    assert.deepEqual(fragment(world, 'interface.resolve', port.id), {
      scope: `vpc:${vpc.id}`,
      number: 1,
      flows: [resolve('0xc6120001')],
    });
  });

  it('join its port and its registers on its own host', async () => {
    await using world = await World.create();
    const { port, key } = await withInterface(world);
    await world.bind('host-1', port.id, 10);
    assert.deepEqual(fragment(world, 'interface.local', key('host-1')), {
      scope: 'host:host-1',
      number: 1,
      flows: local('0xa'),
    });
  });

  it('come on its host after its zones were flushed, and after the rules of its groups are everywhere', async () => {
    await using world = await World.create();
    const { port, key } = await withInterface(world);
    await world.bind('host-1', port.id, 10);
    const { identityId } = port.status;
    assert.deepEqual(companions(world, 'interface.local', key('host-1')), {
      before: [
        { type: 'ct-flush-zone', zone: 2 },
        { type: 'ct-flush-zone', zone: 3 },
      ],
      after: [],
      waitsFor: [
        `identity.ingress-own ${identityId}`,
        `identity.ingress-peer ${identityId}`,
        `identity.egress-own ${identityId}`,
        `identity.egress-peer ${identityId}`,
        `identity.recorded ${identityId}`,
      ],
    });
  });

  it('let only its own MAC and address in', async () => {
    await using world = await World.create();
    const { port, key } = await withInterface(world);
    await world.bind('host-1', port.id, 10);
    const guard = fragment(world, 'interface.guard', key('host-1'));
    assert.equal(guard?.scope, 'host:host-1');
    const dhcp = guard.flows.splice(5);
    assert.deepEqual(guard.flows, [
      'table=source-guard, priority=100,ip,reg1=0x1,dl_src=02:57:00:00:00:01,nw_src=10.0.1.4 actions=goto_table:admit',
      'table=source-guard, priority=100,udp,reg1=0x1,dl_src=02:57:00:00:00:01,nw_src=0.0.0.0,nw_dst=255.255.255.255,tp_src=68,tp_dst=67 actions=goto_table:admit',
      'table=source-guard, priority=100,arp,reg1=0x1,dl_src=02:57:00:00:00:01,arp_spa=10.0.1.4,arp_op=1,arp_sha=02:57:00:00:00:01 actions=goto_table:admit',
      'table=source-guard, priority=100,arp,reg1=0x1,dl_src=02:57:00:00:00:01,arp_spa=0.0.0.0,arp_op=1,arp_sha=02:57:00:00:00:01 actions=goto_table:admit',
      'table=source-guard, priority=200,arp,reg1=0x1,arp_tpa=10.0.1.4 actions=drop',
    ]);
    assert.deepEqual(
      dhcp.map((flow) => flow.split(' actions=')[0]),
      [
        'table=admit, priority=300,udp,reg1=0x1,nw_dst=255.255.255.255,tp_src=68,tp_dst=67',
        'table=admit, priority=300,udp,reg1=0x1,nw_dst=10.0.1.1,tp_src=68,tp_dst=67',
      ],
    );
  });

  it('use the MAC that was asked for', async () => {
    await using world = await World.create();
    const { subnet } = await cloud(world);
    const port = await world.create('network-interface', {
      subnetId: subnet.id,
      macAddress: '52:54:00:12:34:56',
    });
    await world.bind('host-1', port.id, 10);
    const flows = ['interface.local', 'interface.guard']
      .flatMap((name) => fragment(world, name, `host-1/${port.id}`)?.flows ?? [])
      .concat(fragment(world, 'interface.resolve', port.id)?.flows ?? []);
    assert.equal(flows.filter((flow) => flow.includes('52:54:00:12:34:56')).length, 6);
    assert.ok(flows.every((flow) => !flow.includes('02:57:00:00:00:01')));
  });

  it('of two bindings are on both hosts, and the one that has sent something last gets the traffic', async () => {
    await using world = await World.create();
    const { port, key } = await withInterface(world);
    const where = () => fragment(world, 'interface.resolve', port.id)?.flows;
    const waiting = (host: string) => fragment(world, 'interface.standby', key(host));
    await world.bind('host-2', port.id, 20);
    assert.equal(waiting('host-2'), undefined);
    await world.bind('host-1', port.id, 10);
    assert.deepEqual(where(), [resolve('0xc6120002')], 'nothing has come out of the new port yet');
    const classify = local('0xa')[0]?.replace('priority=100', 'priority=110') ?? '';
    const userdata = Buffer.from(`\u0007${port.id}`)
      .toString('hex')
      .replaceAll(/(..)(?=.)/g, '$1.');
    assert.deepEqual(waiting('host-1'), {
      scope: 'host:host-1',
      number: 1,
      flows: [
        classify.replace(
          'goto_table:source-guard',
          `resubmit(,limit),controller(id=22342,userdata=${userdata}),goto_table:source-guard`,
        ),
      ],
    });
    const before = fragment(world, 'interface.local', key('host-1'));
    await world.bind('host-1', port.id, 10, true);
    assert.equal(waiting('host-1'), undefined);
    assert.deepEqual(fragment(world, 'interface.local', key('host-1')), before, 'its connections stay');
    assert.deepEqual(where(), [resolve('0xc6120001')]);
    assert.deepEqual(fragment(world, 'interface.local', key('host-1'))?.flows, local('0xa'));
    assert.deepEqual(fragment(world, 'interface.local', key('host-2'))?.flows, local('0x14'));
    assert.ok(fragment(world, 'interface.guard', key('host-2')));

    await world.bind('host-2', port.id, 21);
    assert.deepEqual(where(), [resolve('0xc6120001')]);
    assert.ok(waiting('host-2'), 'a port that was made anew waits');
    await world.unbind('host-1', port.id);
    assert.deepEqual(where(), [resolve('0xc6120002')]);
    assert.equal(fragment(world, 'interface.local', key('host-1')), undefined);
    assert.equal(waiting('host-2'), undefined, 'nothing to wait for');
    await world.unbind('host-2', port.id);
    assert.equal(where(), undefined);
  });

  it('follow the tunnel address of its host', async () => {
    await using world = await World.create();
    const { vpc, port } = await withInterface(world);
    await world.bind('host-1', port.id, 10);
    await world.run((draft) => {
      const host = world.get('host', 'host-1');
      draft.update(host, { spec: { ...host.spec, tunnelAddress: '198.18.9.9' } });
    });
    assert.deepEqual(fragment(world, 'interface.resolve', port.id)?.flows, [resolve('0xc6120909')]);
    const changed = world.changes.at(-1)?.scopes.get(`vpc:${vpc.id}`) ?? [];
    assert.deepEqual(
      changed.map(({ after }) => after?.key),
      [`20:${port.id}`],
    );
  });

  it('change on its host alone when it joins a set of groups that is known', async () => {
    await using world = await World.create();
    const { vpc, subnet, port, key } = await withInterface(world);
    const group = await world.create('security-group', { vpcId: vpc.id, name: 'web' });
    await world.create('network-interface', { subnetId: subnet.id, securityGroupIds: [group.id] });
    await world.bind('host-1', port.id, 10);
    await world.update('network-interface', port.id, { securityGroupIds: [group.id] });
    assert.deepEqual(fragment(world, 'interface.local', key('host-1'))?.flows, local('0xa', { identity: 2 }));
    assert.deepEqual([...(world.changes.at(-1)?.scopes.keys() ?? [])], ['host:host-1']);
    assert.equal(world.changes.at(-1)?.scopes.get('host:host-1')?.length, 1);
  });
});

describe('the identity behind an address', () => {
  const destination = (world: World, id: string) =>
    fragment(world, 'interface.destination-identity', id)?.flows;
  const stored = (world: World) =>
    [...world.topology.all('vpc')].map(
      ({ id }) =>
        [...(world.compiler.scope(`vpc:${id}`)?.fragments.keys() ?? [])].filter((key) =>
          key.startsWith('23:'),
        ).length,
    );

  async function withTwo(world: World) {
    const scene = await withInterface(world);
    const { vpc, subnet } = scene;
    const group = await world.create('security-group', { vpcId: vpc.id, name: 'web' });
    const second = await world.create('network-interface', {
      subnetId: subnet.id,
      securityGroupIds: [group.id, vpc.spec.defaultSecurityGroupId],
    });
    const rule = (referencedGroupId: string) =>
      world.create('security-group-rule', {
        groupId: group.id,
        direction: 'egress',
        protocol: 'tcp',
        referencedGroupId,
      });
    return { ...scene, group, second, rule };
  }

  it('is known for all interfaces while an egress rule names a group', async () => {
    await using world = await World.create();
    const { vpc, subnet, port, second, group, rule } = await withTwo(world);
    assert.deepEqual(stored(world), [0]);
    const first = await rule(group.id);
    assert.deepEqual(fragment(world, 'interface.destination-identity', port.id), {
      scope: `vpc:${vpc.id}`,
      number: 1,
      flows: [
        'table=destination-identity, priority=100,ip,metadata=0x1,nw_dst=10.0.1.4 actions=set_field:0x1->reg3',
      ],
    });
    assert.deepEqual(destination(world, second.id), [
      'table=destination-identity, priority=100,ip,metadata=0x1,nw_dst=10.0.1.5 actions=set_field:0x2->reg3',
    ]);
    assert.deepEqual(stored(world), [2]);

    await world.create('network-interface', { subnetId: subnet.id });
    assert.deepEqual(stored(world), [3], 'a new interface is known, too');
    const other = await rule(vpc.spec.defaultSecurityGroupId);
    await world.remove('security-group-rule', first.id);
    assert.deepEqual(stored(world), [3], 'another rule is left');
    await world.remove('security-group-rule', other.id);
    assert.deepEqual(stored(world), [0]);
    assert.equal(destination(world, port.id), undefined);
  });

  it('goes with the group whose rules were the last to need it', async () => {
    await using world = await World.create();
    const { group, second, rule } = await withTwo(world);
    await rule(group.id);
    await world.remove('network-interface', second.id);
    assert.deepEqual(stored(world), [1]);
    await world.remove('security-group', group.id);
    assert.deepEqual(stored(world), [0]);
  });

  it('is not needed for ingress rules, for rules with networks, and in other VPCs', async () => {
    await using world = await World.create();
    const { vpc, group, rule } = await withTwo(world);
    const ingress = { groupId: group.id, direction: 'ingress', protocol: 'all' };
    await world.create('security-group-rule', {
      ...ingress,
      referencedGroupId: vpc.spec.defaultSecurityGroupId,
    });
    const egress = { groupId: group.id, direction: 'egress', protocol: 'udp', cidrIpv4: '10.0.0.0/8' };
    await world.create('security-group-rule', egress);
    assert.deepEqual(stored(world), [0]);
    const other = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    const subnet = await world.create('subnet', { vpcId: other.id, cidrBlock: '10.0.1.0/24' });
    await world.create('network-interface', { subnetId: subnet.id });
    await rule(group.id);
    assert.deepEqual(stored(world).sort(), [0, 2]);
  });
});
