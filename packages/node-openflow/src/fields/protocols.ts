/** Ethernet types that the text forms know by a word. */
export const ethertype = {
  ipv4: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  ipv6: 0x86dd,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
};
/** The bit of vlan_vid that says that there is a VLAN header. */
export const vlanPresent = 0x1000;
export const vlanIdMask = 0x0fff;

/** Words that stand for an Ethernet type and, some of them, an IP protocol. The first one is printed. */
export const shorthands: readonly (readonly [word: string, type: number, protocol?: number])[] = [
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
