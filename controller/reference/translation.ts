import type { Icmp, Ipv4 } from './packet.ts';

/**
 * What an ICMP error quotes is translated the other way, so that the quoted packet looks as its sender sent it (RFC 5508,
 * section 4).
 */
export function translateSource(packet: Ipv4, source: string): Ipv4 {
  return { ...packet, source, payload: translateQuoted(packet, 'destination', source) };
}

export function translateDestination(packet: Ipv4, destination: string): Ipv4 {
  return { ...packet, destination, payload: translateQuoted(packet, 'source', destination) };
}

function translateQuoted(
  { payload }: Ipv4,
  side: 'source' | 'destination',
  address: string,
): Ipv4['payload'] {
  const { quoted } = payload as Icmp;
  return quoted ? { ...(payload as Icmp), quoted: { ...quoted, [side]: address } } : payload;
}
