import type { Subfield } from 'node-openflow';

/**
 * What the pipeline keeps in registers. One place gives each meaning its register, so that two stages can never
 * disagree. `metadata` is always the VPC number.
 */
export const registers = {
  /** Bits of `flags` below. */
  flags: 'reg0',
  /** Number of the network interface in question: the sender before FORWARD, the receiver after LOCATE. */
  interfaceNumber: 'reg1',
  /** Identity of that interface: its set of security groups. 0 means none. */
  ownIdentity: 'reg2',
  /** Identity of the other side; 0 outside of any group. */
  peerIdentity: 'reg3',
  /** Tunnel address of the host where the destination is. */
  hostKey: 'reg4',
  /**
   * Number of the network ACL that judges the packet: of the sender's subnet from ADMIT on, of the receiver's from
   * INGRESS-SUBNET on. It has the register of the host key, which RESOLVE writes and FORWARD reads, in between.
   */
  networkAcl: 'reg4',
  /** Conntrack zone for security groups, bits 0 to 15. */
  securityZone: 'reg5',
  /** OpenFlow port to send to. */
  outputPort: 'reg6',
  /** Conntrack zone for address translation, bits 0 to 15. */
  translationZone: 'reg7',
  /** Number of the subnet: the sender's before FORWARD, the receiver's after LOCATE or PUBLIC-TRACK. */
  subnetNumber: 'reg9',
  /** Number of the route table in force. */
  routeTable: 'reg10',
  /** Number of the external network that the packet came from or goes to. */
  externalNetwork: 'reg11',
  /** IPv4 address to resolve: the destination inside the VPC, the next hop outside. */
  nextHop: 'reg15',
  /** The same for IPv6: all of reg12 to reg15, so that a packet has one or the other. */
  nextHop6: 'xxreg3',
} as const;
export type RegisterName = keyof typeof registers;

/** Bits of the `flags` register. */
export const flags = {
  /** A security group rule allowed the packet. Cleared before the next check. */
  allowed: 0,
  /** Source and destination are in one subnet: not routed. Bit 31 of the tunnel's option carries it on. */
  switched: 1,
  /** The packet is larger than the MTU inside a VPC. Set anew where it matters. */
  tooLarge: 2,
  /** A NAT gateway has translated the packet: no other one will. */
  translated: 3,
  /** The neighbour that is asked for is a router. */
  router: 4,
  /** The packet came in from an external network. */
  outside: 5,
  /** The packet is for a NAT gateway of this host, whose network ACL judges it first. */
  gateway: 6,
  /** The packet goes back through a NAT gateway, to who has opened the connection. */
  returning: 7,
  /** The source address is not the sender's own: its groups do not count at the receiver. */
  passedOn: 8,
} as const;

/** The whole of a register as a subfield for move, load and ct. */
export function whole(register: RegisterName, bits = 32): Subfield {
  return { field: registers[register], offset: 0, bits };
}

export function flagBit(flag: keyof typeof flags): Subfield {
  return { field: registers.flags, offset: flags[flag], bits: 1 };
}
