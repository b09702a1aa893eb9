import { macBytes, malformed, slice } from './bytes.ts';

export const etherTypes = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;
export const broadcastMac = 0xffffffffffffn;

/** An Ethernet II frame without tags: tags never reach br-int's pipeline. */
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
