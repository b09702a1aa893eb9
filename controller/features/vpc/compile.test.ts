import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fragment } from '../../testing/golden.ts';
import { World } from '../../testing/world.ts';

describe('what comes in from outside', () => {
  it('never has an address of a peer, while the connection is active', async () => {
    await using world = await World.create();
    const [one, two] = [
      await world.create('vpc', { cidrBlock: '10.0.0.0/16', secondaryCidrBlocks: ['10.9.0.0/16'] }),
      await world.create('vpc', { cidrBlock: '10.1.0.0/16', ipv6CidrBlock: 'fd00:0:0:200::/56' }),
    ];
    const drops = (vpc: { id: string }) => fragment(world, 'vpc.peer-blocks', vpc.id)?.flows;
    const of = (network: string, vpc = 1) => [
      `table=locate, priority=210,ip,reg0=0x20/0x20,metadata=0x${vpc},nw_src=${network} actions=drop`,
      `table=nat, priority=210,ip,reg0=0x20/0x20,metadata=0x${vpc},nw_src=${network} actions=drop`,
    ];
    const vpcs = { requesterVpcId: one.id, accepterVpcId: two.id };
    const connection = await world.create('vpc-peering-connection', vpcs);
    assert.equal(drops(one), undefined, 'not accepted yet');
    await world.update('vpc-peering-connection', connection.id, { state: 'active' });
    assert.deepEqual(drops(one), [
      ...of('10.1.0.0/16'),
      'table=public-track, priority=110,ipv6,metadata=0x1,ipv6_src=fd00:0:0:200::/56 actions=drop',
    ]);
    assert.deepEqual(drops(two), [...of('10.0.0.0/16', 2), ...of('10.9.0.0/16', 2)]);
    const same = await world.create('vpc', { cidrBlock: '10.1.0.0/16' });
    const other = { requesterVpcId: one.id, accepterVpcId: same.id };
    const second = await world.create('vpc-peering-connection', other);
    const before = drops(one);
    await world.update('vpc-peering-connection', second.id, { state: 'active' });
    assert.deepEqual(drops(one), before, 'two peers have the same addresses');
    await world.remove('vpc-peering-connection', connection.id);
    assert.equal(drops(two), undefined);
  });

  it('is dropped once, when two peers have the same block', async () => {
    await using world = await World.create();
    const one = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    const drops = () => fragment(world, 'vpc.peer-blocks', one.id)?.flows.map((flow) => flow.split(',')[0]);
    const connections: { id: string }[] = [];
    for (const _peer of [2, 3]) {
      const peer = await world.create('vpc', { cidrBlock: '10.1.0.0/16' });
      const vpcs = { requesterVpcId: one.id, accepterVpcId: peer.id };
      const connection = await world.create('vpc-peering-connection', vpcs);
      connections.push(await world.update('vpc-peering-connection', connection.id, { state: 'active' }));
    }
    assert.deepEqual(drops(), ['table=locate', 'table=nat']);
    await world.remove('vpc-peering-connection', connections[0]?.id as string);
    assert.deepEqual(drops(), ['table=locate', 'table=nat']);
  });

  it('is dropped by the larger block, when that of one peer is a part of another one', async () => {
    await using world = await World.create();
    const one = await world.create('vpc', { cidrBlock: '172.16.0.0/16' });
    for (const cidrBlock of ['10.1.0.0/20', '10.1.0.0/16', '10.2.0.0/16']) {
      const peer = await world.create('vpc', { cidrBlock });
      const vpcs = { requesterVpcId: one.id, accepterVpcId: peer.id };
      const { id } = await world.create('vpc-peering-connection', vpcs);
      await world.update('vpc-peering-connection', id, { state: 'active' });
    }
    const flows = fragment(world, 'vpc.peer-blocks', one.id)?.flows ?? [];
    const sources = flows.map((flow) => /nw_src=(\S+)/.exec(flow)?.[1]);
    assert.deepEqual([...new Set(sources)], ['10.1.0.0/16', '10.2.0.0/16']);
    assert.equal(flows.length, 4);
  });

  it('is the same, in whatever order the peers have come', async () => {
    await using world = await World.create();
    const one = await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    const join = async (cidrBlock: string) => {
      const peer = await world.create('vpc', { cidrBlock });
      const vpcs = { requesterVpcId: one.id, accepterVpcId: peer.id };
      const connection = await world.create('vpc-peering-connection', vpcs);
      await world.update('vpc-peering-connection', connection.id, { state: 'active' });
      return connection;
    };
    const flows = () => fragment(world, 'vpc.peer-blocks', one.id)?.flows;
    const first = await join('10.1.0.0/16');
    await join('10.2.0.0/16');
    const before = flows();
    await world.remove('vpc-peering-connection', first.id);
    await join('10.1.0.0/16');
    assert.deepEqual(flows(), before);
  });
});
