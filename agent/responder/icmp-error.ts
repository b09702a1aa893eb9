import { internetChecksum, slice } from './bytes.ts';
import { etherTypes, formatEthernet, parseEthernet, payloadOf } from './ethernet.ts';
import { icmpV6Error } from './icmpv6-error.ts';
import { readIpv6 } from './ipv6.ts';

/** Why a packet goes no further. */
export type IcmpErrorKind = 'time-exceeded' | 'packet-too-large';

/** RFC 792: type and code. */
const messages = {
  'time-exceeded': { type: 11, code: 0 },
  'packet-too-large': { type: 3, code: 4 },
} as const;
const ipHeaderLength = 20;
const icmpHeaderLength = 8;
const protocolIcmp = 1;
const timeToLive = 64;
/** A message quotes as much as fits into this many bytes (RFC 1812, section 4.3.2.3). */
const longestMessage = 576;
/** RFC 792, RFC 950 and RFC 1256: queries and their answers, as opposed to errors. */
const queries: ReadonlySet<number> = new Set([0, 8, 9, 10, 13, 14, 15, 16, 17, 18]);

const voiceLength = 18;

/**
 * What the flow says of the router: its address (4 bytes), its MAC (6), the receiver's MAC or 0 (6), MTU or 0 (2); an IPv6 address
 * (16) when that is not the link-local one of the MAC.
 */
function parseVoice(payload: Buffer) {
  const fixed = slice(payload, 0, voiceLength);
  return {
    address: fixed.readUInt32BE(0),
    mac: BigInt(fixed.readUIntBE(4, 6)),
    receiverMac: BigInt(fixed.readUIntBE(10, 6)),
    mtu: fixed.readUInt16BE(16),
    ...(payload.length > voiceLength ? { ipv6Address: readIpv6(slice(payload, voiceLength), 0) } : {}),
  };
}

/**
 * The frame by which a router tells the sender of a packet that it goes no further.
 *
 * @param payload of the flow, see `parseVoice`
 * @returns undefined for packets about which nothing may be said (RFC 1812, section 4.3.2.7)
 * @throws AgentError `malformed-packet`
 */
export function icmpError(frame: Buffer, payload: Buffer, kind: IcmpErrorKind): Buffer | undefined {
  const voice = parseVoice(payload);
  const ethernet = parseEthernet(frame);
  if (ethernet.etherType === etherTypes.ipv6) return icmpV6Error(frame, voice, kind);
  const packet = payloadOf(ethernet, etherTypes.ipv4);
  const header = slice(packet, 0, ipHeaderLength);
  if (!mayBeAnswered(packet)) return undefined;
  // Ethernet fills short frames up; what is filled in is not of the packet.
  const quoted = slice(packet, 0, Math.min(packet.length, header.readUInt16BE(2))).subarray(
    0,
    longestMessage - ipHeaderLength - icmpHeaderLength,
  );
  return formatEthernet({
    destination: voice.receiverMac || ethernet.source,
    source: voice.mac,
    etherType: etherTypes.ipv4,
    payload: formatIcmp({
      ...messages[kind],
      source: voice.address,
      destination: header.readUInt32BE(12),
      mtu: voice.mtu,
      quoted,
    }),
  });
}

function mayBeAnswered(packet: Buffer): boolean {
  const fragmentOffset = packet.readUInt16BE(6) & 0x1fff;
  const [source, destination] = [packet.readUInt32BE(12), packet.readUInt32BE(16)];
  const icmpType =
    packet.readUInt8(9) === protocolIcmp ? packet.at((packet.readUInt8(0) & 15) * 4) : undefined;
  return (
    fragmentOffset === 0 &&
    isOneMachine(source) &&
    isOneMachine(destination) &&
    (packet.readUInt8(9) !== protocolIcmp || (icmpType !== undefined && queries.has(icmpType)))
  );
}

/** Neither this network (0.0.0.0/8), nor loopback, nor a group, nor everybody. */
function isOneMachine(address: number): boolean {
  const first = address >>> 24;
  return first !== 0 && first !== 127 && first < 224;
}

interface IcmpMessage {
  readonly type: number;
  readonly code: number;
  readonly source: number;
  readonly destination: number;
  /** Of the next hop (RFC 1191, section 4); 0 where there is none to tell. */
  readonly mtu: number;
  readonly quoted: Buffer;
}

function formatIcmp({ type, code, source, destination, mtu, quoted }: IcmpMessage): Buffer {
  const icmp = Buffer.alloc(icmpHeaderLength);
  icmp.writeUInt8(type, 0);
  icmp.writeUInt8(code, 1);
  icmp.writeUInt16BE(mtu, 6);
  icmp.writeUInt16BE(internetChecksum(icmp, quoted), 2);
  const ip = Buffer.alloc(ipHeaderLength);
  ip.writeUInt8(0x45, 0);
  // Precedence 6, internetwork control (RFC 1812, section 4.3.2.5).
  ip.writeUInt8(0xc0, 1);
  ip.writeUInt16BE(ipHeaderLength + icmpHeaderLength + quoted.length, 2);
  ip.writeUInt8(timeToLive, 8);
  ip.writeUInt8(protocolIcmp, 9);
  ip.writeUInt32BE(source, 12);
  ip.writeUInt32BE(destination, 16);
  ip.writeUInt16BE(internetChecksum(ip), 10);
  return Buffer.concat([ip, icmp, quoted]);
}
