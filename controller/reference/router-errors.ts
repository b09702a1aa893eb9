import { interfaceMtu } from '../resources/index.ts';
import { isIcmpError } from './flow-names.ts';
import type { Answered } from './outcome.ts';
import type { Icmp, Ipv4 } from './packet.ts';
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

export function isTooLarge({ totalLength = 0 }: Ipv4): boolean {
  return totalLength > interfaceMtu;
}

/**
 * RFC 792, "time exceeded": what traceroute makes a router visible with.
 * @returns undefined when nothing may be said about the packet
 */
export function timeExceeded(walk: Walk, voice: RouterVoice, packet: Ipv4): Answered | undefined {
  return answer(walk, voice, packet, 'time-exceeded', {
    protocol: 'icmp',
    type: 11,
    code: 0,
    quoted: packet,
  });
}

/**
 * RFC 1191, "fragmentation needed", with the MTU inside a VPC. AWS, "Network maximum transmission unit (MTU)": a packet larger
 * than the path takes is dropped, and the sender is told.
 * @returns undefined when nothing may be said about the packet
 */
export function tooLarge(walk: Walk, voice: RouterVoice, packet: Ipv4): Answered | undefined {
  const payload: Icmp = { protocol: 'icmp', type: 3, code: 4, mtu: interfaceMtu, quoted: packet };
  return answer(walk, voice, packet, 'too-large', payload);
}

/** RFC 1812, section 4.3.2.7: no error is ever answered by an error. */
function answer(
  walk: Walk,
  { address, mac, receiver }: RouterVoice,
  packet: Ipv4,
  by: 'time-exceeded' | 'too-large',
  payload: Icmp,
): Answered | undefined {
  const { source, payload: content } = packet;
  if (content.protocol === 'icmp' && isIcmpError(content)) return undefined;
  walk.note('router', `answered: ${by}`);
  return {
    type: 'answered',
    by,
    frame: {
      source: mac,
      destination: receiver,
      content: {
        protocol: 'ipv4',
        source: address,
        destination: source,
        timeToLive: initialTimeToLive,
        payload,
      },
    },
  };
}
