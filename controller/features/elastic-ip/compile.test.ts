import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { companions, fragment } from '../../testing/golden.ts';
import { cloud, externalNetworkSpec, network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { announcement } from './announcement.ts';

const learn =
  'learn(table=neighbour,hard_timeout=300,priority=100,cookie=0x57fc000000000000,limit=4096,eth_type=0x800,NXM_NX_REG11[],NXM_NX_REG15[]=NXM_OF_ARP_SPA[],load:NXM_NX_ARP_SHA[]->NXM_OF_ETH_DST[],output:NXM_NX_REG6[])';

const answer =
  'move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],set_field:02:57:02:00:00:01->eth_src,set_field:02:57:02:00:00:01->arp_sha,set_field:203.0.113.10->arp_spa,set_field:2->arp_op,IN_PORT';

/** The flows on the host of the interface; zone and port are what differs between hosts. */
const inbound = ({ zone = 3, port = 2 } = {}) => [
  `table=external-in, priority=100,arp,reg11=0x1,arp_tpa=203.0.113.10,arp_op=1 actions=${answer}`,
  `table=external-in, priority=110,arp,reg11=0x1,arp_spa=203.0.113.0/24,arp_tpa=203.0.113.10,arp_op=1 actions=${learn},${answer}`,
  `table=external-in, priority=100,ip,reg11=0x1,dl_dst=02:57:02:00:00:01,nw_dst=203.0.113.10 actions=dec_ttl,set_field:0x1->metadata,set_field:0->reg3,set_field:02:57:01:00:00:01->eth_src,set_field:02:57:00:00:00:01->eth_dst,ct(commit,table=locate,zone=${zone},nat(dst=10.0.1.4))`,
  'table=external-in, priority=105,ip,reg0=0x4/0x4,reg11=0x1,dl_dst=02:57:02:00:00:01,nw_dst=203.0.113.10 actions=set_field:0x1->reg1,resubmit(,limit),controller(id=22342,userdata=05.cb.00.71.0a.02.57.02.00.00.01.00.00.00.00.00.00.05.a2)',
  'table=external-in, priority=110,ip,reg11=0x1,nw_src=10.0.0.0/16,nw_dst=203.0.113.10 actions=drop',
  `table=external-port, priority=200,ip,reg11=0x1,reg15=0xcb00710a actions=ct_clear,set_field:0x${port}->reg6,set_field:0->in_port,set_field:02:57:02:00:00:01->eth_dst,goto_table:external-in`,
];

/** An interface with an elastic IP, not bound yet. */
async function withElasticIp(world: World) {
  const scene = await cloud(world);
  const networkInterface = await world.create('network-interface', { subnetId: scene.subnet.id });
  const elasticIp = await world.create('elastic-ip', { networkInterfaceId: networkInterface.id });
  return { ...scene, networkInterface, elasticIp };
}

describe('the flows of an elastic IP', () => {
  it('of a secondary address translate that one, beside those of the primary one', async () => {
    await using world = await World.create();
    const { networkInterface } = await withElasticIp(world);
    const privateAddress = '10.0.1.50';
    await world.update('network-interface', networkInterface.id, {
      secondaryPrivateAddresses: [privateAddress],
    });
    await world.bind('host-1', networkInterface.id, 10);
    const { id } = await world.create('elastic-ip', {
      networkInterfaceId: networkInterface.id,
      privateAddress,
    });
    assert.deepEqual(fragment(world, 'elastic-ip.outbound', id)?.flows, [
      'table=translate, priority=100,ip,reg11=0x1,metadata=0x1,nw_src=10.0.1.50 actions=set_field:0->reg2,set_field:02:57:02:00:00:02->eth_src,ct(commit,table=external-route,zone=NXM_NX_REG7[0..15],nat(src=203.0.113.11))',
    ]);
    assert.equal(
      fragment(world, 'elastic-ip.inbound', id)?.flows[2],
      'table=external-in, priority=100,ip,reg11=0x1,dl_dst=02:57:02:00:00:02,nw_dst=203.0.113.11 actions=dec_ttl,set_field:0x1->metadata,set_field:0->reg3,set_field:02:57:01:00:00:01->eth_src,set_field:02:57:00:00:00:01->eth_dst,ct(commit,table=locate,zone=3,nat(dst=10.0.1.50))',
    );
    await world.update('network-interface', networkInterface.id, { secondaryPrivateAddresses: [] });
    assert.equal(fragment(world, 'elastic-ip.outbound', id), undefined, 'the address is gone');
  });

  it('translate on the way out, in the scope of the VPC', async () => {
    await using world = await World.create();
    const { vpc, elasticIp } = await withElasticIp(world);
    assert.deepEqual(fragment(world, 'elastic-ip.outbound', elasticIp.id), {
      scope: `vpc:${vpc.id}`,
      number: 1,
      flows: [
        'table=translate, priority=100,ip,reg11=0x1,metadata=0x1,nw_src=10.0.1.4 actions=set_field:0->reg2,set_field:02:57:02:00:00:01->eth_src,ct(commit,table=external-route,zone=NXM_NX_REG7[0..15],nat(src=203.0.113.10))',
      ],
    });
    assert.equal(fragment(world, 'elastic-ip.inbound', elasticIp.id), undefined, 'nobody has it');
  });

  it('translate on the way in, on the host that has the interface, and announce it there', async () => {
    await using world = await World.create();
    const { networkInterface, elasticIp } = await withElasticIp(world);
    await world.bind('host-1', networkInterface.id, 10);
    assert.deepEqual(fragment(world, 'elastic-ip.inbound', elasticIp.id), {
      scope: 'host:host-1',
      number: 1,
      flows: inbound(),
    });
    assert.deepEqual(companions(world, 'elastic-ip.inbound', elasticIp.id), {
      before: [],
      after: [{ type: 'ct-flush-zone', zone: 3 }, announcement(2, 0x0257_0200_0001n, 0xcb00710a)],
      waitsFor: [],
    });
  });

  it('answer and announce with the tag of the network', async () => {
    await using world = await World.create();
    await world.create('external-network', { ...externalNetworkSpec, name: 'dmz', vlan: 100 });
    await world.host(1, { externalPorts: { dmz: 2 } });
    const { vpc, subnet } = await network(world);
    await world.create('internet-gateway', { vpcId: vpc.id });
    const { id: networkInterfaceId } = await world.create('network-interface', { subnetId: subnet.id });
    await world.bind('host-1', networkInterfaceId, 10);
    const { id } = await world.create('elastic-ip', { networkInterfaceId });
    const [arp, , , tooLarge] = fragment(world, 'elastic-ip.inbound', id)?.flows ?? [];
    assert.match(arp ?? '', /set_field:2->arp_op,push_vlan:0x8100,set_field:4196->vlan_vid,IN_PORT$/);
    assert.match(tooLarge ?? '', /push_vlan:0x8100,set_field:4196->vlan_vid,resubmit\(,limit\),controller/);
    const tag = [
      { type: 'push-vlan', ethertype: 0x8100 },
      { type: 'set-field', field: 'vlan_vid', value: 0x1064 },
    ] as const;
    assert.deepEqual(
      companions(world, 'elastic-ip.inbound', id)?.after.at(-1),
      announcement(2, 0x0257_0200_0001n, 0xcb00710a, tag),
    );
  });

  it('are on a gateway host when the host of the interface has no port to the network', async () => {
    await using world = await World.create();
    const { networkInterface, elasticIp, vpc } = await withElasticIp(world);
    await world.bind('host-2', networkInterface.id, 10);
    const [arp, learnedArp, , tooLarge, spoofed, turn] = inbound();
    assert.deepEqual(fragment(world, 'elastic-ip.inbound', elasticIp.id), {
      scope: 'host:host-1',
      number: 1,
      flows: [
        arp,
        learnedArp,
        'table=external-in, priority=100,ip,reg11=0x1,dl_dst=02:57:02:00:00:01,nw_dst=203.0.113.10 actions=dec_ttl,set_field:0x1->metadata,set_field:0->reg3,set_field:0->reg2,ct(commit,table=nat,zone=3,nat(dst=10.0.1.4))',
        tooLarge,
        spoofed,
        turn,
        'table=locate, priority=100,ip,metadata=0x1,dl_dst=02:57:02:00:00:01,nw_src=10.0.1.4 actions=set_field:0x1->reg11,set_field:0->reg2,set_field:02:57:02:00:00:01->eth_src,ct(commit,table=external-route,zone=3,nat(src=203.0.113.10))',
        'table=nat, priority=80,ip,reg11=0x1,metadata=0x1,nw_dst=10.0.1.4 actions=set_field:0xa000104->reg15,goto_table:route-local',
      ],
    });
    assert.deepEqual(fragment(world, 'elastic-ip.outbound', elasticIp.id)?.flows, [
      'table=translate, priority=100,ip,reg11=0x1,metadata=0x1,nw_src=10.0.1.4 actions=set_field:0->reg2,set_field:02:57:02:00:00:01->eth_dst,set_field:0xc6120001->reg4,goto_table:forward',
    ]);
    assert.ok(world.topology.hostsOfVpc(vpc.id).has('host-1'), 'it needs the flows of the VPC');
  });

  it('are on no host when none reaches the network', async () => {
    await using world = await World.create();
    const { networkInterface, elasticIp } = await withElasticIp(world);
    await world.remove('host', 'host-1');
    await world.bind('host-2', networkInterface.id, 10);
    assert.equal(fragment(world, 'elastic-ip.inbound', elasticIp.id), undefined);
    assert.ok(fragment(world, 'elastic-ip.outbound', elasticIp.id), 'the same on all hosts');
  });

  it('follow the machine, and go back when its binding ends', async () => {
    await using world = await World.create();
    const { networkInterface, elasticIp } = await withElasticIp(world);
    await world.host(3, { externalPorts: { external: 5 } });
    await world.bind('host-1', networkInterface.id, 10);
    await world.bind('host-3', networkInterface.id, 11, true);
    const moved = fragment(world, 'elastic-ip.inbound', elasticIp.id);
    assert.deepEqual(moved, { scope: 'host:host-3', number: 1, flows: inbound({ port: 5 }) });
    const { scopes } = world.changes.at(-1) ?? {};
    const key = `41:${elasticIp.id}`;
    const of = (host: `host:${string}`) =>
      scopes?.get(host)?.find(({ before, after }) => (before ?? after)?.key === key);
    assert.ok(of('host:host-1')?.before && !of('host:host-1')?.after, 'leaves the old host');
    assert.ok(!of('host:host-3')?.before && of('host:host-3')?.after, 'comes to the new one');
    await world.unbind('host-3', networkInterface.id);
    assert.equal(fragment(world, 'elastic-ip.inbound', elasticIp.id)?.scope, 'host:host-1');
  });

  it('follow the port of the host, with the announcement', async () => {
    await using world = await World.create();
    const { networkInterface, elasticIp } = await withElasticIp(world);
    await world.bind('host-1', networkInterface.id, 10);
    const setPorts = (externalPorts: Record<string, number>) =>
      world.run((draft) => {
        const host = world.get('host', 'host-1');
        draft.update(host, { spec: { ...host.spec, externalPorts } });
      });
    const stored = () => world.compiler.scope('host:host-1')?.fragments.get(`41:${elasticIp.id}`);
    await setPorts({ external: 6 });
    assert.deepEqual(fragment(world, 'elastic-ip.inbound', elasticIp.id)?.flows, inbound({ port: 6 }));
    assert.deepEqual(stored()?.after.at(-1), announcement(6, 0x0257_0200_0001n, 0xcb00710a));
    await setPorts({});
    assert.equal(stored(), undefined);
  });

  it('go with the association to another interface, in its own zone', async () => {
    await using world = await World.create();
    const { subnet, vpc, networkInterface, elasticIp } = await withElasticIp(world);
    await world.bind('host-1', networkInterface.id, 10);
    const second = await world.create('network-interface', { subnetId: subnet.id });
    await world.bind('host-1', second.id, 11);
    await world.update('elastic-ip', elasticIp.id, { networkInterfaceId: second.id });
    const changed = (flow: string) =>
      flow
        .replace('02:57:00:00:00:01', '02:57:00:00:00:02')
        .replace('10.0.1.4', '10.0.1.5')
        .replace('zone=3', 'zone=5')
        .replace('set_field:0x1->reg1,', 'set_field:0x2->reg1,');
    assert.deepEqual(fragment(world, 'elastic-ip.inbound', elasticIp.id)?.flows, inbound().map(changed));
    const translate = fragment(world, 'elastic-ip.outbound', elasticIp.id);
    assert.match(translate?.flows.join() ?? '', /nw_src=10\.0\.1\.5 .*nat\(src=203\.0\.113\.10\)/);

    await world.update('elastic-ip', elasticIp.id, { networkInterfaceId: null });
    assert.equal(fragment(world, 'elastic-ip.inbound', elasticIp.id), undefined);
    assert.equal(fragment(world, 'elastic-ip.outbound', elasticIp.id), undefined);
    assert.equal(world.compiler.scope(`vpc:${vpc.id}`)?.fragments.has(`40:${elasticIp.id}`), false);
  });
});

describe('the announcement of an elastic IP', () => {
  it('is a gratuitous ARP request of 60 bytes, to everybody, out of one port', () => {
    const message = announcement(7, 0x0257_0200_0a0bn, 0xcb00710a);
    assert.deepEqual(message.actions, [{ type: 'output', port: 7 }]);
    const [mac, address] = ['025702000a0b', 'cb00710a'];
    assert.equal(
      Buffer.from(message.data ?? []).toString('hex'),
      `ffffffffffff${mac}0806${'0001080006040001'}${mac}${address}${'00'.repeat(6)}${address}${'00'.repeat(18)}`,
    );
  });
});
