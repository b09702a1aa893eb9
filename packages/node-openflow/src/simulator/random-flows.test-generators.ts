import fc from 'fast-check';

/*
 * For tests: random flow tables in the syntax of ovs-ofctl. Values come from small sets, so that packets match, registers are
 * read after they were written and connections meet each other.
 */

/** Tables 0 to 4. */
export const lastRandomTable = 4;

/** What a table may hold. */
export interface RandomOptions {
  /** Connection tracking: none, without commit, or all of it. */
  readonly conntrack: 'none' | 'uncommitted' | 'all';
  readonly nat: boolean;
  /** Whether flows look at the length of packets. */
  readonly lengths: boolean;
}

const protocols = ['', '', 'ip', 'ip', 'tcp', 'udp', 'icmp', 'arp', 'ipv6', 'tcp6', 'udp6'] as const;
type Protocol = (typeof protocols)[number];

const isIp = (protocol: Protocol) => protocol !== '' && protocol !== 'arp';
const isIpv4 = (protocol: Protocol) => ['ip', 'tcp', 'udp', 'icmp'].includes(protocol);
const hasPorts = (protocol: Protocol) => /tcp|udp/.test(protocol);

const small = fc.nat({ max: 7 });
const register = fc.nat({ max: 3 }).map((number) => `reg${number}`);
const port = fc.integer({ min: 1, max: 4 });

const condition = {
  any: [
    port.map((number) => `in_port=${number}`),
    fc.tuple(register, small).map(([name, value]) => `${name}=${value}`),
    fc.tuple(register, small, small).map(([name, value, mask]) => `${name}=${value & mask}/${mask}`),
    fc.tuple(small, small).map(([value, mask]) => `metadata=${value & mask}/${mask}`),
    fc.tuple(fc.nat({ max: 1 }), small).map(([number, value]) => `xreg${number}=${value}`),
    fc.constantFrom('dl_dst=02:00:00:00:00:02', 'dl_src=02:00:00:00:00:00/ff:ff:ff:ff:ff:fe'),
    fc.constantFrom('vlan_tci=0', 'vlan_tci=0x1000/0x1000', 'dl_vlan=5'),
  ],
  ipv4: [
    fc.nat({ max: 3 }).map((host) => `nw_src=10.0.0.${host}`),
    fc.constantFrom(
      'nw_src=10.0.0.0/31',
      'nw_dst=10.0.0.0/30',
      'nw_dst=10.0.0.2/31',
      'nw_dst=10.0.0.1',
      'nw_ttl=64',
    ),
  ],
  ports: [
    small.map((number) => `tp_dst=${number}`),
    fc.constantFrom('tp_src=0/0x1', 'tp_dst=0x2/0x2', 'tp_dst=1000/0xfff8'),
  ],
  conntrack: [
    fc.constantFrom('ct_state=+new+trk', 'ct_state=-new+trk', 'ct_state=+est+trk', 'ct_state=+rpl+trk'),
    fc.constantFrom(
      'ct_state=-trk',
      'ct_state=+inv+trk',
      'ct_state=+rel+trk',
      'ct_state=-snat+trk',
      'ct_state=+dnat+trk',
    ),
    fc.constantFrom('ct_zone=1', 'ct_mark=1/1', 'ct_mark=0', 'ct_label=2/3', 'ct_mark=2'),
  ],
} as const;

function conditions(protocol: Protocol, { conntrack }: RandomOptions): fc.Arbitrary<string> {
  const choices = [
    ...condition.any,
    ...(isIpv4(protocol) ? condition.ipv4 : []),
    ...(hasPorts(protocol) ? condition.ports : []),
    ...(isIp(protocol) && conntrack !== 'none' ? condition.conntrack : []),
  ];
  const key = (text: string) => text.split('=')[0]?.replace(/^x?reg.*/, 'register');
  return fc
    .uniqueArray(fc.oneof(...choices), { maxLength: 2, selector: key })
    .map((parts) => [protocol, ...parts].filter((part) => part !== '').join(','));
}

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

function actions(
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
function instructions(table: number): fc.Arbitrary<string> {
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

function plainFlow(table: number, options: RandomOptions): fc.Arbitrary<string> {
  return fc.constantFrom(...protocols).chain((protocol) =>
    fc
      .tuple(
        fc.integer({ min: 1, max: 1000 }),
        conditions(protocol, options),
        actions(table, protocol, options),
        instructions(table),
      )
      .map(([priority, match, applied, rest]) => {
        const all = [applied, rest].filter((part) => part !== '').join(',');
        return `table=${table},priority=${priority},${match} actions=${all}`;
      }),
  );
}

/** The flow for what nothing else in the table matches. */
function lastFlow(table: number, options: RandomOptions): fc.Arbitrary<string> {
  return fc.constantFrom<Protocol>('', 'ip').chain((protocol) =>
    fc.tuple(actions(table, protocol, options), instructions(table)).map(([applied, rest]) => {
      const match = protocol === '' ? 'priority=0' : `priority=1001,${protocol}`;
      return `table=${table},${match} actions=${[applied, rest].filter((part) => part !== '').join(',')}`;
    }),
  );
}

const dimensions = [
  fc.uniqueArray(
    small.map((value) => `reg0=${value}`),
    { minLength: 1, maxLength: 6 },
  ),
  fc.uniqueArray(
    fc.constantFrom(
      'ip,nw_src=10.0.0.0/31',
      'ip,nw_src=10.0.0.1',
      'ip,nw_src=10.0.0.2/31',
      'ip',
      'ip,nw_src=10.0.0.3',
    ),
    { minLength: 1, maxLength: 4 },
  ),
  fc.uniqueArray(fc.constantFrom('in_port=1', 'in_port=2', 'in_port=3', 'metadata=0/1'), {
    minLength: 1,
    maxLength: 4,
  }),
] as const;

/** Flows of a conjunctive match, which needs one of each dimension. */
function conjunctiveFlows(table: number, id: number, options: RandomOptions): fc.Arbitrary<string[]> {
  return fc
    .tuple(
      fc.integer({ min: 1002 + id * 10, max: 1009 + id * 10 }),
      fc.constantFrom(2, 3),
      ...dimensions,
      actions(table, '', options),
    )
    .map(([priority, count, first, second, third, applied]) => {
      const parts = [first, second, third]
        .slice(0, count)
        .flatMap((matches, index) =>
          matches.map(
            (match) =>
              `table=${table},priority=${priority},${match} actions=conjunction(${id},${index + 1}/${count})`,
          ),
        );
      return [...parts, `table=${table},priority=${priority},conj_id=${id} actions=${applied}`];
    });
}

/** A set of flows for tables 0 to 4. Groups 1 and 2 exist. */
export function randomFlows(options: RandomOptions): fc.Arbitrary<string[]> {
  const tables = Array.from({ length: lastRandomTable + 1 }, (_, table) => table);
  const perTable = tables.map((table) =>
    fc
      .tuple(fc.array(plainFlow(table, options), { maxLength: 5 }), lastFlow(table, options))
      .map(([flows, last]) => [...flows, last]),
  );
  // Flows of one conjunction agree on how many dimensions it has, so that each has an id of its own.
  const conjunctions = fc.tuple(
    ...[1, 2].map((id) =>
      fc.option(
        fc.nat({ max: lastRandomTable }).chain((table) => conjunctiveFlows(table, id, options)),
        { nil: [] },
      ),
    ),
  );
  return fc
    .tuple(fc.tuple(...perTable), conjunctions)
    .map(([flows, more]) => [...flows.flat(), ...more.flat()]);
}
