import fc from 'fast-check';
import {
  hasPorts,
  isIp,
  isIpv4,
  lastRandomTable,
  type Protocol,
  port,
  type RandomOptions,
  register,
  small,
} from './random-matches.test-generators.ts';

/* For tests: random actions and instructions in the syntax of ovs-ofctl. */

const range = fc.constantFrom('[]', '[0..7]', '[0..1]', '[1..2]', '[16..31]', '[3]');
const sameRanges = fc.constantFrom(
  ['[0..7]', '[8..15]'],
  ['[]', '[]'],
  ['[0]', '[5]'],
  ['[0..1]', '[1..2]'],
  ['[0..15]', '[16..31]'],
);

/** Actions for every packet. Those on Ethernet addresses make registers visible in packets. */
const plainActions = [
  fc.tuple(small, register).map(([value, name]) => `set_field:${value}->${name}`),
  fc
    .tuple(small, small, register)
    .map(([value, mask, name]) => `set_field:${value & mask}/${mask || 1}->${name}`),
  fc
    .tuple(register, fc.constantFrom('[0..2]', '[1..4]', '[29..31]'), fc.nat({ max: 7 }))
    .map(([name, bits, value]) => `load:${value}->${name}${bits}`),
  fc.tuple(register, register, sameRanges).map(([from, to, [a, b]]) => `move:${from}${a}->${to}${b}`),
  register.map((name) => `move:${name}[0..15]->xreg1[8..23]`),
  register.map((name) => `move:${name}[0..7]->eth_src[0..7]`),
  register.map((name) => `move:${name}[0..7]->eth_dst[8..15]`),
  fc.constant('move:metadata[0..7]->eth_src[8..15]'),
  fc.constant('move:in_port[]->reg2[0..15]'),
  fc.tuple(register, range).map(([name, bits]) => `push:${name}${bits}`),
  fc.tuple(register, range).map(([name, bits]) => `pop:${name}${bits}`),
  port.map((number) => `output:${number}`),
  port.map((number) => `output:${number}`),
  fc.constantFrom('IN_PORT', 'output:reg0[0..2]', 'output:9', 'load:0->in_port', 'note:00.11'),
  fc.constantFrom(
    'set_field:02:00:00:00:00:02->eth_dst',
    'set_field:02:00:00:00:00:00/ff:00:00:00:00:ff->eth_src',
  ),
  fc.constantFrom('push_vlan:0x8100,set_field:4101->vlan_vid', 'pop_vlan', 'exit', 'controller'),
  fc.nat({ max: 1 }).map((group) => `group:${group + 1}`),
];

const ipActions = [
  fc.constantFrom(
    'dec_ttl',
    'dec_ttl',
    'set_field:1->nw_ecn',
    'set_field:1->nw_ttl',
    'set_field:12->ip_dscp',
  ),
];
const ipv4Actions = [
  fc.nat({ max: 3 }).map((host) => `set_field:10.0.0.${host}->ip_src`),
  fc.nat({ max: 3 }).map((host) => `set_field:10.0.0.${host}->ip_dst`),
];

/** Which other bits the packet has then is known only where no translation has changed them behind the tables' back. */
const partOfAddress = register.map((name) => `move:${name}[0..1]->ip_dst[0..1]`);

function nextTable(table: number): fc.Arbitrary<number> {
  const forward = fc.integer({ min: Math.min(table + 1, lastRandomTable), max: lastRandomTable });
  return fc.oneof(
    { weight: 30, arbitrary: forward },
    { weight: 1, arbitrary: fc.nat({ max: lastRandomTable }) },
  );
}

const exec = fc.constantFrom(
  '',
  ',exec(set_field:1->ct_mark)',
  ',exec(set_field:2/2->ct_mark,set_field:2->ct_label)',
  ',exec(move:reg1[]->ct_label[0..31])',
  ',exec(load:1->ct_mark[0])',
);
const translation = fc.constantFrom(
  ',nat(src=10.0.0.200)',
  ',nat(src=10.0.0.201:7)',
  ',nat(dst=10.0.0.3)',
  ',nat(dst=10.0.0.2:5)',
  ',nat(src)',
);
const zone = fc.constantFrom('zone=1', 'zone=1', 'zone=2', 'zone=reg3[0..15]');

function conntrackActions(table: number, protocol: Protocol, options: RandomOptions): fc.Arbitrary<string>[] {
  if (!isIp(protocol) || options.conntrack === 'none') return [];
  const lookup = fc
    .tuple(nextTable(table), zone, fc.boolean())
    .map(([next, where, nat]) => `ct(table=${next},${where}${options.nat && nat ? ',nat' : ''})`);
  if (options.conntrack === 'uncommitted') return [lookup, lookup, fc.constant('ct_clear')];
  const translate =
    options.nat && isIpv4(protocol) ? fc.oneof(fc.constant(''), translation) : fc.constant('');
  // A translated connection that is replaced keeps its place a while longer in Open vSwitch: no test can say how long.
  const force = options.nat ? fc.constant('') : fc.constantFrom('', '', ',force');
  const commit = fc
    .tuple(zone, exec, translate, force, fc.option(nextTable(table), { freq: 3 }))
    .map(([where, then, nat, forced, next]) => {
      const resume = next === null ? '' : `,table=${next}`;
      return `ct(commit${forced},${where}${resume}${nat}${then})`;
    });
  return [lookup, lookup, lookup, commit, commit, commit, fc.constant('ct_clear')];
}

/** A list of actions for packets of one protocol. */
export function actions(
  table: number,
  protocol: Protocol,
  options: RandomOptions,
  nested = false,
): fc.Arbitrary<string> {
  const resubmit = fc.oneof(
    nextTable(table).map((next) => `resubmit(,${next})`),
    fc.tuple(port, nextTable(table)).map(([number, next]) => `resubmit(${number},${next})`),
    ...(isIp(protocol) && options.conntrack === 'all'
      ? [nextTable(table).map((next) => `resubmit(,${next},ct)`)]
      : []),
  );
  const clone = nested ? [] : [actions(table, protocol, options, true).map((inner) => `clone(${inner})`)];
  const larger =
    nested || !options.lengths ? [] : [register.map((name) => `check_pkt_larger(60)->${name}[0]`)];
  const tracked = conntrackActions(table, protocol, options);
  const single = fc.oneof(
    ...plainActions,
    ...(isIp(protocol) ? ipActions : []),
    ...(isIpv4(protocol) ? ipv4Actions : []),
    ...(isIpv4(protocol) && !options.nat ? [partOfAddress] : []),
    ...(hasPorts(protocol)
      ? [small.map((number) => `set_field:${number}->${protocol.replace('6', '')}_dst`)]
      : []),
    { weight: 5, arbitrary: resubmit },
    ...clone,
    ...larger,
    ...(tracked.length > 0 ? [{ weight: 6, arbitrary: fc.oneof(...tracked) }] : []),
  );
  return fc.array(single, { minLength: 1, maxLength: nested ? 3 : 4 }).map((list) => list.join(','));
}

/** What stands behind the actions. */
export function instructions(table: number): fc.Arbitrary<string> {
  const written = fc.constantFrom(
    '',
    'write_actions(output:3)',
    'write_actions(set_field:02:00:00:00:00:07->eth_dst,output:2)',
    'write_actions(push_vlan:0x8100,output:1,set_field:3->reg1)',
    'write_actions(group:1)',
    'write_actions(resubmit(,4))',
  );
  const goTo =
    table === lastRandomTable
      ? fc.constant('')
      : fc
          .option(fc.integer({ min: table + 1, max: lastRandomTable }), { nil: 0 })
          .map((next) => (next ? `goto_table:${next}` : ''));
  const rest = fc.tuple(
    fc.constantFrom('', '', 'clear_actions'),
    written,
    fc.constantFrom('', '', 'write_metadata:5/7'),
    goTo,
  );
  return rest.map((parts) => parts.filter((part) => part !== '').join(','));
}
