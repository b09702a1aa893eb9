/**
 * Every reason for which a packet is dropped, with what it means. The table in README.md is this one, and a test
 * holds them together.
 */
export const dropReasons = {
  'sender-not-bound': 'The sending interface is on no host.',
  'vlan-tag': 'The frame has a VLAN tag, or not the one of the network that it comes from.',
  'unsupported-protocol': 'The frame carries neither IP nor ARP.',
  'spoofed-mac': "The frame's source is not the MAC of the interface.",
  'spoofed-address': 'The source is not an address of the interface.',
  'spoofed-arp': 'The sender in an ARP message is not the interface.',
  'spoofed-neighbour': 'The sender of a neighbour solicitation is not the interface.',
  'neighbour-discovery': 'A VM says who has an IPv6 address, or that it is a router.',
  'link-local': 'A packet from a link-local address is for anybody but the router.',
  'no-ipv6': 'The interface, its subnet, or the interface that a route leads to has no IPv6.',
  'dhcp-server': 'A VM answers DHCP.',
  'arp-unanswered': 'Nobody has the address that ARP asks for, or the message asks for nothing.',
  'nd-unanswered':
    'Nobody has the address that a neighbour solicitation asks for, or the message asks for nothing.',
  broadcast: 'A broadcast or multicast: a VPC has none.',
  'wrong-mac': 'The frame is for neither the router nor an address of its subnet.',
  untracked: 'The packet belongs to no connection, and may not open one.',
  'egress-rules': 'No egress rule of the sender allows the connection.',
  'egress-acl': "The network ACL of the sender's subnet denies the packet.",
  'no-route': 'The route table has no route to the destination.',
  blackhole: 'The route is a blackhole.',
  'no-gateway-host': 'The NAT gateway is on no host.',
  'translated-twice': 'A route leads what a NAT gateway has translated to a NAT gateway again.',
  unsolicited:
    'The packet is for a NAT gateway, or came in by an egress-only gateway, and belongs to no connection through it.',
  'detached-gateway': 'The route leads to an internet gateway that does not serve the VPC.',
  'checked-target': 'The route leads to an interface whose source/destination check is on.',
  'inactive-peering': 'The route leads to a peering connection that is not active.',
  'unroutable-source': 'The packet is from an address of which no router passes anything on.',
  'ttl-exceeded': 'The time to live ends at the router.',
  'too-large': 'The packet is too large for the way, and nothing may be said about it.',
  'no-elastic-ip': 'The sender has no elastic IP on the network of the internet gateway.',
  'foreign-source': 'The packet would leave from an address that is not of the VPC.',
  'not-public': 'The IPv6 addresses of the sender are not public on the network of the gateway.',
  'no-external-port':
    'No host sends for the address: none that is up, or in IPv6 not that of the sender, has a port to the external network.',
  'no-next-hop': 'The destination is beyond the external network, which has no gateway.',
  'to-itself': 'The receiver is the sender.',
  'no-interface': 'No interface of the VPC has the destination address.',
  'receiver-not-bound': 'The receiving interface is on no host.',
  'ingress-rules': 'No ingress rule of the receiver allows the connection.',
  'ingress-acl': "The network ACL of the receiver's subnet denies the packet.",
  'unknown-public-address':
    'The destination is neither an elastic IP nor a public IPv6 address that can be reached from outside.',
  'no-service':
    'The host of the sender has no services, they are asked from an address that is not its own, or metadata over IPv6 without being switched on.',
  'private-source': 'A packet from outside claims to come from the VPC, or from one that it is peered with.',
  'no-return-route': 'Replies to an IPv6 packet from outside would not leave to its network.',
} as const;

/** Why a packet was dropped. */
export type DropReason = keyof typeof dropReasons;
