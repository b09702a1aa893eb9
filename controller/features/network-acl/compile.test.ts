import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fragment } from '../../testing/golden.ts';
import { network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const everything = { protocol: 'all', cidrIpv4: '0.0.0.0/0' };

describe('the flows of a network ACL', () => {
  it('allow everything when it is the default one, in both directions', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    assert.deepEqual(fragment(world, 'network-acl.entries', vpc.spec.defaultNetworkAclId), {
      scope: `vpc:${vpc.id}`,
      number: 1,
      flows: [
        'table=egress-acl, priority=39900,ip,reg4=0x1,metadata=0x1 actions=goto_table:route',
        'table=ingress-acl, priority=39900,ip,reg4=0x1,metadata=0x1 actions=goto_table:ingress-check',
      ],
    });
    assert.deepEqual(fragment(world, 'subnet.ingress', subnet.id), {
      scope: `vpc:${vpc.id}`,
      number: 1,
      flows: [
        'table=ingress-subnet, priority=100,reg9=0x1,metadata=0x1 actions=set_field:0x1->reg4,goto_table:ingress-track',
      ],
    });
  });

  it('are none when it has no entries: what nothing matches is dropped', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const acl = await world.create('network-acl', { vpcId: vpc.id });
    assert.equal(fragment(world, 'network-acl.entries', acl.id), undefined);
  });

  it('match the packet itself, a range of ports by masks, and lower numbers first', async () => {
    await using world = await World.create();
    const { vpc } = await network(world);
    const entry = (number: number, rest: object) => ({
      number,
      direction: 'ingress',
      ...everything,
      ...rest,
    });
    const acl = await world.create('network-acl', {
      vpcId: vpc.id,
      entries: [
        entry(32766, { action: 'allow', protocol: 'tcp' }),
        entry(20, { action: 'deny', protocol: 'udp', fromPort: 80, toPort: 90, cidrIpv4: '198.51.100.0/24' }),
        entry(1, { action: 'allow', protocol: 132 }),
        entry(2, { action: 'allow', protocol: 'icmp', icmpType: 3, icmpCode: 4 }),
        entry(3, { action: 'deny', protocol: 47 }),
        { ...entry(5, { action: 'deny', cidrIpv4: '192.0.2.7/32' }), direction: 'egress' },
      ],
    });
    const at = (priority: number) => `table=ingress-acl, priority=${priority},`;
    const on = 'goto_table:ingress-check';
    assert.deepEqual(fragment(world, 'network-acl.entries', acl.id)?.flows, [
      'table=egress-acl, priority=39995,ip,reg4=0x2,metadata=0x1,nw_dst=192.0.2.7 actions=drop',
      `${at(39999)}sctp,reg4=0x2,metadata=0x1 actions=${on}`,
      `${at(39998)}icmp,reg4=0x2,metadata=0x1,icmp_type=3,icmp_code=4 actions=${on}`,
      `${at(39997)}ip,reg4=0x2,metadata=0x1,nw_proto=47 actions=drop`,
      `${at(39980)}udp,reg4=0x2,metadata=0x1,nw_src=198.51.100.0/24,tp_dst=0x50/0xfff8 actions=drop`,
      `${at(39980)}udp,reg4=0x2,metadata=0x1,nw_src=198.51.100.0/24,tp_dst=0x58/0xfffe actions=drop`,
      `${at(39980)}udp,reg4=0x2,metadata=0x1,nw_src=198.51.100.0/24,tp_dst=90 actions=drop`,
      `${at(7234)}tcp,reg4=0x2,metadata=0x1 actions=${on}`,
    ]);
  });

  it('are those of all subnets that use it: an association changes flows of the subnet alone', async () => {
    await using world = await World.create();
    const { vpc, subnet } = await network(world);
    const acl = await world.create('network-acl', { vpcId: vpc.id, entries: [] });
    await world.create('network-interface', { subnetId: subnet.id });
    await world.update('subnet', subnet.id, { networkAclId: acl.id });
    const changed = [...(world.changes.at(-1)?.scopes.values() ?? [])].flat().map(({ after }) => after?.key);
    assert.deepEqual(changed, [`10:${subnet.id}`, `31:${subnet.id}`]);
    assert.match(fragment(world, 'subnet.ingress', subnet.id)?.flows[0] ?? '', /set_field:0x2->reg4/);
    await world.update('subnet', subnet.id, { networkAclId: null });
    assert.match(fragment(world, 'subnet.ingress', subnet.id)?.flows[0] ?? '', /set_field:0x1->reg4/);
  });
});
