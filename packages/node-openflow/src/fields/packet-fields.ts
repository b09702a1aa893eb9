import { ericsson, type FieldDefinition, field, nxm0, nxm1, onf, oxm } from './definition.ts';

const exact = { maskable: false } as const;

/** Ethernet, VLAN and MPLS headers. */
export const linkFields: readonly FieldDefinition[] = [
  field('eth_src', 48, 'ethernet', [nxm0(2, 'ETH_SRC'), oxm(4, 'ETH_SRC')], {
    aliases: ['dl_src'],
    prerequisite: 'ethernet',
  }),
  field('eth_dst', 48, 'ethernet', [nxm0(1, 'ETH_DST'), oxm(3, 'ETH_DST')], {
    aliases: ['dl_dst'],
    prerequisite: 'ethernet',
  }),
  field('eth_type', 16, 'hexadecimal', [nxm0(3, 'ETH_TYPE'), oxm(5, 'ETH_TYPE')], {
    ...exact,
    aliases: ['dl_type'],
    prerequisite: 'ethernet',
  }),
  field('vlan_tci', 16, 'hexadecimal', [nxm0(4, 'VLAN_TCI')], { prerequisite: 'ethernet' }),
  // The 13th bit says that there is a VLAN header at all.
  field('vlan_vid', 12, 'decimal', [oxm(6, 'VLAN_VID')], { allOnes: 0x1fffn, prerequisite: 'ethernet' }),
  field('vlan_pcp', 3, 'decimal', [oxm(7, 'VLAN_PCP')], { ...exact, prerequisite: 'vlan' }),
  field('mpls_tc', 3, 'decimal', [oxm(35, 'MPLS_TC')], { ...exact, prerequisite: 'mpls' }),
  field('mpls_bos', 1, 'decimal', [oxm(36, 'MPLS_BOS')], { ...exact, prerequisite: 'mpls' }),
  field('mpls_ttl', 8, 'decimal', [nxm1(30, 'MPLS_TTL')], { ...exact, prerequisite: 'mpls' }),
  field('mpls_label', 20, 'decimal', [oxm(34, 'MPLS_LABEL')], { ...exact, bytes: 4, prerequisite: 'mpls' }),
];

/** IPv4 and IPv6 headers. */
export const networkFields: readonly FieldDefinition[] = [
  field('ipv4_src', 32, 'ipv4', [nxm0(7, 'IP_SRC'), oxm(11, 'IPV4_SRC')], {
    textName: 'ip_src',
    aliases: ['ip_src', 'nw_src'],
    prerequisite: 'ipv4',
  }),
  field('ipv4_dst', 32, 'ipv4', [nxm0(8, 'IP_DST'), oxm(12, 'IPV4_DST')], {
    textName: 'ip_dst',
    aliases: ['ip_dst', 'nw_dst'],
    prerequisite: 'ipv4',
  }),
  field('ipv6_src', 128, 'ipv6', [nxm1(19, 'IPV6_SRC'), oxm(26, 'IPV6_SRC')], { prerequisite: 'ipv6' }),
  field('ipv6_dst', 128, 'ipv6', [nxm1(20, 'IPV6_DST'), oxm(27, 'IPV6_DST')], { prerequisite: 'ipv6' }),
  field('ip_frag', 2, 'fragment', [nxm1(26, 'IP_FRAG')], { aliases: ['nw_frag'], prerequisite: 'ip' }),
  // The whole byte: ip_dscp and two zeros.
  field('nw_tos', 8, 'decimal', [nxm0(5, 'IP_TOS')], { ...exact, prerequisite: 'ip' }),
  field('ip_dscp', 6, 'decimal', [oxm(8, 'IP_DSCP')], { ...exact, prerequisite: 'ip' }),
  field('ip_ecn', 2, 'decimal', [nxm1(28, 'IP_ECN'), oxm(9, 'IP_ECN')], {
    ...exact,
    textName: 'nw_ecn',
    aliases: ['nw_ecn'],
    prerequisite: 'ip',
  }),
  field('ip_ttl', 8, 'decimal', [nxm1(29, 'IP_TTL')], {
    ...exact,
    textName: 'nw_ttl',
    aliases: ['nw_ttl'],
    prerequisite: 'ip',
  }),
  field('ipv6_label', 20, 'hexadecimal', [nxm1(27, 'IPV6_LABEL'), oxm(28, 'IPV6_FLABEL')], {
    bytes: 4,
    prerequisite: 'ipv6',
  }),
  field('ip_proto', 8, 'decimal', [nxm0(6, 'IP_PROTO'), oxm(10, 'IP_PROTO')], {
    ...exact,
    textName: 'nw_proto',
    aliases: ['nw_proto'],
    prerequisite: 'ip',
  }),
];

/** TCP, UDP, SCTP and ICMP headers, and what IPv6 neighbour discovery carries in ICMPv6. */
export const transportFields: readonly FieldDefinition[] = [
  field('tcp_src', 16, 'decimal', [nxm0(9, 'TCP_SRC'), oxm(13, 'TCP_SRC')], { prerequisite: 'tcp' }),
  field('tcp_dst', 16, 'decimal', [nxm0(10, 'TCP_DST'), oxm(14, 'TCP_DST')], { prerequisite: 'tcp' }),
  field(
    'tcp_flags',
    12,
    'tcp-flags',
    [nxm1(34, 'TCP_FLAGS'), onf(42, 'TCP_FLAGS'), oxm(42, 'TCP_FLAGS', 6)],
    {
      prerequisite: 'tcp',
    },
  ),
  field('udp_src', 16, 'decimal', [nxm0(11, 'UDP_SRC'), oxm(15, 'UDP_SRC')], { prerequisite: 'udp' }),
  field('udp_dst', 16, 'decimal', [nxm0(12, 'UDP_DST'), oxm(16, 'UDP_DST')], { prerequisite: 'udp' }),
  field('sctp_src', 16, 'decimal', [oxm(17, 'SCTP_SRC')], { prerequisite: 'sctp' }),
  field('sctp_dst', 16, 'decimal', [oxm(18, 'SCTP_DST')], { prerequisite: 'sctp' }),
  field('icmpv4_type', 8, 'decimal', [nxm0(13, 'ICMP_TYPE'), oxm(19, 'ICMPV4_TYPE')], {
    ...exact,
    textName: 'icmp_type',
    aliases: ['icmp_type'],
    prerequisite: 'icmpv4',
  }),
  field('icmpv4_code', 8, 'decimal', [nxm0(14, 'ICMP_CODE'), oxm(20, 'ICMPV4_CODE')], {
    ...exact,
    textName: 'icmp_code',
    aliases: ['icmp_code'],
    prerequisite: 'icmpv4',
  }),
  field('icmpv6_type', 8, 'decimal', [nxm1(21, 'ICMPV6_TYPE'), oxm(29, 'ICMPV6_TYPE')], {
    ...exact,
    prerequisite: 'icmpv6',
  }),
  field('icmpv6_code', 8, 'decimal', [nxm1(22, 'ICMPV6_CODE'), oxm(30, 'ICMPV6_CODE')], {
    ...exact,
    prerequisite: 'icmpv6',
  }),
  field('nd_reserved', 32, 'decimal', [ericsson(1, 'ICMPV6_ND_RESERVED')], { ...exact, prerequisite: 'nd' }),
  field('nd_target', 128, 'ipv6', [nxm1(23, 'ND_TARGET'), oxm(31, 'IPV6_ND_TARGET')], { prerequisite: 'nd' }),
  field('nd_options_type', 8, 'decimal', [ericsson(2, 'ICMPV6_ND_OPTIONS_TYPE')], {
    ...exact,
    prerequisite: 'nd',
  }),
  field('nd_sll', 48, 'ethernet', [nxm1(24, 'ND_SLL'), oxm(32, 'IPV6_ND_SLL')], {
    prerequisite: 'nd-solicitation',
  }),
  field('nd_tll', 48, 'ethernet', [nxm1(25, 'ND_TLL'), oxm(33, 'IPV6_ND_TLL')], {
    prerequisite: 'nd-advertisement',
  }),
];

export const arpFields: readonly FieldDefinition[] = [
  field('arp_op', 16, 'decimal', [nxm0(15, 'ARP_OP'), oxm(21, 'ARP_OP')], { ...exact, prerequisite: 'arp' }),
  field('arp_spa', 32, 'ipv4', [nxm0(16, 'ARP_SPA'), oxm(22, 'ARP_SPA')], { prerequisite: 'arp' }),
  field('arp_tpa', 32, 'ipv4', [nxm0(17, 'ARP_TPA'), oxm(23, 'ARP_TPA')], { prerequisite: 'arp' }),
  field('arp_sha', 48, 'ethernet', [nxm1(17, 'ARP_SHA'), oxm(24, 'ARP_SHA')], { prerequisite: 'arp' }),
  field('arp_tha', 48, 'ethernet', [nxm1(18, 'ARP_THA'), oxm(25, 'ARP_THA')], { prerequisite: 'arp' }),
];

/** Fields of the standard that Open vSwitch does not have. */
export const standardOnlyFields: readonly FieldDefinition[] = [
  field('in_phy_port', 32, 'port', [oxm(1, 'IN_PHY_PORT')], exact),
  field('pbb_isid', 24, 'decimal', [oxm(37, 'PBB_ISID')], { prerequisite: 'ethernet' }),
  field('pbb_uca', 1, 'decimal', [oxm(41, 'PBB_UCA')], exact),
  field('ipv6_exthdr', 9, 'hexadecimal', [oxm(39, 'IPV6_EXTHDR')], { prerequisite: 'ipv6' }),
];
