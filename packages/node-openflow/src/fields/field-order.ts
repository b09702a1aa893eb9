import type { FieldName } from './names.ts';

/** The order in which Open vSwitch lists sets of fields, as in a group's selection; that of ovs-fields(7). */
const listed: readonly string[] = [
  'dp_hash recirc_id packet_type conj_id tunnel_id tun_ipv4_src tun_ipv4_dst tun_ipv6_src tun_ipv6_dst tun_flags',
  'tun_gbp_id tun_gbp_flags tun_erspan_idx tun_erspan_ver tun_erspan_dir tun_erspan_hwid tun_gtpu_flags',
  'tun_gtpu_msgtype tun_metadata* metadata in_port in_port_oxm actset_output pkt_mark ct_state ct_zone ct_mark',
  'ct_label ct_nw_proto ct_nw_src ct_nw_dst ct_ipv6_src ct_ipv6_dst ct_tp_src ct_tp_dst reg* xreg* xxreg* eth_src',
  'eth_dst eth_type vlan_tci vlan_vid vlan_pcp mpls_label mpls_tc mpls_bos mpls_ttl ipv4_src ipv4_dst ipv6_src',
  'ipv6_dst ipv6_label ip_proto ip_dscp ip_ecn ip_ttl ip_frag arp_op arp_spa arp_tpa arp_sha arp_tha tcp_src',
  'tcp_dst tcp_flags udp_src udp_dst sctp_src sctp_dst icmpv4_type icmpv4_code icmpv6_type icmpv6_code nd_target',
  'nd_sll nd_tll nd_reserved nd_options_type nsh_flags nsh_mdtype nsh_np nsh_spi nsh_si nsh_c* nsh_ttl',
].flatMap((line) => line.split(' '));

const order = new Map(listed.map((name, index) => [name, index * 100]));

function place(field: FieldName): number {
  const exact = order.get(field);
  if (exact !== undefined) return exact;
  const family = order.get(field.replace(/\d+$/, '*'));
  return (family ?? listed.length * 100) + Number(/\d+$/.exec(field)?.[0] ?? 0);
}

/** Sorts what is about fields into Open vSwitch's order. */
export function inFieldOrder<Entry extends { readonly field: FieldName }>(
  entries: readonly Entry[],
): Entry[] {
  return [...entries].sort((a, b) => place(a.field) - place(b.field));
}
