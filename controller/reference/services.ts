/** IANA, "Assigned Internet Protocol Numbers". */
const numbers = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;
type Name = keyof typeof numbers;

const numberOf = (protocol: Name | number) => (typeof protocol === 'number' ? protocol : numbers[protocol]);

/** True when both are one protocol, be it by name or by number. */
export function isProtocol(a: Name | number, b: Name | number): boolean {
  return numberOf(a) === numberOf(b);
}
