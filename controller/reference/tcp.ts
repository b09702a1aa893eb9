import type { Ip, Tcp } from './packet.ts';

/**
 * How far a TCP connection is closed, RFC 9293 section 3.6. Each side closes for itself: it sends FIN, and the other
 * side acknowledges. A reset closes both at once.
 */
export interface TcpClosing {
  readonly opener: SideClosing;
  readonly answerer: SideClosing;
}
type SideClosing = 'open' | 'finished' | 'acknowledged';

export const tcpOpen: TcpClosing = { opener: 'open', answerer: 'open' };

/** True for combinations of flags that a TCP can send (RFC 9293, section 3.10.7). */
export function hasPossibleFlags({ flags }: Tcp): boolean {
  const has = (flag: Tcp['flags'][number]) => flags.includes(flag);
  if (has('syn') && (has('rst') || has('fin'))) return false;
  if (!has('syn') && !has('ack') && !has('rst')) return false;
  return has('ack') || !(has('fin') || has('psh') || has('urg'));
}

/**
 * Whether a packet may be the first one that is seen of a connection. Normally that is a SYN. A packet from the
 * middle may, too, so that connections outlive the move of an interface; but the answer to a SYN only makes sense
 * where the SYN was seen.
 */
export function mayOpenTcp({ flags }: Tcp): boolean {
  return !(flags.includes('syn') && flags.includes('ack'));
}

/** RFC 9293, section 3.5: SYN without ACK. When both sides send one, they open the connection at the same time. */
export function opensTcp({ payload }: Ip): boolean {
  return payload.protocol === 'tcp' && payload.flags.includes('syn') && !payload.flags.includes('ack');
}

/** True when this packet opens a new connection in place of one that both sides have closed. */
export function reopensTcp(closing: TcpClosing, { flags }: Tcp): boolean {
  return (
    flags.includes('syn') &&
    !flags.includes('ack') &&
    closing.opener === 'acknowledged' &&
    closing.answerer === 'acknowledged'
  );
}

/** What a packet of the given direction does to the closing of its connection. */
export function closeTcp(closing: TcpClosing, { flags }: Tcp, fromOpener: boolean): TcpClosing {
  if (flags.includes('rst')) return { opener: 'acknowledged', answerer: 'acknowledged' };
  const [own, other] = fromOpener ? (['opener', 'answerer'] as const) : (['answerer', 'opener'] as const);
  return {
    ...closing,
    ...(flags.includes('fin') && closing[own] === 'open' ? { [own]: 'finished' } : {}),
    ...(flags.includes('ack') && closing[other] === 'finished' ? { [other]: 'acknowledged' } : {}),
  };
}
