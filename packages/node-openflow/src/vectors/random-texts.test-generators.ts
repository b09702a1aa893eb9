import fc from 'fast-check';

/*
 * Texts as ovs-ofctl takes them, drawn from its whole vocabulary. Nearly all are accepted.
 */

export type Text = fc.Arbitrary<string>;

export const int = (bits: number): fc.Arbitrary<number> =>
  fc.oneof(fc.nat(Math.min(2 ** bits - 1, 300)), fc.nat(Math.min(2 ** bits - 1, 0x7fffffff)));
const hex = (bits: number): fc.Arbitrary<string> =>
  fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }).map((value) => `0x${value.toString(16)}`);
const number = (bits: number): Text => fc.oneof(int(bits).map(String), hex(bits));
const masked = (bits: number): Text =>
  fc.oneof(
    number(bits),
    fc
      .tuple(hex(bits), hex(bits))
      .map(([value, mask]) => `0x${(BigInt(value) & BigInt(mask)).toString(16)}/${mask}`),
  );
const octet = fc.nat(255);
const ipv4: Text = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const ipv4Net: Text = fc.oneof(
  ipv4,
  fc.tuple(ipv4, fc.integer({ min: 1, max: 32 })).map(([address, bits]) => `${address}/${bits}`),
);
const ipv6: Text = fc
  .array(fc.nat(0xffff), { minLength: 8, maxLength: 8 })
  .map((words) => words.map((word) => (word % 3 === 0 ? 0 : word).toString(16)).join(':'));
const ipv6Net: Text = fc.oneof(
  ipv6,
  fc.tuple(ipv6, fc.integer({ min: 1, max: 128 })).map(([address, bits]) => `${address}/${bits}`),
);
const mac: Text = fc
  .array(octet, { minLength: 6, maxLength: 6 })
  .map((octets) => octets.map((one) => one.toString(16).padStart(2, '0')).join(':'));
const port: Text = fc.oneof(fc.integer({ min: 1, max: 65279 }).map(String), fc.constant('LOCAL'));

export const optional = (name: string, value: Text): Text =>
  fc.option(value, { nil: '' }).map((text) => (text === '' ? '' : `${name}=${text}`));
export const joined = (separator: string, ...parts: readonly Text[]): Text =>
  fc.tuple(...parts).map((texts) => texts.filter((text) => text !== '').join(separator));

const pipeline: readonly Text[] = [
  optional('in_port', port),
  optional('metadata', masked(64)),
  optional('reg1', masked(32)),
  optional('reg6', number(32)),
  optional('reg7', number(32)),
  optional('xxreg3', masked(128)),
  optional('tun_id', masked(64)),
  optional('tun_dst', ipv4Net),
  optional('pkt_mark', masked(32)),
  optional('dl_src', mac),
  optional('dl_dst', fc.oneof(mac, fc.constant('01:00:00:00:00:00/01:00:00:00:00:00'))),
];
const vlan: Text = fc.oneof(
  fc.constant(''),
  fc.nat(4095).map((id) => `dl_vlan=${id}`),
  fc.tuple(fc.nat(4095), fc.nat(7)).map(([id, priority]) => `dl_vlan=${id},dl_vlan_pcp=${priority}`),
  fc.constant('vlan_tci=0'),
);
const tracked = [
  optional('ct_state', fc.constantFrom('+trk', '-trk', '+new+trk', '+est-rel+trk', '0x21/0x23')),
  optional('ct_zone', number(16)),
  optional('ct_mark', masked(32)),
  optional('ct_label', masked(128)),
];
const v4 = [optional('nw_src', ipv4Net), optional('nw_dst', ipv4Net), optional('nw_ttl', number(8))];
const v6 = [optional('ipv6_src', ipv6Net), optional('ipv6_dst', ipv6Net), optional('ipv6_label', masked(20))];
const transport = [optional('tp_src', masked(16)), optional('tp_dst', masked(16))];

/** Matches by the protocol that they begin with. */
const matches: Readonly<Record<string, readonly Text[]>> = {
  '': [vlan],
  ip: [
    vlan,
    ...tracked,
    ...v4,
    optional('nw_frag', fc.constantFrom('no', 'yes', 'first', 'later', 'not_later')),
  ],
  ipv6: [vlan, ...tracked, ...v6],
  tcp: [
    ...tracked,
    ...v4,
    ...transport,
    optional('tcp_flags', fc.constantFrom('+syn-ack', 'syn|ack', '0x12/0x3f')),
  ],
  udp6: [...tracked, ...v6, ...transport],
  icmp: [...v4, optional('icmp_type', number(8)), optional('icmp_code', number(8))],
  arp: [optional('arp_op', number(8)), optional('arp_spa', ipv4Net), optional('arp_sha', mac)],
  mpls: [optional('mpls_label', number(20)), optional('mpls_tc', number(3)), optional('mpls_bos', number(1))],
};

const subfieldParts = fc
  .tuple(fc.constantFrom('reg0', 'reg5', 'NXM_NX_REG2', 'NXM_NX_REG15'), fc.nat(31), fc.nat(31))
  .map(([field, a, b]) => ({ field, first: Math.min(a, b), last: Math.max(a, b) }));
const subfield: Text = subfieldParts.map(({ field, first, last }) => `${field}[${first}..${last}]`);
/** A load whose value fits. */
const load: Text = fc
  .tuple(fc.nat(), subfieldParts)
  .map(
    ([value, { field, first, last }]) =>
      `load:${value % 2 ** (last - first + 1)}->${field}[${first}..${last}]`,
  );
const nat: Text = fc.oneof(
  fc.constant('nat'),
  fc
    .tuple(fc.constantFrom('src', 'dst'), ipv4, int(15))
    .map(([side, ip, at]) => `nat(${side}=${ip}:${at + 1})`),
  fc.tuple(fc.constantFrom('src', 'dst'), ipv4).map(([side, ip]) => `nat(${side}=${ip},random)`),
);

/** Actions that any packet can take. */
const anyActions: readonly Text[] = [
  port.map((one) => `output:${one}`),
  fc.constantFrom('normal', 'flood', 'all', 'in_port', 'exit', 'ct_clear', 'pop_queue', 'controller'),
  subfield.map((from) => `output:${from}`),
  load,
  fc.tuple(masked(32), fc.nat(15)).map(([value, index]) => `set_field:${value}->reg${index}`),
  fc
    .tuple(masked(64), fc.constantFrom('metadata', 'xreg2', 'tun_id'))
    .map(([v, to]) => `set_field:${v}->${to}`),
  mac.map((one) => `set_field:${one}->eth_dst`),
  mac.map((one) => `mod_dl_src:${one}`),
  fc.nat(15).map((index) => `move:NXM_NX_REG${index}[0..7]->NXM_NX_REG3[8..15]`),
  subfield.map((from) => `push:${from}`),
  subfield.map((to) => `pop:${to}`),
  fc.tuple(port, fc.nat(254)).map(([to, table]) => `resubmit(${to},${table})`),
  fc.nat(254).map((table) => `resubmit(,${table})`),
  number(16).map((id) => `controller(id=${id},reason=no_match)`),
  fc
    .array(octet, { minLength: 1, maxLength: 12 })
    .map((bytes) => `controller(userdata=${dotted(bytes)},pause)`),
  fc.array(octet, { minLength: 1, maxLength: 12 }).map((bytes) => `note:${dotted(bytes)}`),
  int(31).map((queue) => `set_queue:${queue}`),
  fc.nat(0xfffff).map((group) => `group:${group}`),
  fc
    .tuple(port, fc.integer({ min: 14, max: 9000 }))
    .map(([to, length]) => `output(port=${to},max_len=${length})`),
  fc.constantFrom('hrw', 'modulo_n', 'iter_hash').map((one) => `multipath(eth_src,50,${one},4,0,reg0[])`),
  fc.tuple(port, port).map(([a, b]) => `bundle(eth_src,0,hrw,ofport,members:${a},${b})`),
  fc.constant('learn(table=3,idle_timeout=10,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])'),
  fc
    .tuple(int(16), int(16))
    .map(([a, b]) => `sample(probability=${a + 1},collector_set_id=${b})`.replace('65536', '9')),
  fc.constant('clone(set_field:7->reg0,resubmit(,9))'),
  fc.constant('push_vlan:0x8100'),
];
const ipActions: readonly Text[] = [
  fc.constantFrom('dec_ttl', 'dec_ttl(1,2)', 'mod_nw_tos:32', 'mod_nw_ecn:1', 'ct(commit)'),
  fc.tuple(fc.nat(254), number(16)).map(([table, zone]) => `ct(table=${table},zone=${zone})`),
  fc
    .tuple(masked(32), masked(128))
    .map(([mark, label]) => `ct(commit,exec(set_field:${mark}->ct_mark,set_field:${label}->ct_label))`),
  subfield.map((zone) => `ct(commit,zone=${zone.replace(/\[.*/, '[0..15]')},nat)`),
];
const v4Actions: readonly Text[] = [
  nat.map((one) => `ct(commit,${one})`),
  ipv4.map((one) => `mod_nw_dst:${one}`),
  ipv4Net.map((one) => `set_field:${one}->ip_src`),
];

/** What packets of a protocol can take besides. */
const moreActions: Readonly<Record<string, readonly Text[]>> = {
  ip: [...ipActions, ...v4Actions],
  tcp: [...ipActions, ...v4Actions, number(16).map((at) => `mod_tp_dst:${at}`)],
  icmp: [...ipActions, ...v4Actions],
  ipv6: [...ipActions, ipv6.map((one) => `set_field:${one}->ipv6_dst`)],
  udp6: [...ipActions, number(16).map((at) => `set_field:${at}->udp_src`)],
  arp: [ipv4.map((one) => `set_field:${one}->arp_spa`), fc.constant('set_field:2->arp_op')],
  mpls: [fc.constantFrom('dec_mpls_ttl', 'pop_mpls:0x800', 'set_mpls_ttl:9')],
};

function dotted(bytes: readonly number[]): string {
  return bytes.map((one) => one.toString(16).padStart(2, '0')).join('.');
}

export function actionsFor(protocol: string): Text {
  const one = fc.oneof(...anyActions, ...(moreActions[protocol] ?? []));
  // ovs-ofctl reads nothing behind check_pkt_larger.
  const last = fc.constantFrom(
    '',
    '',
    ',write_metadata:0x5/0xff',
    ',goto_table:254',
    ',clear_actions',
    ',check_pkt_larger(1400)->reg1[7]',
  );
  return fc
    .tuple(fc.array(one, { minLength: 1, maxLength: 5 }), last)
    .map(([list, rest]) => list.join(',') + rest);
}

const protocols = Object.keys(matches);

function matchFor(protocol: string): Text {
  return joined(',', fc.constant(protocol), ...pipeline, ...(matches[protocol] ?? []));
}

const flowText: Text = fc.constantFrom(...protocols).chain((protocol) =>
  joined(
    ',',
    optional('table', fc.nat(253).map(String)),
    optional('cookie', hex(64)),
    optional('priority', number(16)),
    optional('idle_timeout', number(16)),
    optional('importance', number(16)),
    fc.constantFrom('', 'send_flow_rem', 'check_overlap'),
    matchFor(protocol),
    actionsFor(protocol).map((actions) => `actions=${actions}`),
  ),
);

/** Only additions say how important a flow is. */
const modification = flowText.map((text) => text.replace(/importance=\w+,/, ''));

const deletion: Text = fc.constantFrom(...protocols).chain((protocol) =>
  joined(
    ',',
    optional('table', fc.nat(253).map(String)),
    optional(
      'cookie',
      hex(64).map((cookie) => `${cookie}/-1`),
    ),
    optional('out_port', port),
    optional('out_group', int(16).map(String)),
    matchFor(protocol),
  ),
);

/** A line of a file for add-flows. */
export const flowLine: Text = fc.oneof(
  { weight: 4, arbitrary: flowText },
  { weight: 1, arbitrary: modification.map((text) => `modify ${text}`) },
  { weight: 1, arbitrary: modification.map((text) => `modify_strict ${text}`) },
  { weight: 1, arbitrary: deletion.map((text) => `delete ${text}`) },
  { weight: 1, arbitrary: deletion.map((text) => `delete_strict ${text.replace(/cookie=[^,]*,?/, '')}`) },
);
