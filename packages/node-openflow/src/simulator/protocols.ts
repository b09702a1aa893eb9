/** Numbers of IP protocols. */
export const protocol = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const;

/** ICMP and ICMPv6 types that the connection tracker knows (RFC 792, RFC 950, RFC 4443). */
export const icmpType = {
  echoReply: 0,
  unreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echoRequest: 8,
  timeExceeded: 11,
  parameterProblem: 12,
  timestampRequest: 13,
  timestampReply: 14,
  informationRequest: 15,
  informationReply: 16,
} as const;

export const icmpv6Type = {
  unreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echoRequest: 128,
  echoReply: 129,
} as const;

/** Bits of `ct_state`. */
export const connectionState = {
  new: 0x01,
  established: 0x02,
  related: 0x04,
  reply: 0x08,
  invalid: 0x10,
  tracked: 0x20,
  sourceNat: 0x40,
  destinationNat: 0x80,
} as const;

/** Bits of `tcp_flags`. */
export const tcpFlag = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10, urg: 0x20 } as const;
