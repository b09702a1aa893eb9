import { type FormatOptions, formatPort } from '../text/context.ts';
import { hexadecimal } from '../text/syntax.ts';
import { normalMatch } from './canonical.ts';
import { flagNames, formatFlags } from './flags-text.ts';
import type { FieldMatch, Match } from './match.ts';
import type { FieldName } from './names.ts';
import { shorthands, vlanIdMask, vlanPresent } from './protocols.ts';
import { matchTable } from './registry.ts';
import { formatFieldValue } from './value-text.ts';

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
/** The mask of a tunnel option goes without saying when it covers all bytes of the option. */
const tunnelOption: Style = (entry, options) => {
  const { value, mask, size = 0 } = entry;
  const whole = mask !== undefined && BigInt(mask) === (1n << BigInt(size * 8)) - 1n;
  return whole ? hexadecimal(value) : hex(entry, options);
};
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
  [['tun_erspan_ver'], 'tun_erspan_ver', decimal],
  [['tun_erspan_idx'], 'tun_erspan_idx', hex],
  [['tun_erspan_dir'], 'tun_erspan_dir', decimal],
  [['tun_erspan_hwid'], 'tun_erspan_hwid', hex],
  // Open vSwitch prints these two without "tun_", which it cannot read again.
  [['tun_gtpu_flags'], 'tun_gtpu_flags', hex],
  [['tun_gtpu_msgtype'], 'tun_gtpu_msgtype', decimal],
  [['tun_flags'], 'tun_flags', plain],
  ...numbered('tun_metadata', 64, tunnelOption),
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
  [['nsh_flags'], 'nsh_flags', decimal],
  [['nsh_ttl'], 'nsh_ttl', decimal],
  [['nsh_mdtype'], 'nsh_mdtype', decimal],
  [['nsh_np'], 'nsh_np', decimal],
  [['nsh_spi'], 'nsh_spi', hex],
  [['nsh_si'], 'nsh_si', decimal],
  ...(['nsh_c1', 'nsh_c2', 'nsh_c3', 'nsh_c4'] as const).map((name): Place => [[name], name, hex]),
  [['arp_spa'], 'arp_spa', plain],
  [['arp_tpa'], 'arp_tpa', plain],
  [['ipv4_src'], 'nw_src', plain],
  [['ipv4_dst'], 'nw_dst', plain],
  [['ip_proto'], 'nw_proto', decimal],
  [['arp_op'], 'arp_op', decimal],
  [['arp_sha'], 'arp_sha', plain],
  [['arp_tha'], 'arp_tha', plain],
  [['ip_dscp'], 'nw_tos', ({ value }) => String(Number(value) << 2)],
  [['nw_tos'], 'nw_tos', decimal],
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
