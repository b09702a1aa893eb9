import { interfaceMtu } from '../resources/index.ts';
import { isIcmpError } from './flow-names.ts';
import type { Answered } from './outcome.ts';
import { type Icmp, type Ip, isIcmp } from './packet.ts';
import type { Walk } from './walk.ts';

/** Who tells a sender that its packet goes no further, and how it reaches the sender. */
export interface RouterVoice {
  readonly address: string;
  readonly mac: string;
  /** MAC of the sender of the packet. */
  readonly receiver: string;
}

/** RFC 1700: what a fresh packet of the router starts with. */
const initialTimeToLive = 64;

export function isTooLarge({ totalLength = 0 }: Ip): boolean {
  return totalLength > interfaceMtu;
}

/** Type and code of what a router says: RFC 792, and RFC 4443, sections 3.2 and 3.3. */
const messages = {
  ipv4: { 'time-exceeded': [11, 0], 'too-large': [3, 4] },
  ipv6: { 'time-exceeded': [3, 0], 'too-large': [2, 0] },
} as const;

/**
 * "Time exceeded": what traceroute makes a router visible with.
 * @returns undefined when nothing may be said about the packet
 */
export function timeExceeded(walk: Walk, voice: RouterVoice, packet: Ip): Answered | undefined {
  return answer(walk, voice, packet, 'time-exceeded');
}

/**
 * "Fragmentation needed" (RFC 1191) and "packet too big", with the MTU inside a VPC. AWS, "Network maximum transmission unit (MTU)": a packet larger
 * than the path takes is dropped, and the sender is told.
 * @returns undefined when nothing may be said about the packet
 */
export function tooLarge(walk: Walk, voice: RouterVoice, packet: Ip): Answered | undefined {
  return answer(walk, voice, packet, 'too-large', { mtu: interfaceMtu });
}

/**
 * RFC 1812, section 4.3.2.7, and RFC 4443, section 2.4: no error is ever answered by an error, and nobody is told who has no
 * address.
 */
function answer(
  walk: Walk,
  { address, mac, receiver }: RouterVoice,
  packet: Ip,
  by: 'time-exceeded' | 'too-large',
  more: Pick<Icmp, 'mtu'> = {},
): Answered | undefined {
  const { protocol, source, payload: content } = packet;
  if (source === '::' || (isIcmp(content) && isIcmpError(content))) return undefined;
  const [type, code] = messages[protocol][by];
  walk.note('router', `answered: ${by}`);
  return {
    type: 'answered',
    by,
    frame: {
      source: mac,
      destination: receiver,
      content: {
        protocol,
        source: address,
        destination: source,
        timeToLive: initialTimeToLive,
        payload: { protocol: protocol === 'ipv4' ? 'icmp' : 'icmpv6', type, code, ...more, quoted: packet },
      },
    },
  };
}
