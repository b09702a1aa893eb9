import type { Icmp, Ip } from './packet.ts';

/**
 * What an ICMP error quotes is translated the other way, so that the quoted packet looks as its sender sent it (RFC 5508,
 * section 4).
 */
export function translateSource(packet: Ip, source: string): Ip {
  return { ...packet, source, payload: translateQuoted(packet, 'destination', source) };
}

export function translateDestination(packet: Ip, destination: string): Ip {
  return { ...packet, destination, payload: translateQuoted(packet, 'source', destination) };
}

function translateQuoted({ payload }: Ip, side: 'source' | 'destination', address: string): Ip['payload'] {
  const { quoted } = payload as Icmp;
  return quoted ? { ...(payload as Icmp), quoted: { ...quoted, [side]: address } } : payload;
}
