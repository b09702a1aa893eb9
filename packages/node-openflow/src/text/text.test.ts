import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  canonicalMatch,
  formatActions,
  formatFlow,
  formatMatch,
  ipv4,
  ipv6,
  mac,
  missingPrerequisites,
  normalMatch,
  OpenFlowError,
  parseActions,
  parseFlow,
  parseMatch,
  ports,
} from '../index.ts';

/** The text is refused and the reason says why. */
function assertRefused(parse: () => unknown, reason: RegExp): void {
  assert.throws(parse, (error) => {
    assert.ok(error instanceof OpenFlowError, String(error));
    assert.equal(error.code, 'OPENFLOW_BAD_TEXT');
    assert.match(error.reason, reason);
    return true;
  });
}

describe('parseFlow', () => {
  it('gives plain objects with canonical names', () => {
    assert.deepEqual(
      parseFlow(
        'table=5,priority=7,cookie=0x9,send_flow_rem,tcp,nw_dst=10.0.0.0/8,tp_dst=80,reg0=3 actions=2',
      ),
      {
        type: 'flow-mod',
        command: 'add',
        table: 5,
        priority: 7,
        cookie: 9n,
        flags: ['send-flow-removed'],
        match: [
          { field: 'eth_type', value: 0x0800 },
          { field: 'ipv4_dst', value: 0x0a000000, mask: 0xff000000 },
          { field: 'ip_proto', value: 6 },
          { field: 'tcp_dst', value: 80 },
          { field: 'reg0', value: 3 },
        ],
        instructions: [{ type: 'apply-actions', actions: [{ type: 'output', port: 2 }] }],
      },
    );
  });

  it('reads canonical and other names alike', () => {
    const one = parseMatch(
      'eth_type=0x800,ip_proto=6,ipv4_src=1.2.3.4,tcp_dst=80,eth_dst=02:00:00:00:00:01,tunnel_id=5',
    );
    assert.deepEqual(one, parseMatch('tcp,nw_src=1.2.3.4,tp_dst=80,dl_dst=02:00:00:00:00:01,tun_id=0x5'));
    assert.deepEqual(parseMatch('NXM_NX_REG0=5'), parseMatch('reg0=5'));
  });

  it('reads the output of dump-flows again', () => {
    const dumped =
      ' cookie=0x5, duration=3.5s, table=2, n_packets=1, n_bytes=2, idle_age=3, priority=9,ip actions=drop';
    assert.deepEqual(parseFlow(dumped), parseFlow('cookie=5,table=2,priority=9,ip actions=drop'));
  });

  it('deletes in all tables unless told otherwise', () => {
    assert.equal(parseFlow('ip', 'delete').table, 255);
    assert.equal(parseFlow('', 'delete').match.length, 0);
    assert.deepEqual(parseFlow('cookie=5/-1', 'delete').cookieMask, 0xffff_ffff_ffff_ffffn);
  });

  it('says what is wrong', () => {
    assertRefused(() => parseFlow('ip'), /no "actions="/);
    assertRefused(() => parseFlow('ip actions=drop', 'delete'), /takes no actions/);
    assertRefused(() => parseFlow('nonsense=5 actions=drop'), /no field "nonsense"/);
    assertRefused(() => parseFlow('priority=70000 actions=drop'), /16 bits/);
    assertRefused(() => parseFlow('table= actions=drop'), /no value/);
    assertRefused(() => parseFlow('cookie=1/1 actions=drop'), /no cookie mask/);
    assertRefused(() => parseFlow('cookie=1', 'delete'), /cookie=1\/-1/);
    assertRefused(() => parseFlow('idle_timeout=5', 'delete'), /does not take idle_timeout/);
    assertRefused(() => parseFlow('tp_dst=80 actions=drop'), /needs a protocol/);
    assertRefused(() => parseFlow('ip,nw_src=10.0.0.256 actions=drop'), /not an IPv4 address/);
    assertRefused(() => parseFlow('ip,nw_src=10.0.0.0/33 actions=drop'), /at most 32 bits/);
    assertRefused(() => parseFlow('dl_vlan=5000 actions=drop'), /not a VLAN/);
    assertRefused(() => parseFlow('ip,nw_tos=3 actions=drop'), /nw_ecn/);
    assertRefused(() => parseFlow('ct_state=+foo actions=drop'), /none of the flags/);
    assertRefused(() => parseFlow('ct_state=+new-new actions=drop'), /twice/);
    assertRefused(() => parseFlow('reg0[30..33]=1 actions=drop'), /outside/);
    assertRefused(() => parseFlow('in_port=70000 actions=drop'), /not a port/);
    assertRefused(() => parseFlow('actions=nonsense'), /no action "nonsense"/);
    assertRefused(() => parseFlow('actions=drop,output:1'), /drop excludes/);
    assertRefused(() => parseFlow('actions=goto_table:x'), /not an integer/);
  });
});

describe('parseActions', () => {
  it('gives plain objects', () => {
    assert.deepEqual(
      parseActions('ct(commit,zone=reg5[0..15],nat(src=10.0.0.1-10.0.0.9:80)),resubmit(,7),LOCAL'),
      [
        {
          type: 'conntrack',
          commit: true,
          zone: { field: 'reg5', offset: 0, bits: 16 },
          nat: { type: 'source', family: 4, address: [0x0a000001, 0x0a000009], ports: [80] },
        },
        { type: 'resubmit', table: 7 },
        { type: 'output', port: ports.local },
      ],
    );
    assert.deepEqual(parseActions('drop'), []);
  });

  it('says what is wrong', () => {
    assertRefused(() => parseActions('set_field:5'), /no "->"/);
    assertRefused(() => parseActions('set_field:5->nonsense'), /no field "nonsense"/);
    assertRefused(() => parseActions('load:0x100->reg0[0..7]'), /8 bits/);
    assertRefused(() => parseActions('move:reg0[]->reg1[0..7]'), /32 bits wide/);
    assertRefused(() => parseActions('move:reg0[0..32]->reg1[]'), /bits 0 to 31/);
    assertRefused(() => parseActions('resubmit()'), /port or a table/);
    assertRefused(() => parseActions('resubmit(,1,xx)'), /unknown parameter/);
    assertRefused(() => parseActions('conjunction(1,3/2)'), /not one of 1 to 2/);
    assertRefused(() => parseActions('conjunction(1,1/65)'), /from 2 to 64/);
    assertRefused(() => parseActions('conjunction(1)'), /id,clause/);
    assertRefused(() => parseActions('ct(force)'), /needs commit/);
    assertRefused(() => parseActions('ct(table=255)'), /255/);
    assertRefused(() => parseActions('ct(nonsense=1)'), /unknown key/);
    assertRefused(() => parseActions('ct(alg=http)'), /gateway/);
    assertRefused(() => parseActions('ct(nat(src=1.2.3.4,dst=1.2.3.4))'), /exclude/);
    assertRefused(() => parseActions('ct(nat(random))'), /need src or dst/);
    assertRefused(() => parseActions('ct(nat(src=1.2.3.9-1.2.3.4))'), /ends before/);
    assertRefused(() => parseActions('ct(commit'), /parenthesis/);
    assertRefused(() => parseActions('output(port=1,max_len=5)'), /less than 14/);
    assertRefused(() => parseActions('output:eth0'), /neither a port nor a field/);
    assertRefused(() => parseActions('note:0'), /hexadecimal/);
    assertRefused(() => parseActions('controller(reason=x)'), /not a packet-in reason/);
    assertRefused(() => parseActions('learn(table=255)'), /255/);
    assertRefused(() => parseActions('learn(result_dst=reg0[0..1])'), /single bit/);
    assertRefused(() => parseActions('learn(foo=1)'), /unknown key/);
    assertRefused(() => parseActions('check_pkt_larger(5)->reg0[]'), /single bit/);
    assertRefused(() => parseActions('dec_ttl( )'), /controller id/);
  });
});

describe('formatting', () => {
  it('uses names of tables and ports when given', () => {
    const options = { tableNames: new Map([[7, 'route']]), portNames: new Map([[2, 'eth2']]) };
    const flow = parseFlow('table=7,in_port=2 actions=ct(table=7),resubmit(,7),output:2,goto_table:7');
    const text =
      'table=route, in_port=eth2 actions=ct(table=route),resubmit(,route),output:eth2,goto_table:route';
    assert.equal(formatFlow(flow, options), text);
  });

  it('prints deletions so that they can be read again', () => {
    for (const text of [
      '',
      'table=3, ip',
      'cookie=0x5/0xff, table=3, ip,out_port=2,out_group=4',
      'priority=5,arp',
    ]) {
      const command = text.includes('priority') ? 'delete-strict' : 'delete';
      const flow = parseFlow(text, command);
      assert.equal(formatFlow(flow), text);
    }
  });

  it('prints unknown fields and actions in hexadecimal', () => {
    assert.equal(formatMatch([{ field: 'oxm_8000_99', value: 5n, size: 2 }]), 'oxm_8000_99=0x5');
    assert.equal(
      formatActions([{ type: 'unknown', raw: Uint8Array.from([0, 99, 0, 8, 1, 2, 3, 4]) }]),
      'unknown(0063000801020304)',
    );
  });

  it('prints what has no protocol by its own name', () => {
    assert.equal(formatMatch([{ field: 'eth_type', value: 0x1234 }]), 'dl_type=0x1234');
    assert.equal(formatMatch([]), '');
  });
});

describe('matches', () => {
  it('have a normal form, with single registers, and a canonical one, with pairs', () => {
    const match = parseMatch('reg1=6,reg0=5/0xff,metadata=1,ip');
    const reversed = [...match].reverse();
    assert.deepEqual(normalMatch(reversed), match);
    const canonical = canonicalMatch(reversed);
    assert.deepEqual(canonical[1], { field: 'xreg0', value: 0x5_0000_0006n, mask: 0xff_ffff_ffffn });
    assert.deepEqual(normalMatch(canonical), match);
    assert.deepEqual(canonicalMatch(reversed, 4), match);
    assert.deepEqual(
      normalMatch([{ field: 'xxreg0', value: 5n }]).map(({ field }) => field),
      ['reg0', 'reg1', 'reg2', 'reg3'],
    );
  });

  it('know what they lack', () => {
    assert.deepEqual(missingPrerequisites(parseMatch('tcp,tp_dst=80,ct_state=+new,metadata=1')), []);
    assert.deepEqual(missingPrerequisites([{ field: 'tcp_dst', value: 80 }]), [
      'tcp_dst needs eth_type of IP and ip_proto=6',
    ]);
    assert.equal(
      missingPrerequisites([
        { field: 'ip_proto', value: 6 },
        { field: 'ipv4_dst', value: 1 },
      ]).length,
      2,
    );
    assert.deepEqual(
      missingPrerequisites(parseMatch('icmp6,icmp_type=135,nd_target=fe80::1,nd_sll=02:00:00:00:00:01')),
      [],
    );
    assert.equal(missingPrerequisites(parseMatch('icmp6,icmp_type=136,nd_sll=02:00:00:00:00:01')).length, 1);
    assert.equal(missingPrerequisites([{ field: 'vlan_pcp', value: 1 }]).length, 1);
    assert.deepEqual(missingPrerequisites(parseMatch('dl_vlan=5,dl_vlan_pcp=1')), []);
  });
});

describe('addresses', () => {
  it('are read and printed', () => {
    assert.equal(ipv4.parse('255.0.0.1'), 0xff000001);
    assert.equal(ipv4.format(0xff000001), '255.0.0.1');
    assert.equal(mac.parse('02:0:a:b:c:d'), 0x02000a0b0c0dn);
    assert.equal(mac.format(1n), '00:00:00:00:00:01');
    for (const [text, shown] of [
      ['::', '::'],
      ['::1', '::1'],
      ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
      ['fe80::1:0:0', 'fe80::1:0:0'],
      ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
      ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
      ['1::', '1::'],
      ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
    ] as const) {
      assert.equal(ipv6.format(ipv6.parse(text)), shown);
    }
  });

  it('are refused when malformed', () => {
    for (const text of ['', '1.2.3', '1.2.3.4.5', '1.2.3.x', '01.2.3.400'])
      assertRefused(() => ipv4.parse(text), /IPv4/);
    for (const text of ['', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::', 'g::']) {
      assertRefused(() => ipv6.parse(text), /IPv6/);
    }
    for (const text of ['', '1:2:3:4:5', '1:2:3:4:5:6:7', 'xx:0:0:0:0:0'])
      assertRefused(() => mac.parse(text), /Ethernet/);
  });
});
