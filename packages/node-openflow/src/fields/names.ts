/**
 * The names of every match field, in the spelling of ovs-fields(7).
 *
 * Aliases that `ovs-ofctl` also understands (`nw_src`, `dl_dst`, `tp_dst` …) belong to the text parser;
 * objects use these canonical names only, so that two equal matches are equal objects.
 */
type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
type UpTo15 = `${Digit}` | `1${0 | 1 | 2 | 3 | 4 | 5}`;
type UpTo63 = `${Digit}` | `${1 | 2 | 3 | 4 | 5}${Digit}` | `6${0 | 1 | 2 | 3}`;

export type RegisterName = `reg${UpTo15}` | `xreg${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}` | `xxreg${0 | 1 | 2 | 3}`;

export type TunnelFieldName =
  | 'tunnel_id'
  | 'tun_ipv4_src'
  | 'tun_ipv4_dst'
  | 'tun_ipv6_src'
  | 'tun_ipv6_dst'
  | 'tun_flags'
  | 'tun_gbp_id'
  | 'tun_gbp_flags'
  | 'tun_erspan_idx'
  | 'tun_erspan_ver'
  | 'tun_erspan_dir'
  | 'tun_erspan_hwid'
  | 'tun_gtpu_flags'
  | 'tun_gtpu_msgtype'
  | `tun_metadata${UpTo63}`;

export type ConntrackFieldName =
  | 'ct_state'
  | 'ct_zone'
  | 'ct_mark'
  | 'ct_label'
  | 'ct_nw_src'
  | 'ct_nw_dst'
  | 'ct_nw_proto'
  | 'ct_tp_src'
  | 'ct_tp_dst'
  | 'ct_ipv6_src'
  | 'ct_ipv6_dst';

/** The network service header (RFC 8300). */
export type NshFieldName =
  | 'nsh_flags'
  | 'nsh_ttl'
  | 'nsh_mdtype'
  | 'nsh_np'
  | 'nsh_spi'
  | 'nsh_si'
  | `nsh_c${1 | 2 | 3 | 4}`;

export type PipelineFieldName =
  | 'in_port'
  | 'in_phy_port'
  /** The 32-bit input port in actions, where `in_port` is the 16-bit one. */
  | 'in_port_oxm'
  | 'metadata'
  | 'pkt_mark'
  | 'packet_type'
  | 'actset_output'
  | 'recirc_id'
  | 'dp_hash'
  | 'conj_id';

export type PacketFieldName =
  | 'eth_dst'
  | 'eth_src'
  | 'eth_type'
  | 'vlan_tci'
  | 'vlan_vid'
  | 'vlan_pcp'
  | 'mpls_label'
  | 'mpls_tc'
  | 'mpls_bos'
  | 'mpls_ttl'
  | 'ip_proto'
  | 'ip_dscp'
  | 'nw_tos'
  | 'ip_ecn'
  | 'ip_ttl'
  | 'ip_frag'
  | 'ipv4_src'
  | 'ipv4_dst'
  | 'ipv6_src'
  | 'ipv6_dst'
  | 'ipv6_label'
  | 'tcp_src'
  | 'tcp_dst'
  | 'tcp_flags'
  | 'udp_src'
  | 'udp_dst'
  | 'sctp_src'
  | 'sctp_dst'
  | 'icmpv4_type'
  | 'icmpv4_code'
  | 'icmpv6_type'
  | 'icmpv6_code'
  | 'arp_op'
  | 'arp_spa'
  | 'arp_tpa'
  | 'arp_sha'
  | 'arp_tha'
  | 'nd_target'
  | 'nd_sll'
  | 'nd_tll'
  | 'nd_reserved'
  | 'nd_options_type'
  | 'ipv6_exthdr'
  | 'pbb_isid'
  | 'pbb_uca';

/**
 * A field this library does not know: `oxm_<class>_<field>` or `oxm_ffff_<field>_<experimenter>`, class and experimenter in
 * hexadecimal. Its value is kept as one big integer, so that it is written back as it was read.
 */
export type UnknownFieldName = `oxm_${string}`;

/** The name of a match field, in the spelling of ovs-fields(7). */
export type FieldName =
  | PipelineFieldName
  | RegisterName
  | TunnelFieldName
  | ConntrackFieldName
  | PacketFieldName
  | NshFieldName
  | UnknownFieldName;

/**
 * The value of a field: a number for fields up to 32 bits wide, a bigint for wider ones (MAC addresses are 48 bits,
 * `metadata` and `tunnel_id` 64, `ct_label` and IPv6 addresses 128; `tun_metadataN` is always a bigint). Decoding
 * returns exactly that; encoding accepts a number for a wide field too.
 */
export type FieldValue = number | bigint;
