import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResourceOf } from '../../resources/index.ts';
import { fragment } from '../../testing/golden.ts';
import { network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';
import { vpcOfMatch } from './rule-matches.ts';

type Rule = ResourceOf<'security-group-rule'>;

/** A VPC whose default group has rules 1 (ingress, from itself) and 2 (egress, to everywhere), and group `web` rule 3. */
async function groups(world: World) {
  const { vpc, subnet } = await network(world);
  const web = await world.create('security-group', { vpcId: vpc.id, name: 'web' });
  const fallback = vpc.spec.defaultSecurityGroupId;
  const join = async (...securityGroupIds: string[]) => {
    const port = await world.create('network-interface', { subnetId: subnet.id, securityGroupIds });
    return world.get('identity', port.status.identityId);
  };
  const rule = (spec: Record<string, unknown>, groupId = web.id) =>
    world.create('security-group-rule', { groupId, direction: 'ingress', ...spec });
  return { vpc, subnet, web, fallback, join, rule, scope: `vpc:${vpc.id}` };
}

/** The flows of the shared matches of a rule, without what is the same in all of them. */
function matches(world: World, rule: Rule): string[] {
  // Those for IPv6 have none while the VPC has no such addresses.
  const absent = ({ spec }: { spec: { key: string } }) =>
    spec.key.startsWith('ipv6/') &&
    world.get('vpc', vpcOfMatch(matchIds[0] ?? '')).spec.ipv6CidrBlock === undefined;
  const { matchIds } = rule.status;
  const compiled = matchIds.filter((id) => !absent(world.get('rule-match', id)));
  return compiled.map((id) => {
    const [flow = ''] = fragment(world, 'rule.match', id)?.flows ?? [];
    assert.ok(flow.startsWith('table=ingress-rules, priority=100,'), flow);
    return flow.slice('table=ingress-rules, priority=100,'.length);
  });
}

describe('the flows of a set of groups', () => {
  it('contribute to the rules of its groups, and to those that name them', async () => {
    await using world = await World.create();
    const { fallback, join, scope } = await groups(world);
    const { id } = await join(fallback);
    const flows = (name: string) => fragment(world, `identity.${name}`, id);
    assert.deepEqual(flows('ingress-own'), {
      scope,
      number: 1,
      flows: ['table=ingress-rules, priority=100,reg2=0x1,metadata=0x1 actions=conjunction(1,1/3)'],
    });
    assert.deepEqual(flows('ingress-peer')?.flows, [
      'table=ingress-rules, priority=100,reg3=0x1,metadata=0x1 actions=conjunction(1,3/3)',
    ]);
    assert.deepEqual(flows('egress-own')?.flows, [
      'table=egress-rules, priority=110,ip,reg2=0x1,metadata=0x1 actions=set_field:0x1/0x1->reg0',
    ]);
    assert.equal(flows('egress-peer'), undefined, 'no egress rule names a group');
    assert.deepEqual(flows('recorded'), {
      scope,
      number: 1,
      flows: [
        'table=egress-verdict, priority=80,ct_state=+est-rel-rpl+trk,ct_label=0x1/0xffffffff,ip,reg0=0x1/0x1,reg3=0x1,metadata=0x1 actions=set_field:0/0x1->reg0,goto_table:egress-acl',
        'table=ingress-verdict, priority=80,ct_state=+est-rel-rpl+trk,ct_label=0x1/0xffffffff,ip,reg0=0x1/0x1,reg3=0x1,metadata=0x1 actions=set_field:0/0x1->reg0,goto_table:deliver',
      ],
    });
  });

  it('of several groups are one flow a role, whatever the order in which the groups are named', async () => {
    await using world = await World.create();
    const { web, fallback, join, rule } = await groups(world);
    await rule({ protocol: 'udp', referencedGroupId: fallback });
    const both = await join(web.id, fallback);
    assert.equal((await join(fallback, web.id)).id, both.id);
    const flows = (name: string) => fragment(world, `identity.${name}`, both.id)?.flows;
    assert.deepEqual(flows('ingress-own'), [
      'table=ingress-rules, priority=100,reg2=0x1,metadata=0x1 actions=conjunction(1,1/3),conjunction(4,1/3)',
    ]);
    assert.deepEqual(flows('ingress-peer'), [
      'table=ingress-rules, priority=100,reg3=0x1,metadata=0x1 actions=conjunction(1,3/3),conjunction(4,3/3)',
    ]);
    assert.deepEqual(flows('egress-own'), [
      'table=egress-rules, priority=110,ip,reg2=0x1,metadata=0x1 actions=set_field:0x1/0x1->reg0',
    ]);
  });

  it('cost nothing more for a second member, and all there is for the first one of a new set', async () => {
    await using world = await World.create();
    const { subnet, web, fallback, join } = await groups(world);
    await join(fallback);
    const last = () => [...(world.changes.at(-1)?.scopes.values() ?? [])].flat();
    await join(web.id);
    assert.deepEqual(
      last().map(({ after }) => after?.key.split(':')[0]),
      ['52', '54'],
    );
    await join(fallback);
    assert.deepEqual(last(), []);
    await world.create('network-interface', { subnetId: subnet.id, securityGroupIds: [web.id] });
    assert.deepEqual(last(), []);
  });
});

describe('the flows of a rule', () => {
  it('are its acceptance, in the stage of its direction', async () => {
    await using world = await World.create();
    const { rule, scope } = await groups(world);
    const ingress = await rule({ protocol: 'all', cidrIpv4: '10.0.0.0/8' });
    assert.deepEqual(fragment(world, 'rule.accept', ingress.id), {
      scope,
      number: 4,
      flows: ['table=ingress-rules, priority=100,conj_id=4,metadata=0x1 actions=set_field:0x1/0x1->reg0'],
    });
    const egress = await rule({ direction: 'egress', protocol: 'tcp', cidrIpv4: '0.0.0.0/0' });
    assert.deepEqual(fragment(world, 'rule.accept', egress.id)?.flows, [
      'table=egress-rules, priority=100,conj_id=5,metadata=0x1 actions=set_field:0x1/0x1->reg0',
    ]);
    await world.remove('security-group-rule', ingress.id);
    assert.equal(fragment(world, 'rule.accept', ingress.id), undefined);
    assert.deepEqual(
      ingress.status.matchIds.slice(1).map((id) => fragment(world, 'rule.match', id)?.flows),
      [['table=ingress-rules, priority=100,ip,metadata=0x1 actions=conjunction(1,2/3)']],
      'the default group uses it still',
    );
  });

  it('are one flow for each set when it allows everything, and no part of a conjunction', async () => {
    await using world = await World.create();
    const { fallback, web, rule, join } = await groups(world);
    const { id } = await join(fallback, web.id);
    const own = () => fragment(world, 'identity.ingress-own', id)?.flows;
    const others = own();
    const open = await rule({ protocol: 'all', cidrIpv4: '0.0.0.0/0' });
    assert.deepEqual(open.status.matchIds, []);
    assert.equal(fragment(world, 'rule.accept', open.id), undefined);
    assert.deepEqual(own(), [
      ...(others ?? []),
      'table=ingress-rules, priority=110,ip,reg2=0x1,metadata=0x1 actions=set_field:0x1/0x1->reg0',
    ]);
    await world.remove('security-group-rule', open.id);
    assert.deepEqual(own(), others);
  });

  it('match each kind of service by what conntrack knows of the connection', async () => {
    await using world = await World.create();
    const { rule } = await groups(world);
    const service = async (spec: Record<string, unknown>) =>
      matches(world, await rule({ cidrIpv4: '0.0.0.0/0', ...spec }));
    const tracked = 'ct_state=-inv+trk,';
    assert.deepEqual(await service({ protocol: 'tcp' }), [
      `${tracked}ct_nw_proto=6,ip,metadata=0x1 actions=conjunction(4,2/2)`,
    ]);
    assert.deepEqual(await service({ protocol: 'tcp', fromPort: 22, toPort: 22 }), [
      `${tracked}ct_nw_proto=6,ct_tp_dst=22,ip,metadata=0x1 actions=conjunction(5,2/2)`,
    ]);
    assert.deepEqual(await service({ protocol: 'udp', fromPort: 80, toPort: 90 }), [
      `${tracked}ct_nw_proto=17,ct_tp_dst=0x50/0xfff8,ip,metadata=0x1 actions=conjunction(6,2/2)`,
      `${tracked}ct_nw_proto=17,ct_tp_dst=0x58/0xfffe,ip,metadata=0x1 actions=conjunction(6,2/2)`,
      `${tracked}ct_nw_proto=17,ct_tp_dst=90,ip,metadata=0x1 actions=conjunction(6,2/2)`,
    ]);
    assert.deepEqual(await service({ protocol: 'udp', fromPort: 0, toPort: 65535 }), [
      `${tracked}ct_nw_proto=17,ip,metadata=0x1 actions=conjunction(7,2/2)`,
    ]);
    assert.deepEqual(await service({ protocol: 132 }), [
      `${tracked}ct_nw_proto=132,ip,metadata=0x1 actions=conjunction(8,2/2)`,
    ]);
    assert.deepEqual(await service({ protocol: 47 }), [
      `${tracked}ct_nw_proto=47,ip,metadata=0x1 actions=conjunction(9,2/2)`,
    ]);
  });

  it('match types of ICMP on the request, and let its replies and errors through', async () => {
    await using world = await World.create();
    const { rule } = await groups(world);
    const icmp = async (spec: Record<string, unknown>) =>
      matches(world, await rule({ protocol: 'icmp', cidrIpv4: '0.0.0.0/0', ...spec }));
    assert.deepEqual(await icmp({}), [
      'ct_state=-inv+trk,ct_nw_proto=1,ip,metadata=0x1 actions=conjunction(4,2/2)',
    ]);
    assert.deepEqual(await icmp({ icmpType: 8, icmpCode: 0 }), [
      'ct_state=-rel-rpl-inv+trk,icmp,metadata=0x1,icmp_type=8,icmp_code=0 actions=conjunction(5,2/2)',
      'ct_state=+rpl-inv+trk,ct_nw_proto=1,ip,metadata=0x1 actions=conjunction(5,2/2)',
      'ct_state=+rel-rpl-inv+trk,ct_nw_proto=1,ip,metadata=0x1 actions=conjunction(5,2/2)',
    ]);
    assert.deepEqual(await icmp({ icmpType: 3, icmpCode: -1 }), [
      'ct_state=-rel-rpl-inv+trk,icmp,metadata=0x1,icmp_type=3 actions=conjunction(6,2/2)',
      'ct_state=+rpl-inv+trk,ct_nw_proto=1,ip,metadata=0x1 actions=conjunction(5,2/2),conjunction(6,2/2)',
      'ct_state=+rel-rpl-inv+trk,ct_nw_proto=1,ip,metadata=0x1 actions=conjunction(5,2/2),conjunction(6,2/2)',
    ]);
    assert.deepEqual(await icmp({ icmpType: -1 }), [
      'ct_state=-inv+trk,ct_nw_proto=1,ip,metadata=0x1 actions=conjunction(4,2/2),conjunction(7,2/2)',
    ]);
  });

  it('match the other side of the connection, as its direction has it', async () => {
    await using world = await World.create();
    const { rule } = await groups(world);
    const ingress = await rule({ protocol: 'tcp', cidrIpv4: '10.0.0.0/8' });
    assert.deepEqual(matches(world, ingress), [
      'ct_state=-inv+trk,ct_nw_src=10.0.0.0/8,ip,metadata=0x1 actions=conjunction(4,3/3)',
      'ct_state=-inv+trk,ct_nw_proto=6,ip,metadata=0x1 actions=conjunction(4,2/3)',
    ]);
    const egress = await rule({ direction: 'egress', protocol: 'tcp', cidrIpv4: '192.0.2.7/32' });
    assert.deepEqual(
      egress.status.matchIds.flatMap((id) => fragment(world, 'rule.match', id)?.flows),
      [
        'table=egress-rules, priority=100,ct_state=-inv+trk,ct_nw_dst=192.0.2.7,ip,metadata=0x1 actions=conjunction(5,3/3)',
        'table=egress-rules, priority=100,ct_state=-inv+trk,ct_nw_proto=6,ip,metadata=0x1 actions=conjunction(5,2/3)',
      ],
    );
  });

  it('are shared by the rules of several groups, and go with the last of them', async () => {
    await using world = await World.create();
    const { fallback, rule } = await groups(world);
    const service = { protocol: 'tcp', fromPort: 80, toPort: 80 };
    const first = await rule({ ...service, cidrIpv4: '0.0.0.0/0' });
    const second = await rule({ ...service, cidrIpv4: '10.0.0.0/8' }, fallback);
    const third = await rule({ ...service, referencedGroupId: fallback });
    const http = 'ct_state=-inv+trk,ct_nw_proto=6,ct_tp_dst=80,ip,metadata=0x1 actions=';
    assert.deepEqual(matches(world, third), [
      `${http}conjunction(4,2/2),conjunction(5,2/3),conjunction(6,2/3)`,
    ]);
    await world.remove('security-group-rule', first.id);
    assert.deepEqual(matches(world, third), [`${http}conjunction(5,2/3),conjunction(6,2/3)`]);
    await world.remove('security-group-rule', third.id);
    await world.remove('security-group-rule', second.id);
    const [id = ''] = third.status.matchIds;
    assert.equal(fragment(world, 'rule.match', id), undefined);
    assert.equal(world.topology.get('rule-match', id), undefined);
  });

  it('reach every set of groups that has its group, or the group that it names', async () => {
    await using world = await World.create();
    const { web, fallback, join, rule } = await groups(world);
    const [own, both, peer] = [await join(web.id), await join(web.id, fallback), await join(fallback)];
    await rule({ direction: 'egress', protocol: 'tcp', referencedGroupId: fallback });
    const flows = (name: string) => [own, both, peer].map(({ id }) => fragment(world, name, id)?.flows);
    const open = (set: number) =>
      `table=egress-rules, priority=110,ip,reg2=0x${set},metadata=0x1 actions=set_field:0x1/0x1->reg0`;
    assert.deepEqual(flows('identity.egress-own'), [
      ['table=egress-rules, priority=100,reg2=0x1,metadata=0x1 actions=conjunction(4,1/3)', open(1)],
      ['table=egress-rules, priority=100,reg2=0x2,metadata=0x1 actions=conjunction(4,1/3)', open(2)],
      [open(3)],
    ]);
    assert.deepEqual(flows('identity.egress-peer'), [
      undefined,
      ['table=egress-rules, priority=100,reg3=0x2,metadata=0x1 actions=conjunction(4,3/3)'],
      ['table=egress-rules, priority=100,reg3=0x3,metadata=0x1 actions=conjunction(4,3/3)'],
    ]);
  });
});
