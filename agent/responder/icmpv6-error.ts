import { slice } from './bytes.ts';
import { etherTypes, formatEthernet, parseEthernet, payloadOf } from './ethernet.ts';
import type { IcmpErrorKind } from './icmp-error.ts';
import { formatIpv6, linkLocalAddress, nextHeaders, parseIpv6 } from './ipv6.ts';

/** RFC 4443, sections 3.2 and 3.3: packet too big, and hop limit exceeded in transit. */
const types = { 'packet-too-large': 2, 'time-exceeded': 3 } as const;
/** Types below are errors (RFC 4443, section 2.1). */
const firstInformation = 128;
/** An error quotes as much as fits into the smallest MTU of IPv6 (RFC 4443, section 2.4 c). */
const longestMessage = 1280;
const headersLength = 40 + 8;
const groups = 0xffn << 120n;

/** Who speaks, as the flow says. */
export interface Ipv6Voice {
  readonly mac: bigint;
  /** Absent: the link-local address of the MAC; 0: what the packet was sent to. */
  readonly ipv6Address?: bigint;
  /** 0: the source of the frame. */
  readonly receiverMac: bigint;
  readonly mtu: number;
}

/**
 * The frame by which a router tells the sender of an IPv6 packet that it goes no further.
 * @returns undefined for packets about which nothing may be said (RFC 4443, section 2.4 e)
 * @throws AgentError `malformed-packet`
 */
export function icmpV6Error(frame: Buffer, voice: Ipv6Voice, kind: IcmpErrorKind): Buffer | undefined {
  const packet = parseIpv6(frame);
  const isError = packet.nextHeader === nextHeaders.icmpv6 && (packet.payload.at(0) ?? 0) < firstInformation;
  const isGroup = (packet.destination & groups) === groups;
  // To what is too large for a group an answer is due: that is how its senders find the MTU.
  if (isError || packet.source === 0n || (isGroup && kind !== 'packet-too-large')) return undefined;
  const ethernet = parseEthernet(frame);
  const length = 40 + packet.payload.length;
  const quoted = slice(
    payloadOf(ethernet, etherTypes.ipv6),
    0,
    Math.min(length, longestMessage - headersLength),
  );
  const head = Buffer.alloc(8);
  head.writeUInt8(types[kind], 0);
  if (kind === 'packet-too-large') head.writeUInt32BE(voice.mtu, 4);
  return formatEthernet({
    destination: voice.receiverMac || ethernet.source,
    source: voice.mac,
    etherType: etherTypes.ipv6,
    payload: formatIpv6({
      source: (voice.ipv6Address ?? linkLocalAddress(voice.mac)) || packet.destination,
      destination: packet.source,
      nextHeader: nextHeaders.icmpv6,
      hopLimit: 64,
      payload: Buffer.concat([head, quoted]),
    }),
  });
}
