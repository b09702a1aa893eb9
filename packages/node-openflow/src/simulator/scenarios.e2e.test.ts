import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { packet } from './packet.ts';
import { icmpType } from './protocols.ts';
import { arrival } from './random-packets.test-generators.ts';
import { portCount, SwitchPair } from './random-switches.test-support.ts';
import { noOpenVswitch, RealSwitch } from './real-switch.test-support.ts';
import { tcp, tcpAnswer } from './simulate.test-support.ts';
import type { SimulatedPacket } from './types.ts';

interface Scenario {
  readonly name: string;
  readonly flows: readonly string[];
  readonly packets: readonly (readonly [port: number, packet: SimulatedPacket])[];
}

const ends = { src: '10.0.0.1', dst: '10.0.0.2' };
const udp = { ...ends, sourcePort: 1, destinationPort: 2 };
const solicitation = packet.neighbourSolicitation({
  src: 'fe80::1',
  dst: 'ff02::1:ff00:2',
  target: 'fe80::2',
  linkLayer: '02:00:00:00:00:01',
});
const toFirst = { ethSrc: '02:00:00:00:00:02', ethDst: '02:00:00:00:00:01' };

const scenarios: readonly Scenario[] = [
  {
    name: 'learns where an address is',
    flows: [
      'in_port=1 actions=learn(table=1,hard_timeout=60,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),2',
      'in_port=2 actions=resubmit(,1)',
      'table=1,priority=0 actions=3',
    ],
    packets: [
      [2, tcpAnswer(toFirst)],
      [1, tcp()],
      [2, tcpAnswer(toFirst)],
    ],
  },
  {
    name: 'learns up to a limit and writes the result',
    flows: [
      'actions=learn(table=1,limit=1,result_dst=reg0[0],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),move:reg0[0]->eth_dst[0],2',
    ],
    packets: [
      [1, tcp()],
      [1, tcp()],
      [1, tcp({ ethSrc: '02:00:00:00:00:09' })],
      [1, tcp()],
    ],
  },
  {
    name: 'learns loads',
    flows: [
      'in_port=1,tcp actions=learn(table=1,priority=7,eth_type=0x800,nw_proto=6,NXM_OF_IP_SRC[]=NXM_OF_IP_DST[],NXM_OF_TCP_SRC[]=NXM_OF_TCP_DST[],load:NXM_OF_IN_PORT[]->NXM_NX_REG0[0..15],load:0x5->NXM_NX_REG1[]),2',
      'in_port=2 actions=resubmit(,1),move:reg1[0..7]->eth_dst[0..7],output:reg0[0..15]',
    ],
    packets: [
      [2, tcpAnswer()],
      [1, tcp()],
      [2, tcpAnswer()],
    ],
  },
  {
    name: 'answers neighbour solicitations in two tables',
    flows: [
      'icmp6,icmp_type=135 actions=set_field:136->icmpv6_type,set_field:2->nd_options_type,set_field:0xe0000000->nd_reserved,move:ipv6_src[]->ipv6_dst[],set_field:fe80::2->ipv6_src,move:eth_src[]->eth_dst[],set_field:02:00:00:00:00:22->eth_src,resubmit(,1)',
      'table=1,icmp6,icmp_type=136 actions=set_field:02:00:00:00:00:22->nd_tll,IN_PORT',
    ],
    packets: [[1, solicitation]],
  },
  {
    name: 'writes the fields of neighbour solicitations',
    flows: ['icmp6,icmp_type=135 actions=set_field:02:00:00:00:00:22->nd_sll,set_field:fe80::3->nd_target,2'],
    packets: [[1, solicitation]],
  },
  {
    name: 'neighbour discovery is invalid to the connection tracker',
    flows: [
      'ipv6 actions=ct(table=1)',
      'table=1,ipv6,ct_state=+inv+trk actions=3',
      'table=1,ipv6,ct_state=-inv+trk actions=4',
    ],
    packets: [[1, solicitation]],
  },
  {
    name: 'answers ARP',
    flows: [
      'arp,arp_op=1 actions=move:eth_src[]->eth_dst[],set_field:02:00:00:00:00:22->eth_src,set_field:2->arp_op,move:arp_sha[]->arp_tha[],set_field:02:00:00:00:00:22->arp_sha,move:arp_spa[]->reg0[],move:arp_tpa[]->arp_spa[],move:reg0[]->arp_tpa[],IN_PORT',
    ],
    packets: [[1, packet.arp({ senderAddress: '10.0.0.1', targetAddress: '10.0.0.2' })]],
  },
  {
    name: 'answers pings',
    flows: [
      'icmp,icmp_type=8 actions=set_field:0->icmp_type,move:ip_src[]->reg0[],move:ip_dst[]->ip_src[],move:reg0[]->ip_dst[],IN_PORT',
    ],
    packets: [[1, packet.ping(ends)]],
  },
  {
    name: 'stops packets without a TTL',
    flows: ['ip actions=resubmit(,1),3', 'ipv6 actions=dec_ttl,2', 'table=1,ip actions=dec_ttl,2'],
    packets: [
      [1, tcp({ ttl: 1 })],
      [1, tcp({ ttl: 2 })],
      [1, packet.udp({ ...udp, src: 'fd00::1', dst: 'fd00::2', ttl: 1 })],
    ],
  },
  {
    name: 'knows no ports of fragments',
    flows: [
      'priority=20,ip,nw_frag=later actions=3',
      'priority=10,udp,tp_dst=2 actions=2',
      'priority=9,ip,nw_frag=first actions=4',
      'priority=8,ip actions=1',
    ],
    packets: [
      [1, packet.udp({ ...udp, fragment: 1 })],
      [1, packet.udp({ ...udp, fragment: 3 })],
      [1, packet.udp(udp)],
    ],
  },
  { name: 'floods', flows: ['actions=flood'], packets: [[1, tcp()]] },
  {
    name: 'adds and removes VLAN headers',
    flows: [
      'vlan_tci=0 actions=push_vlan:0x8100,set_field:4101->vlan_vid,2,set_field:3->vlan_pcp,3,pop_vlan,4',
      'vlan_tci=0x1000/0x1000 actions=pop_vlan,2',
    ],
    packets: [
      [1, tcp()],
      [1, tcp({ vlan: 7 })],
    ],
  },
  {
    name: 'takes the next source port when one is taken, in its class',
    flows: ['in_port=1,ip actions=ct(commit,zone=1,nat(src=10.0.0.9)),2'],
    packets: [1000, 1000, 1000, 65535, 65535, 511, 511, 600, 600, 520, 520, 520].map(
      (sourcePort, index) => [1, tcp({ src: `10.0.1.${index}`, sourcePort })] as const,
    ),
  },
  {
    name: 'changes the source port when a destination is taken',
    flows: ['in_port=1,ip actions=ct(commit,zone=1,nat(dst=10.0.0.9)),2'],
    packets: ['10.0.0.2', '10.0.0.3', '10.0.0.4'].map((dst) => [1, tcp({ dst })] as const),
  },
  {
    name: 'has no second translation for pings with the same identifier',
    flows: ['in_port=1,ip actions=ct(commit,zone=1,nat(src=10.0.0.9)),2'],
    packets: [
      [1, packet.ping(ends)],
      [1, packet.ping({ ...ends, src: '10.0.0.3' })],
    ],
  },
  {
    name: 'ICMP errors about no connection are invalid',
    flows: [
      'ip actions=ct(table=1)',
      'table=1,ip,ct_state=+inv+trk actions=3',
      'table=1,ip,ct_state=-inv+trk actions=4',
    ],
    packets: [
      [1, packet.icmpError({ src: '10.0.0.2', dst: '10.0.0.1', inner: tcp() })],
      [1, packet.icmpError({ src: '10.0.0.2', dst: '10.0.0.7', inner: tcp() })],
    ],
  },
  {
    name: 'translates ICMP errors and what they quote',
    flows: [
      'in_port=1,ip actions=ct(commit,zone=1,table=1,nat(src=10.0.0.9))',
      'in_port=2,ip actions=ct(zone=1,table=2,nat)',
      'table=1,actions=2',
      'table=2,ip,ct_state=+rel+rpl+trk actions=1',
    ],
    packets: [
      [1, tcp()],
      [
        2,
        packet.icmpError({
          src: '10.0.0.7',
          dst: '10.0.0.9',
          type: icmpType.timeExceeded,
          inner: tcp({ src: '10.0.0.9' }),
        }),
      ],
      [
        2,
        packet.icmpError({
          src: '10.0.0.7',
          dst: '10.0.0.9',
          inner: tcp({ src: '10.0.0.9', sourcePort: 1001 }),
        }),
      ],
    ],
  },
  {
    name: 'looks for the connection again when an address was written in between',
    flows: [
      'ip actions=ct(commit,zone=1),set_field:10.0.0.3->ip_src,ct(commit,zone=1,nat(src=10.0.0.200)),2',
    ],
    packets: [[1, tcp()]],
  },
  {
    name: 'gives a connection to the zone that committed it only',
    flows: [
      'ip actions=ct(commit,zone=1),ct(table=1,zone=1)',
      'table=1,ip actions=ct(table=2,zone=2)',
      'table=2,ip,ct_state=+new+trk actions=2',
      'table=2,ip,ct_state=-new+trk actions=3',
    ],
    packets: [
      [1, tcp()],
      [2, tcpAnswer()],
    ],
  },
];

describe('what flows do, in the simulator and in Open vSwitch', { skip: noOpenVswitch }, () => {
  let real: RealSwitch;
  before(async () => {
    real = await RealSwitch.start(portCount);
  });
  after(() => real.stop());

  for (const { name, flows, packets } of scenarios) {
    it(name, async () => {
      const pair = await SwitchPair.loadFlows(real, flows);
      for (const [port, sent] of packets) assert.ok(await pair.inject(arrival(port, sent)), 'undecided');
    });
  }
});
