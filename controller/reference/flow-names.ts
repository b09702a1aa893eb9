import { type Icmp, type Ip, isIcmp } from './packet.ts';

/** Names of the two directions of a connection, as a packet of it shows them. */
export interface FlowNames {
  /** The direction of the packet itself. */
  readonly own: string;
  /** The direction of what answers it. */
  readonly opposite: string;
}

type Query = readonly [request: number, reply: number];
/** RFC 792: echo, timestamp and information; RFC 4443: echo alone. */
const queries: Readonly<Record<Icmp['protocol'], readonly Query[]>> = {
  icmp: [
    [8, 0],
    [13, 14],
    [15, 16],
  ],
  icmpv6: [[128, 129]],
};
/**
 * RFC 792: destination unreachable, source quench, redirect, time exceeded, parameter problem. RFC 4443: destination
 * unreachable, packet too big, time exceeded, parameter problem.
 */
const errors: Readonly<Record<Icmp['protocol'], readonly number[]>> = {
  icmp: [3, 4, 5, 11, 12],
  icmpv6: [1, 2, 3, 4],
};

export function isIcmpRequest({ protocol, type }: Icmp): boolean {
  return queries[protocol].some(([request]) => request === type);
}

export function isIcmpError({ protocol, type, quoted }: Icmp): boolean {
  return quoted !== undefined && errors[protocol].includes(type);
}

function answerTo({ protocol, type }: Icmp): number | undefined {
  for (const [request, reply] of queries[protocol]) {
    if (type === request) return reply;
    if (type === reply) return request;
  }
  return undefined;
}

/**
 * What tells a packet's connection from others: protocol, addresses and ports; the identifier for ICMP queries (RFC
 * 5508, section 3.1); the addresses alone where a protocol has no ports.
 *
 * @returns undefined for ICMP messages that are neither a query nor its answer, and for port 0, which is nobody's (RFC 6335,
 *   section 6)
 */
export function flowNames({ source, destination, payload }: Ip): FlowNames | undefined {
  const { protocol } = payload;
  if (isIcmp(payload)) {
    const answer = answerTo(payload);
    if (answer === undefined || payload.code !== 0) return undefined;
    const name = (type: number, from: string, to: string) =>
      `${protocol} ${type} ${from} > ${to} ${payload.identifier ?? 0}`;
    return { own: name(payload.type, source, destination), opposite: name(answer, destination, source) };
  }
  if (payload.protocol !== 'tcp' && payload.protocol !== 'udp') {
    return named(protocol, source, destination);
  }
  const { sourcePort, destinationPort } = payload;
  if (sourcePort === 0 || destinationPort === 0) return undefined;
  return named(protocol, `${source}:${sourcePort}`, `${destination}:${destinationPort}`);
}

function named(protocol: string | number, from: string, to: string): FlowNames {
  return { own: `${protocol} ${from} > ${to}`, opposite: `${protocol} ${to} > ${from}` };
}
