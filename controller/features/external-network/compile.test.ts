import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byteOf, fragment, permanentFragments } from '../../testing/golden.ts';
import { externalNetworkSpec } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const learn =
  'learn(table=neighbour,hard_timeout=300,priority=100,cookie=0x57fc000000000000,limit=4096,eth_type=0x800,NXM_NX_REG11[],NXM_NX_REG15[]=NXM_OF_ARP_SPA[],load:NXM_NX_ARP_SHA[]->NXM_OF_ETH_DST[],output:NXM_NX_REG6[])';
const onLink = [
  'table=external-route, priority=100,ip,reg11=0x1,nw_dst=203.0.113.0/24 actions=move:NXM_OF_IP_DST[]->NXM_NX_REG15[],goto_table:external-port',
  `table=neighbour, priority=10,ip,reg11=0x1 actions=resubmit(,limit),controller(id=22342,userdata=02.${byteOf('neighbour')})`,
  `table=external-in, priority=50,arp,reg11=0x1,arp_spa=203.0.113.0/24,arp_op=1 actions=${learn}`,
  `table=external-in, priority=50,arp,reg11=0x1,arp_spa=203.0.113.0/24,arp_op=2 actions=${learn},resubmit(,limit),controller(id=22342,userdata=03)`,
];

describe('the flows of an external network', () => {
  it('route inside it and by its gateway, and learn its neighbours', async () => {
    await using world = await World.create();
    const { id } = await world.create('external-network', externalNetworkSpec);
    assert.deepEqual(fragment(world, 'external-network.routing', id), {
      scope: 'global',
      number: 1,
      flows: [
        ...onLink,
        'table=external-route, priority=50,ip,reg11=0x1 actions=set_field:0xcb007101->reg15,goto_table:external-port',
      ],
    });
  });

  it('send to a gateway with a fixed MAC, whatever neighbours claim', async () => {
    await using world = await World.create();
    const spec = { ...externalNetworkSpec, gatewayMac: '02:00:00:00:00:fe' };
    const { id } = await world.create('external-network', spec);
    assert.deepEqual(
      fragment(world, 'external-network.routing', id)?.flows.filter((flow) => flow.includes('priority=200')),
      [
        'table=neighbour, priority=200,ip,reg11=0x1,reg15=0xcb007101 actions=set_field:02:00:00:00:00:fe->eth_dst,output:NXM_NX_REG6[]',
      ],
    );
    await world.update('external-network', id, { gatewayMac: '02:00:00:00:00:fd' });
    assert.match(fragment(world, 'external-network.routing', id)?.flows.join() ?? '', /00:fd->eth_dst/);
  });

  it('reach nothing beyond it without a gateway', async () => {
    await using world = await World.create();
    const { gateway: _none, ...spec } = externalNetworkSpec;
    const { id } = await world.create('external-network', spec);
    assert.deepEqual(fragment(world, 'external-network.routing', id)?.flows, onLink);
  });

  it('do not depend on the ranges for elastic IPs', async () => {
    await using world = await World.create();
    const { id } = await world.create('external-network', externalNetworkSpec);
    await world.update('external-network', id, {
      addressRanges: [{ first: '203.0.113.50', last: '203.0.113.60' }],
    });
    assert.deepEqual([...(world.changes.at(-1)?.scopes ?? [])], []);
  });

  it('are gone with it', async () => {
    await using world = await World.create();
    const { id } = await world.create('external-network', externalNetworkSpec);
    await world.remove('external-network', id);
    assert.equal(fragment(world, 'external-network.routing', id), undefined);
    assert.deepEqual([...(world.compiler.scope('global')?.fragments.keys() ?? [])], permanentFragments);
  });
});
