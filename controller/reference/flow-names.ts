import type { Icmp, Ipv4 } from './packet.ts';

/** Names of the two directions of a connection, as a packet of it shows them. */
export interface FlowNames {
  /** The direction of the packet itself. */
  readonly own: string;
  /** The direction of what answers it. */
  readonly opposite: string;
}

/** RFC 792: echo, timestamp and information; each request and its reply. */
const icmpQueries: readonly (readonly [request: number, reply: number])[] = [
  [8, 0],
  [13, 14],
  [15, 16],
];
/** RFC 792: destination unreachable, source quench, redirect, time exceeded, parameter problem. */
const icmpErrors: readonly number[] = [3, 4, 5, 11, 12];

export function isIcmpRequest({ type }: Icmp): boolean {
  return icmpQueries.some(([request]) => request === type);
}

export function isIcmpError({ type, quoted }: Icmp): boolean {
  return quoted !== undefined && icmpErrors.includes(type);
}

function answerTo(type: number): number | undefined {
  for (const [request, reply] of icmpQueries) {
    if (type === request) return reply;
    if (type === reply) return request;
  }
  return undefined;
}

/**
 * What tells a packet's connection from others: protocol, addresses and ports; the identifier for ICMP queries (RFC
 * 5508, section 3.1); the addresses alone where a protocol has no ports.
 *
 * @returns undefined for ICMP messages that are neither a query nor its answer
 */
export function flowNames({ source, destination, payload }: Ipv4): FlowNames | undefined {
  const { protocol } = payload;
  if (protocol === 'icmp') {
    const answer = answerTo(payload.type);
    if (answer === undefined || payload.code !== 0) return undefined;
    const name = (type: number, from: string, to: string) =>
      `icmp ${type} ${from} > ${to} ${payload.identifier ?? 0}`;
    return { own: name(payload.type, source, destination), opposite: name(answer, destination, source) };
  }
  const [from, to] =
    protocol === 'tcp' || protocol === 'udp'
      ? [`${source}:${payload.sourcePort}`, `${destination}:${payload.destinationPort}`]
      : [source, destination];
  return { own: `${protocol} ${from} > ${to}`, opposite: `${protocol} ${to} > ${from}` };
}
