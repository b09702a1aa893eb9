import { registers } from './registers.ts';
import { aclFields, arpFields, ipFields, ndFields, ruleFields, type Stage } from './stage.ts';

/**
 * The declaration of the pipeline: every stage in order, what it is for, what its flows may match, and where they may
 * send a packet. Table numbers are positions in this list. Flows are checked against it when they are compiled, and
 * the reference page is generated from it. A packet that no flow of a stage matches is dropped.
 */
export const stages = [
  {
    name: 'classify',
    purpose: 'Where the packet came from: an interface, the tunnel, or an external network.',
    matches: ['in_port', 'vlan_vid'],
    next: ['service-reply', 'source-guard', 'external-in', 'locate'],
    calls: ['limit'],
  },
  {
    name: 'service-reply',
    purpose: "Answers of the host's own services, back to the interface that asked.",
    matches: [...ipFields],
    next: [],
  },
  {
    name: 'source-guard',
    purpose:
      'A sender may only use its own MAC and addresses, in Ethernet, ARP, neighbour discovery and IP. Announcements of shared addresses go to the agent.',
    matches: [
      registers.interfaceNumber,
      'eth_src',
      ...arpFields,
      ...ipFields,
      'udp_src',
      'udp_dst',
      ...ndFields,
    ],
    next: ['admit'],
    calls: ['limit'],
  },
  {
    name: 'admit',
    purpose:
      'Local answers (DHCP, router advertisements, gateway ARP, ND and echo); whether a packet is switched in its subnet or routed.',
    matches: [
      registers.interfaceNumber,
      'metadata',
      registers.subnetNumber,
      'eth_dst',
      ...arpFields,
      ...ipFields,
      'udp_src',
      'udp_dst',
      'tcp_dst',
      'icmpv4_type',
      'icmpv4_code',
      ...ndFields,
    ],
    next: ['service', 'egress-destination', 'resolve', 'arp-reply', 'nd-reply'],
    calls: ['limit'],
  },
  {
    name: 'service',
    purpose: "DNS and metadata: to the host's own services, which know the interface by its source address.",
    matches: [registers.interfaceNumber, 'eth_type', 'ipv4_src', 'ipv6_src', 'ipv6_dst'],
    next: [],
  },
  {
    name: 'egress-destination',
    purpose: "In which VPC the destination's identity is looked up: the own one, or a peered one.",
    matches: ['metadata', registers.routeTable, ...ipFields],
    next: ['egress-track'],
    calls: ['destination-identity'],
  },
  {
    name: 'egress-track',
    purpose: "Connection tracking in the sender's zone.",
    matches: ['eth_type'],
    next: ['egress-check'],
  },
  {
    name: 'egress-check',
    purpose: 'Which rules decide: egress rules for what the sender opened, ingress rules for replies.',
    matches: ['eth_type', 'ct_state'],
    next: ['egress-verdict'],
    calls: ['ingress-rules', 'egress-rules'],
  },
  {
    name: 'egress-verdict',
    purpose: 'Drops what no rule allowed; records the connection and the identity of its other side.',
    matches: [registers.flags, 'metadata', registers.peerIdentity, 'eth_type', 'ct_state', 'ct_label'],
    next: ['egress-acl'],
  },
  {
    name: 'egress-acl',
    purpose:
      "Network ACL of the sender's subnet, for packets that leave it, if a NAT gateway could translate them.",
    matches: [...aclFields, 'eth_dst', 'ct_state'],
    next: ['route'],
  },
  {
    name: 'route',
    purpose: 'Longest prefix of the route table; decrements the TTL, and tells the sender when none is left.',
    matches: [
      registers.flags,
      'metadata',
      registers.interfaceNumber,
      registers.routeTable,
      ...ipFields,
      'ip_ttl',
      'ct_state',
    ],
    next: ['route-local', 'translate', 'resolve'],
    calls: ['limit'],
  },
  {
    name: 'nat',
    purpose:
      'What comes in to an elastic IP and is routed: on a gateway host, or by the route table of the internet gateway.',
    matches: [registers.flags, 'metadata', registers.externalNetwork, ...ipFields, 'ct_state'],
    next: ['route-local', 'resolve'],
  },
  {
    name: 'route-local',
    purpose: "The gateway MAC of the destination's subnet becomes the source.",
    matches: ['metadata', ...ipFields],
    next: ['resolve'],
  },
  {
    name: 'translate',
    purpose:
      'Private source address to elastic IP, in a conntrack zone of its own. IPv6 addresses are public themselves.',
    matches: ['metadata', registers.interfaceNumber, registers.externalNetwork, ...ipFields],
    next: ['external-route', 'forward'],
  },
  {
    name: 'external-route',
    purpose: 'Next hop on the external network.',
    matches: [registers.externalNetwork, ...ipFields, 'ct_state'],
    next: ['external-port'],
  },
  {
    name: 'external-port',
    purpose: "The host's port to the external network; elastic IPs of this host turn around here.",
    matches: [registers.externalNetwork, 'eth_type', registers.nextHop, registers.nextHop6],
    next: ['external-in', 'neighbour'],
  },
  {
    name: 'neighbour',
    purpose:
      'MAC of the next hop, learned from its ARP and ND packets; unknown ones are asked for by the agent.',
    matches: [registers.externalNetwork, registers.nextHop, registers.nextHop6, 'eth_type'],
    next: [],
    calls: ['limit'],
  },
  {
    name: 'external-in',
    purpose:
      'From outside: ARP for elastic IPs, ND for IPv6 addresses of interfaces, and elastic IP to private address.',
    matches: [registers.flags, registers.externalNetwork, 'eth_dst', ...arpFields, ...ipFields, ...ndFields],
    next: ['locate', 'public-track', 'nd-reply'],
    calls: ['limit'],
    back: ['nat'],
  },
  {
    name: 'public-track',
    purpose: 'IPv6 from outside: the route table of the receiver, and whether it belongs to a connection.',
    matches: ['metadata', registers.subnetNumber, ...ipFields],
    next: ['public-check'],
  },
  {
    name: 'public-check',
    purpose:
      'IPv6 from outside: opens a connection only if replies would leave by the internet gateway that it came in by, or goes where the route table of that gateway leads.',
    matches: ['metadata', registers.routeTable, registers.externalNetwork, ...ipFields, 'ct_state'],
    next: ['locate', 'resolve'],
  },
  {
    name: 'resolve',
    purpose: 'Address inside the VPC to MAC and host.',
    matches: ['metadata', 'eth_type', registers.nextHop, registers.nextHop6],
    next: ['forward'],
  },
  {
    name: 'forward',
    purpose:
      "To this host, or through the tunnel to another one. The sender's identity goes along, if it speaks for itself.",
    matches: [registers.flags, 'eth_type', 'ip_proto', 'icmpv6_type', registers.hostKey],
    next: ['arp-reply', 'nd-reply', 'tunnel', 'locate'],
  },
  {
    name: 'tunnel',
    purpose: 'Through the tunnel; the sender of what is too large for it is told.',
    matches: [registers.flags, registers.interfaceNumber, 'eth_type'],
    next: [],
    calls: ['limit'],
  },
  {
    name: 'arp-reply',
    purpose: 'Turns an ARP request into its answer.',
    matches: ['eth_type'],
    next: [],
  },
  {
    name: 'nd-reply',
    purpose: 'Turns a neighbour solicitation into its answer.',
    matches: ['eth_type', 'ip_proto', 'icmpv6_type', registers.flags],
    next: ['nd-option'],
    calls: ['limit'],
  },
  {
    name: 'nd-option',
    purpose:
      'The MAC in the answer: an option of advertisements can only be set when the packet is looked up as one.',
    matches: ['eth_type', 'ip_proto', 'icmpv6_type'],
    next: [],
  },
  {
    name: 'locate',
    purpose:
      'MAC inside the VPC to the interface on this host, its port, identity and zone, or to a gateway here.',
    matches: [registers.flags, 'metadata', registers.externalNetwork, 'eth_dst', ...ipFields, 'ct_state'],
    next: ['ingress-subnet', 'ingress-acl'],
    back: ['external-route'],
  },
  {
    name: 'ingress-subnet',
    purpose: "Which network ACL judges what arrives: that of the receiver's subnet.",
    matches: ['metadata', registers.subnetNumber],
    next: ['ingress-track'],
  },
  {
    name: 'ingress-track',
    purpose: "Connection tracking in the receiver's zone.",
    matches: ['eth_type'],
    next: ['ingress-acl'],
  },
  {
    name: 'ingress-acl',
    purpose:
      "Network ACL of the receiver's subnet, for packets that come from another one. Behind conntrack, which puts fragments together in the kernel datapath, so that each packet has its ports.",
    matches: aclFields,
    next: ['ingress-check'],
  },
  {
    name: 'ingress-check',
    purpose:
      'Which rules decide: ingress rules for what others opened, egress rules for replies. What is for a NAT gateway is translated, and starts again.',
    matches: [registers.flags, 'metadata', 'eth_dst', ...ipFields, 'ct_state'],
    next: ['ingress-verdict'],
    back: ['egress-acl'],
    calls: ['ingress-rules', 'egress-rules'],
  },
  {
    name: 'ingress-verdict',
    purpose: 'Drops what no rule allowed; records the connection and the identity of its other side.',
    matches: [registers.flags, 'metadata', registers.peerIdentity, 'eth_type', 'ct_state', 'ct_label'],
    next: ['deliver'],
  },
  {
    name: 'deliver',
    purpose: 'Out of the port of the interface.',
    matches: [],
    next: [],
  },
  {
    name: 'ingress-rules',
    purpose: 'Called: sets the flag `allowed` when an ingress rule of the receiver matches the connection.',
    matches: ruleFields,
    next: [],
  },
  {
    name: 'egress-rules',
    purpose: 'Called: sets the flag `allowed` when an egress rule of the sender matches the connection.',
    matches: ruleFields,
    next: [],
  },
  {
    name: 'limit',
    purpose: 'Called before a packet goes to the agent: the meter of the interface.',
    matches: [registers.interfaceNumber],
    next: [],
  },
  {
    name: 'destination-identity',
    purpose: 'Called: identity behind an address, where egress rules name groups.',
    matches: ['metadata', ...ipFields],
    next: [],
  },
  {
    name: 'names',
    purpose:
      'Never reached. Notes of what public names stand for, and of peered VPCs, which the services of a host read.',
    matches: ['metadata', 'eth_type', 'ipv4_dst'],
    next: [],
  },
  {
    name: 'marker',
    purpose: 'Never reached. One flow per scope holds the digest of everything installed for it.',
    matches: ['metadata'],
    next: [],
  },
] as const satisfies readonly Stage[];

export type StageName = (typeof stages)[number]['name'];

const tables = new Map<StageName, number>(stages.map((stage, index) => [stage.name, index]));

/** The OpenFlow table number of a stage. */
export function tableOf(stage: StageName): number {
  return tables.get(stage) as number;
}
