import { macBytes, malformed, slice } from './bytes.ts';

export const etherTypes = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;
export const broadcastMac = 0xffffffffffffn;

/** An Ethernet II frame without tags: `untagged` takes them away. */
export interface EthernetFrame {
  readonly destination: bigint;
  readonly source: bigint;
  readonly etherType: number;
  readonly payload: Buffer;
}

const headerLength = 14;
/** Shortest frame without its checksum. */
const minimumLength = 60;

/** @throws AgentError `malformed-packet` */
export function parseEthernet(frame: Buffer): EthernetFrame {
  const header = slice(frame, 0, headerLength);
  return {
    destination: BigInt(header.readUIntBE(0, 6)),
    source: BigInt(header.readUIntBE(6, 6)),
    etherType: header.readUInt16BE(12),
    payload: slice(frame, headerLength),
  };
}

/** @throws AgentError `malformed-packet` when the frame carries something else */
export function payloadOf(frame: EthernetFrame, etherType: number): Buffer {
  if (frame.etherType === etherType) return frame.payload;
  throw malformed(
    `ethertype 0x${frame.etherType.toString(16)} where 0x${etherType.toString(16)} was expected`,
  );
}

export function formatEthernet({ destination, source, etherType, payload }: EthernetFrame): Buffer {
  const frame = Buffer.alloc(Math.max(headerLength + payload.length, minimumLength));
  frame.set(macBytes(destination), 0);
  frame.set(macBytes(source), 6);
  frame.writeUInt16BE(etherType, 12);
  frame.set(payload, headerLength);
  return frame;
}

const tagType = 0x8100;
const tagLength = 4;
/** Behind the two addresses (IEEE 802.1Q, section 9). */
const tagOffset = 12;

/** A frame without its VLAN tag, and the tag, if it has one: that of a network outside. */
export function untagged(frame: Buffer): { frame: Buffer; tag?: Buffer } {
  if (frame.length < tagOffset + tagLength || frame.readUInt16BE(tagOffset) !== tagType) return { frame };
  const end = tagOffset + tagLength;
  return {
    frame: Buffer.concat([frame.subarray(0, tagOffset), frame.subarray(end)]),
    tag: frame.subarray(tagOffset, end),
  };
}

/** The frame with a tag that `untagged` has taken from another one. */
export function withTag(frame: Buffer, tag: Buffer | undefined): Buffer {
  if (!tag) return frame;
  return Buffer.concat([frame.subarray(0, tagOffset), tag, frame.subarray(tagOffset)]);
}
