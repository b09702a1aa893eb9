import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fragment, permanentFragments } from '../../testing/golden.ts';
import { World } from '../../testing/world.ts';
import { baseFeature } from './compile.ts';

/** Both halves of the security groups, which differ in their names alone, for both kinds of IP. */
const check = (...half: Parameters<typeof ipv4Check>) => [
  ...ipv4Check(...half),
  ...ipv4Check(...half).map((flow) => flow.replace(/,ip(?=[, ])/, ',ipv6')),
];
const ipv4Check = (
  half: 'egress' | 'ingress',
  reply: 'egress' | 'ingress',
  tracked: string,
  next: string,
) => [
  `table=${half}-track, priority=100,ip actions=ct(table=${tracked},zone=NXM_NX_REG5[0..15])`,
  `table=${half}-check, priority=100,ct_state=+inv+trk,ip actions=drop`,
  `table=${half}-check, priority=90,ct_state=-rel-rpl-inv+trk,ip actions=resubmit(,${half}-rules),goto_table:${half}-verdict`,
  `table=${half}-check, priority=90,ct_state=+rel-rpl-inv+trk,ip actions=move:NXM_NX_CT_LABEL[0..31]->NXM_NX_REG3[],resubmit(,${half}-rules),goto_table:${half}-verdict`,
  `table=${half}-check, priority=90,ct_state=+rpl-inv+trk,ip actions=move:NXM_NX_CT_LABEL[0..31]->NXM_NX_REG3[],resubmit(,${reply}-rules),goto_table:${half}-verdict`,
  `table=${half}-verdict, priority=100,ct_state=+new-rel-rpl+trk,ip,reg0=0x1/0x1 actions=set_field:0/0x1->reg0,ct(commit,zone=NXM_NX_REG5[0..15],exec(move:NXM_NX_REG3[]->NXM_NX_CT_LABEL[0..31])),goto_table:${next}`,
  `table=${half}-verdict, priority=90,ct_state=+rpl+trk,ip,reg0=0x1/0x1 actions=set_field:0/0x1->reg0,goto_table:${next}`,
  `table=${half}-verdict, priority=89,ct_state=+rel+trk,ip,reg0=0x1/0x1 actions=set_field:0/0x1->reg0,goto_table:${next}`,
  `table=${half}-verdict, priority=80,ct_state=+est-rel-rpl+trk,ct_label=0/0xffffffff,ip,reg0=0x1/0x1,reg3=0 actions=set_field:0/0x1->reg0,goto_table:${next}`,
  `table=${half}-verdict, priority=70,ct_state=+est-rel-rpl+trk,ip,reg0=0x1/0x1 actions=set_field:0/0x1->reg0,ct(commit,zone=NXM_NX_REG5[0..15],exec(move:NXM_NX_REG3[]->NXM_NX_CT_LABEL[0..31])),goto_table:${next}`,
];

/** A solicitation becomes its answer, but for the option. */
const solicited = (flags: number) =>
  [
    'resubmit(,limit)',
    'move:NXM_OF_ETH_SRC[]->NXM_NX_XXREG3[0..47]',
    'move:NXM_OF_ETH_DST[]->NXM_OF_ETH_SRC[]',
    'move:NXM_NX_XXREG3[0..47]->NXM_OF_ETH_DST[]',
    'move:NXM_NX_IPV6_SRC[]->NXM_NX_IPV6_DST[]',
    'move:NXM_NX_ND_TARGET[]->NXM_NX_IPV6_SRC[]',
    'set_field:255->nw_ttl',
    `set_field:${flags}->nd_reserved`,
    'set_field:136->icmpv6_type',
    'set_field:2->nd_options_type',
    'goto_table:nd-option',
  ].join();

describe('the base flows', () => {
  it('are these and no others', async () => {
    await using world = await World.create();
    assert.deepEqual(fragment(world, 'base', 'base'), {
      scope: 'global',
      number: 0,
      flows: [
        'table=classify, priority=200,vlan_tci=0x1000/0x1000 actions=drop',
        'table=external-route, priority=200,ct_state=+inv+trk,ip actions=drop',
        'table=locate, priority=200,ct_state=+inv+trk,ip actions=drop',
        'table=route, priority=65100,ct_state=+inv+trk,ip,reg0=0x8/0x8 actions=drop',
        'table=nat, priority=100,ct_state=+rpl-inv+trk,ip actions=move:NXM_OF_IP_DST[]->NXM_NX_REG15[],goto_table:route-local',
        'table=nat, priority=99,ct_state=+rel-inv+trk,ip actions=move:NXM_OF_IP_DST[]->NXM_NX_REG15[],goto_table:route-local',
        'table=route, priority=65300,ct_state=+rpl-inv+trk,ip,reg0=0x80/0x80 actions=set_field:0/0x80->reg0,move:NXM_OF_IP_DST[]->NXM_NX_REG15[],goto_table:route-local',
        'table=route, priority=65299,ct_state=+rel-inv+trk,ip,reg0=0x80/0x80 actions=set_field:0/0x80->reg0,move:NXM_OF_IP_DST[]->NXM_NX_REG15[],goto_table:route-local',
        'table=route, priority=65200,reg0=0x80/0x80 actions=drop',
        'table=admit, priority=290,udp,tp_src=67,tp_dst=68 actions=drop',
        'table=admit, priority=290,udp6,tp_src=547,tp_dst=546 actions=drop',
        ...[133, 134, 135, 136, 137].map(
          (type) => `table=admit, priority=150,icmp6,icmp_type=${type} actions=drop`,
        ),
        ...[133, 134, 135, 136, 137].map(
          (type) => `table=external-in, priority=105,icmp6,icmp_type=${type} actions=drop`,
        ),
        'table=external-in, priority=120,icmp6,ipv6_src=::,icmp_type=135 actions=drop',
        'table=egress-destination, priority=0 actions=resubmit(,destination-identity),goto_table:egress-track',
        ...check('egress', 'ingress', 'egress-check', 'egress-acl'),
        'table=egress-acl, priority=65000,reg0=0x2/0x2 actions=goto_table:route',
        'table=ingress-acl, priority=65000,reg0=0x2/0x2 actions=goto_table:ingress-check',
        'table=route, priority=65000,reg0=0x2/0x2 actions=goto_table:resolve',
        'table=route, priority=64000,ip,nw_dst=0.0.0.0/8 actions=drop',
        'table=route, priority=64000,ip,nw_dst=127.0.0.0/8 actions=drop',
        'table=route, priority=64000,ip,nw_dst=169.254.0.0/16 actions=drop',
        'table=route, priority=64000,ip,nw_dst=224.0.0.0/3 actions=drop',
        'table=route, priority=64000,ipv6,ipv6_dst=::/127 actions=drop',
        'table=route, priority=64000,ipv6,ipv6_dst=::ffff:0.0.0.0/96 actions=drop',
        'table=route, priority=64000,ipv6,ipv6_dst=fd00:ec2::/32 actions=drop',
        'table=route, priority=64000,ipv6,ipv6_dst=fe80::/10 actions=drop',
        'table=route, priority=64000,ipv6,ipv6_dst=ff00::/8 actions=drop',
        ...['::/127', '::ffff:0.0.0.0/96', 'fd00:ec2::/32', 'fe80::/10', 'ff00::/8'].flatMap((block) => [
          `table=route, priority=63900,ipv6,ipv6_src=${block} actions=drop`,
          `table=public-track, priority=120,ipv6,ipv6_src=${block} actions=drop`,
        ]),
        'table=resolve, priority=150,ipv6 actions=drop',
        'table=forward, priority=200,arp actions=goto_table:arp-reply',
        'table=arp-reply, priority=100,arp actions=move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],move:NXM_OF_ETH_DST[]->NXM_NX_ARP_SHA[],move:NXM_NX_REG15[]->NXM_OF_ARP_SPA[],move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],move:NXM_NX_ARP_SHA[]->NXM_OF_ETH_SRC[],set_field:2->arp_op,IN_PORT',
        'table=forward, priority=200,icmp6,icmp_type=135 actions=goto_table:nd-reply',
        `table=nd-reply, priority=110,icmp6,reg0=0x10/0x10,icmp_type=135 actions=${solicited(0xe0000000)}`,
        `table=nd-reply, priority=100,icmp6,icmp_type=135 actions=${solicited(0x60000000)}`,
        'table=nd-option, priority=100,icmp6,icmp_type=136 actions=move:NXM_OF_ETH_SRC[]->NXM_NX_ND_TLL[],IN_PORT',
        ...check('ingress', 'egress', 'ingress-acl', 'deliver'),
        'table=deliver, priority=0 actions=output:NXM_NX_REG6[]',
      ],
    });
  });

  it('are there from the start, whatever else changes', async () => {
    await using world = await World.create();
    assert.deepEqual([...(world.compiler.scope('global')?.fragments.keys() ?? [])], permanentFragments);
    await world.create('vpc', { cidrBlock: '10.0.0.0/16' });
    assert.deepEqual(
      world.changes.map(({ scopes }) => scopes.has('global')),
      [false],
    );
    assert.deepEqual(
      baseFeature.affected({ kind: 'vpc', id: 'vpc-1', before: undefined, after: undefined }, world.topology),
      [],
    );
  });
});
