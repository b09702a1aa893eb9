import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fragment } from '../../testing/golden.ts';
import { cloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

/** The flows of a fragment, with the text of their notes. */
function notes(world: World, kind: string, id: string): string[] | undefined {
  const found = fragment(world, kind, id);
  return found?.flows.map((flow) =>
    flow.replace(/note:([0-9a-f.]+)/, (_note, hex: string) =>
      Buffer.from(hex.replaceAll('.', ''), 'hex').toString().replace(/\0+$/, ''),
    ),
  );
}

describe('a public name', () => {
  it('stands for the private address where the VPC has public names', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await cloud(world);
    const port = await world.create('network-interface', {
      subnetId: subnet.id,
      secondaryPrivateAddresses: ['10.0.1.50'],
    });
    const first = await world.create('elastic-ip', { networkInterfaceId: port.id });
    const { id } = await world.create('elastic-ip', {
      networkInterfaceId: port.id,
      privateAddress: '10.0.1.50',
    });
    assert.equal(notes(world, 'names.public', first.id), undefined);
    await world.update('vpc', vpc.id, { enableDnsHostnames: true });
    const flow = (address: string, privateAddress: string) => [
      `table=names, priority=100,ip,metadata=0x1,nw_dst=${address} actions={"vpcId":"${vpc.id}","address":"${privateAddress}"}`,
    ];
    assert.deepEqual(
      notes(world, 'names.public', first.id),
      flow(first.spec.address, port.spec.privateAddress),
    );
    const { address } = world.get('elastic-ip', id).spec;
    assert.deepEqual(notes(world, 'names.public', id), flow(address, '10.0.1.50'));
    await world.update('elastic-ip', id, { networkInterfaceId: null });
    assert.equal(notes(world, 'names.public', id), undefined, "nobody's");
    await world.update('vpc', vpc.id, { enableDnsSupport: false });
    assert.equal(notes(world, 'names.public', first.id), undefined);
  });
});

describe('names of peers', () => {
  async function peered(world: World) {
    const one = await world.create('vpc', { cidrBlock: '10.0.0.0/16', enableDnsHostnames: true });
    const two = await world.create('vpc', {
      cidrBlock: '10.1.0.0/16',
      secondaryCidrBlocks: ['100.64.0.0/16'],
      enableDnsHostnames: true,
    });
    const vpcs = { requesterVpcId: one.id, accepterVpcId: two.id };
    const { id } = await world.create('vpc-peering-connection', vpcs);
    const set = (spec: object) => world.update('vpc-peering-connection', id, { ...spec });
    const told = (vpcId: string) => {
      const [flow] = notes(world, 'names.peers', vpcId) ?? [];
      return flow && (JSON.parse(flow.slice(flow.indexOf('actions=') + 8)) as unknown);
    };
    return { one, two, id, set, told };
  }

  it('are those of RFC 1918 blocks, and all of them when the owner allows it', async () => {
    await using world = await World.create();
    const { one, two, id, set, told } = await peered(world);
    assert.equal(told(one.id), undefined, 'not accepted');
    await set({ state: 'active' });
    const closed = [{ vpcId: two.id, cidrs: ['10.1.0.0/16'], allowsDns: false }];
    const ofOne = [{ vpcId: one.id, cidrs: ['10.0.0.0/16'], allowsDns: false }];
    assert.deepEqual([told(one.id), told(two.id)], [closed, ofOne]);
    await set({ accepterAllowsDns: true });
    const open = [{ vpcId: two.id, cidrs: ['10.1.0.0/16', '100.64.0.0/16'], allowsDns: true }];
    assert.deepEqual([told(one.id), told(two.id)], [open, ofOne], 'one side only');
    await world.update('vpc', one.id, { enableDnsHostnames: false });
    assert.deepEqual(told(one.id), closed, 'both VPCs must have public names');
    await world.update('vpc', one.id, { enableDnsHostnames: true });
    assert.deepEqual(told(one.id), open);
    await world.update('vpc', two.id, { secondaryCidrBlocks: [] });
    assert.deepEqual(told(one.id), [{ vpcId: two.id, cidrs: ['10.1.0.0/16'], allowsDns: true }]);
    await world.update('vpc', one.id, { enableDnsSupport: false });
    assert.equal(told(one.id), undefined, 'nobody is answered');
    await world.remove('vpc-peering-connection', id);
    assert.equal(told(two.id), undefined);
  });

  it('stand in one order, however the connections became active', async () => {
    await using world = await World.create();
    const { one, told } = await peered(world);
    const ids: string[] = [];
    for (const cidrBlock of ['10.2.0.0/16', '10.3.0.0/16', '10.4.0.0/16']) {
      const { id } = await world.create('vpc', { cidrBlock });
      const vpcs = { requesterVpcId: one.id, accepterVpcId: id };
      ids.push((await world.create('vpc-peering-connection', vpcs)).id);
    }
    for (const id of ids.reverse()) await world.update('vpc-peering-connection', id, { state: 'active' });
    const order = (told(one.id) as { vpcId: string }[]).map(({ vpcId }) => vpcId);
    assert.equal(order.length, 3);
    assert.deepEqual(order, order.toSorted());
  });
});
