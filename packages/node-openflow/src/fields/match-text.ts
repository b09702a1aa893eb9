import { type FormatOptions, formatPort } from '../text/context.ts';
import {
  badText,
  hexadecimal,
  type KeyValue,
  keyValues,
  parseBigInteger,
  parseInteger,
} from '../text/syntax.ts';
import { normalMatch } from './canonical.ts';
import type { FieldDefinition } from './definition.ts';
import { flagNames, formatFlags } from './flags-text.ts';
import type { FieldMatch, Match } from './match.ts';
import type { FieldName } from './names.ts';
import { matchTable } from './registry.ts';
import { asFieldValue, formatFieldValue, parseFieldValue } from './value-text.ts';

const ethertype = {
  ipv4: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  ipv6: 0x86dd,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
};
const vlanPresent = 0x1000;
const vlanIdMask = 0x0fff;

/** Words that stand for an Ethernet type and, some of them, an IP protocol. The first one is printed. */
const shorthands: readonly (readonly [word: string, type: number, protocol?: number])[] = [
  ['icmp', ethertype.ipv4, 1],
  ['tcp', ethertype.ipv4, 6],
  ['udp', ethertype.ipv4, 17],
  ['sctp', ethertype.ipv4, 132],
  ['ip', ethertype.ipv4],
  ['icmp6', ethertype.ipv6, 58],
  ['tcp6', ethertype.ipv6, 6],
  ['udp6', ethertype.ipv6, 17],
  ['sctp6', ethertype.ipv6, 132],
  ['ipv6', ethertype.ipv6],
  ['arp', ethertype.arp],
  ['rarp', ethertype.rarp],
  ['mpls', ethertype.mpls],
  ['mplsm', ethertype.mplsMulticast],
  ['ipv4', ethertype.ipv4],
  ['ip4', ethertype.ipv4],
  ['ip6', ethertype.ipv6],
];

/** Keys whose field depends on what the match says about the protocol. */
const dependent: Readonly<Record<string, Readonly<Record<number, FieldName>>>> = {
  tp_src: { 6: 'tcp_src', 17: 'udp_src', 132: 'sctp_src', 1: 'icmpv4_type', 58: 'icmpv6_type' },
  tp_dst: { 6: 'tcp_dst', 17: 'udp_dst', 132: 'sctp_dst', 1: 'icmpv4_code', 58: 'icmpv6_code' },
  icmp_type: { 1: 'icmpv4_type', 58: 'icmpv6_type' },
  icmp_code: { 1: 'icmpv4_code', 58: 'icmpv6_code' },
};

/** Collects conditions; a later one about the same field takes the place of the earlier one. */
class MatchBuilder {
  readonly #entries = new Map<FieldName, FieldMatch>();

  set(entry: FieldMatch): void {
    this.#entries.set(entry.field, entry);
  }

  number(field: FieldName): number | undefined {
    const entry = this.#entries.get(field);
    return entry && entry.mask === undefined ? Number(entry.value) : undefined;
  }

  finish(): FieldMatch[] {
    return normalMatch([...this.#entries.values()]);
  }
}

function resolve(key: string, builder: MatchBuilder): FieldDefinition | undefined {
  const choices = dependent[key];
  if (!choices) {
    const arp = builder.number('eth_type') === ethertype.arp || builder.number('eth_type') === ethertype.rarp;
    if (arp && key === 'nw_src') return matchTable.get('arp_spa');
    if (arp && key === 'nw_dst') return matchTable.get('arp_tpa');
    if (arp && key === 'nw_proto') return matchTable.get('arp_op');
    return matchTable.findByText(key);
  }
  const field = choices[builder.number('ip_proto') ?? -1];
  return field ? matchTable.get(field) : badText(`${key} needs a protocol before it, such as tcp or udp`);
}

/** `nw_tos` is the whole byte, `dl_vlan` has no present bit: keys that are not a field as it stands. */
const specialKeys: Readonly<Record<string, (value: string, builder: MatchBuilder) => void>> = {
  nw_tos(value, builder) {
    const tos = parseInteger(value, 8, 'nw_tos');
    if ((tos & 3) !== 0) badText(`nw_tos=${value}: the lowest two bits belong to nw_ecn`);
    builder.set({ field: 'ip_dscp', value: tos >> 2 });
  },
  dl_vlan(value, builder) {
    const id = parseInteger(value, 16, 'dl_vlan');
    if (id === 0xffff) builder.set({ field: 'vlan_vid', value: 0 });
    else if (id <= vlanIdMask) builder.set({ field: 'vlan_vid', value: id | vlanPresent });
    else badText(`dl_vlan=${value} is not a VLAN`);
  },
  dl_vlan_pcp(value, builder) {
    if (builder.number('vlan_vid') === undefined) {
      builder.set({ field: 'vlan_vid', value: vlanPresent, mask: vlanPresent });
    }
    builder.set({ field: 'vlan_pcp', value: parseInteger(value, 3, 'dl_vlan_pcp') });
  },
  eth(_, builder) {
    builder.set({ field: 'packet_type', value: 0 });
  },
};

function setSubfield(key: string, value: string, builder: MatchBuilder): boolean {
  const parts = /^(\w+)\[(?:(\d+)(?:\.\.(\d+))?)?\]$/.exec(key);
  const definition = parts && matchTable.findByText(parts[1] as string);
  if (!parts || !definition) return false;
  const first = Number(parts[2] ?? 0);
  const last = Number(parts[3] ?? parts[2] ?? definition.bits - 1);
  if (last < first || last >= definition.bits) badText(`"${key}" reaches outside of ${definition.name}`);
  const shift = BigInt(first);
  const ones = (1n << BigInt(last - first + 1)) - 1n;
  const number = parseBigInteger(value, last - first + 1, key);
  builder.set({
    field: definition.name,
    ...asFieldValue(definition, { value: number << shift, mask: ones << shift }),
  });
  return true;
}

/** A tunnel option without a value asks only whether the option is there. */
function setField(definition: FieldDefinition, value: string, builder: MatchBuilder): void {
  if (value === '') {
    if (definition.bytes !== 0) badText(`${definition.name} has no value`);
    builder.set({ field: definition.name, value: 0n, mask: 0n });
    return;
  }
  const big = parseFieldValue(definition, value);
  if (big.mask === 0n && definition.bytes !== 0) return;
  builder.set({
    field: definition.name,
    ...asFieldValue(definition, { value: big.value & big.mask, mask: big.mask }),
  });
}

function setOne({ key, value }: KeyValue, builder: MatchBuilder): boolean {
  const shorthand = value === '' ? shorthands.find(([word]) => word === key) : undefined;
  if (shorthand) {
    builder.set({ field: 'eth_type', value: shorthand[1] });
    if (shorthand[2] !== undefined) builder.set({ field: 'ip_proto', value: shorthand[2] });
    return true;
  }
  const special = specialKeys[key];
  if (special) {
    special(value, builder);
    return true;
  }
  if (key.includes('[')) return setSubfield(key, value, builder);
  const definition = resolve(key, builder);
  if (definition && value !== '*') setField(definition, value, builder);
  return definition !== undefined;
}

/**
 * Reads those items of a list that are about the match; gives each other one to `other`.
 * The result is in Open vSwitch's order.
 */
export function parseMatchItems(items: readonly KeyValue[], other: (item: KeyValue) => void): FieldMatch[] {
  const builder = new MatchBuilder();
  for (const item of items) if (!setOne(item, builder)) other(item);
  return builder.finish();
}

/**
 * Reads a match in the syntax of ovs-fields(7), such as `tcp,nw_dst=10.0.0.0/8,tp_dst=80`.
 * @throws OpenFlowError OPENFLOW_BAD_TEXT
 */
export function parseMatch(text: string): FieldMatch[] {
  return parseMatchItems(keyValues(text), ({ key }) => badText(`there is no field "${key}"`));
}

type Style = (entry: FieldMatch, options: FormatOptions) => string;

/** In matches, decimal numbers with a mask are printed in hexadecimal. */
const decimal: Style = ({ value, mask }) => {
  return mask === undefined ? String(value) : `0x${value.toString(16)}/0x${mask.toString(16)}`;
};
const hex: Style = ({ value, mask }) =>
  mask === undefined ? hexadecimal(value) : `${hexadecimal(value)}/${hexadecimal(mask)}`;
const plain: Style = (entry, options) =>
  formatFieldValue(matchTable.get(entry.field), entry.value, entry.mask, options.portNames);
const ctState: Style = ({ value, mask }) =>
  formatFlags({ value: BigInt(value), mask: BigInt(mask ?? 0xffffffff) }, flagNames.ctState, 0xffn);
const padded =
  (digits: number): Style =>
  ({ value, mask }) => {
    const show = (number: number | bigint) => `0x${number.toString(16).padStart(digits, '0')}`;
    return mask === undefined ? show(value) : `${show(value)}/${show(mask)}`;
  };

/** One place in the printed match: the fields that may stand there, the name and the style in which they are printed. */
type Place = readonly [fields: readonly FieldName[], name: string, style: Style];

function numbered(prefix: string, count: number, style: Style): Place[] {
  return Array.from(
    { length: count },
    (_, i) => [[`${prefix}${i}` as FieldName], `${prefix}${i}`, style] as const,
  );
}

const beforeProtocol: readonly Place[] = [
  [['pkt_mark'], 'pkt_mark', hex],
  [['recirc_id'], 'recirc_id', hex],
  [['dp_hash'], 'dp_hash', hex],
  [['conj_id'], 'conj_id', decimal],
  [['actset_output'], 'actset_output', plain],
  [['ct_state'], 'ct_state', ctState],
  [['ct_zone'], 'ct_zone', decimal],
  [['ct_mark'], 'ct_mark', hex],
  [['ct_label'], 'ct_label', hex],
  [['ct_nw_src'], 'ct_nw_src', plain],
  [['ct_ipv6_src'], 'ct_ipv6_src', plain],
  [['ct_nw_dst'], 'ct_nw_dst', plain],
  [['ct_ipv6_dst'], 'ct_ipv6_dst', plain],
  [['ct_nw_proto'], 'ct_nw_proto', decimal],
  [['ct_tp_src'], 'ct_tp_src', decimal],
  [['ct_tp_dst'], 'ct_tp_dst', decimal],
  [['packet_type'], 'packet_type', plain],
];

const afterProtocol: readonly Place[] = [
  ...numbered('reg', 16, hex),
  [['tunnel_id'], 'tun_id', hex],
  [['tun_ipv4_src'], 'tun_src', plain],
  [['tun_ipv4_dst'], 'tun_dst', plain],
  [['tun_ipv6_src'], 'tun_ipv6_src', plain],
  [['tun_ipv6_dst'], 'tun_ipv6_dst', plain],
  [['tun_gbp_id'], 'tun_gbp_id', decimal],
  [['tun_gbp_flags'], 'tun_gbp_flags', hex],
  [['tun_flags'], 'tun_flags', plain],
  ...numbered('tun_metadata', 64, hex),
  [['metadata'], 'metadata', hex],
  [['in_port'], 'in_port', plain],
  [['vlan_vid', 'vlan_tci'], 'vlan', plain],
  [['vlan_pcp'], 'dl_vlan_pcp', decimal],
  [['eth_src'], 'dl_src', plain],
  [['eth_dst'], 'dl_dst', plain],
  [['eth_type'], 'dl_type', padded(4)],
  [['ipv6_src'], 'ipv6_src', plain],
  [['ipv6_dst'], 'ipv6_dst', plain],
  [['ipv6_label'], 'ipv6_label', padded(5)],
  [['arp_spa'], 'arp_spa', plain],
  [['arp_tpa'], 'arp_tpa', plain],
  [['ipv4_src'], 'nw_src', plain],
  [['ipv4_dst'], 'nw_dst', plain],
  [['ip_proto'], 'nw_proto', decimal],
  [['arp_op'], 'arp_op', decimal],
  [['arp_sha'], 'arp_sha', plain],
  [['arp_tha'], 'arp_tha', plain],
  [['ip_dscp'], 'nw_tos', ({ value }) => String(Number(value) << 2)],
  [['ip_ecn'], 'nw_ecn', decimal],
  [['ip_ttl'], 'nw_ttl', decimal],
  [['mpls_label'], 'mpls_label', decimal],
  [['mpls_tc'], 'mpls_tc', decimal],
  [['mpls_ttl'], 'mpls_ttl', decimal],
  [['mpls_bos'], 'mpls_bos', decimal],
  [['ip_frag'], 'nw_frag', plain],
  [['icmpv4_type', 'icmpv6_type'], 'icmp_type', decimal],
  [['icmpv4_code', 'icmpv6_code'], 'icmp_code', decimal],
  [['nd_target'], 'nd_target', plain],
  [['nd_sll'], 'nd_sll', plain],
  [['nd_tll'], 'nd_tll', plain],
  [['nd_reserved'], 'nd_reserved', decimal],
  [['nd_options_type'], 'nd_options_type', decimal],
  [['tcp_src', 'udp_src', 'sctp_src'], 'tp_src', decimal],
  [['tcp_dst', 'udp_dst', 'sctp_dst'], 'tp_dst', decimal],
  [['tcp_flags'], 'tcp_flags', plain],
];

type Entries = Map<FieldName, FieldMatch>;

/** Prints the fields of these places and takes them out of `entries`. */
function formatPlaces(places: readonly Place[], entries: Entries, options: FormatOptions): string[] {
  const parts: string[] = [];
  for (const [fields, name, style] of places) {
    for (const field of fields) {
      const entry = entries.get(field);
      if (!entry) continue;
      entries.delete(field);
      parts.push(formatEntry(entry, name, style, options));
    }
  }
  return parts;
}

function formatEntry(entry: FieldMatch, name: string, style: Style, options: FormatOptions): string {
  if (entry.field === 'vlan_vid') return formatVlan(entry);
  if (entry.field === 'vlan_tci') return `vlan_tci=${padded(4)(entry, options)}`;
  if (entry.field === 'packet_type' && Number(entry.value) === 0) return 'eth';
  if (entry.field === 'in_port') return `in_port=${formatPort(Number(entry.value), options.portNames)}`;
  const presence =
    entry.mask !== undefined && BigInt(entry.mask) === 0n && entry.field.startsWith('tun_metadata');
  return presence ? name : `${name}=${style(entry, options)}`;
}

function formatVlan(entry: FieldMatch): string {
  const value = Number(entry.value);
  const mask = entry.mask === undefined ? vlanPresent | vlanIdMask : Number(entry.mask);
  if (value & vlanPresent && mask === (vlanPresent | vlanIdMask)) return `dl_vlan=${value & vlanIdMask}`;
  return `vlan_tci=${padded(4)({ ...entry, mask }, {})}`;
}

/** Takes Ethernet type and IP protocol out of `entries` when a word says the same. */
function formatProtocol(entries: Entries): string[] {
  const type = entries.get('eth_type');
  if (type === undefined) return [];
  const protocol = entries.get('ip_proto');
  const exact = protocol?.mask === undefined ? protocol : undefined;
  const found =
    shorthands.find(
      ([, wanted, number]) => wanted === type.value && number !== undefined && number === exact?.value,
    ) ?? shorthands.find(([, wanted, number]) => wanted === type.value && number === undefined);
  if (!found) return [];
  entries.delete('eth_type');
  if (found[2] !== undefined) entries.delete('ip_proto');
  return [found[0]];
}

/** A VLAN match of which only the present bit counts goes without saying when there is a priority. */
function dropImpliedVlan(entries: Entries): void {
  const vlan = entries.get('vlan_vid');
  const presentOnly = Number(vlan?.value) === vlanPresent && Number(vlan?.mask) === vlanPresent;
  if (presentOnly && entries.has('vlan_pcp')) entries.delete('vlan_vid');
}

/** Writes a match as ovs-ofctl prints it; a match of everything is the empty text. */
export function formatMatch(match: Match, options: FormatOptions = {}): string {
  const entries: Entries = new Map(normalMatch(match).map((entry) => [entry.field, entry]));
  dropImpliedVlan(entries);
  const before = formatPlaces(beforeProtocol, entries, options);
  const protocol = formatProtocol(entries);
  const after = formatPlaces(afterProtocol, entries, options);
  const others = [...entries.values()].map((entry) => `${entry.field}=${plain(entry, options)}`);
  return [...before, ...protocol, ...after, ...others].join(',');
}
