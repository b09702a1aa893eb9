import { broadcastMac, etherTypes, formatEthernet } from '../responder/ethernet.ts';
import { formatUdp } from '../responder/udp.ts';

const clientMac = 0x025700000001n;

export interface ClientMessage {
  readonly type: number;
  readonly flags?: number;
  readonly clientAddress?: number;
  readonly relayAddress?: number;
  readonly transaction?: number;
  readonly options?: readonly (readonly [number, Uint8Array | readonly number[]])[];
  /** Source address of the IP header. */
  readonly source?: number;
}

/** A client's frame, written field by field from RFC 2131, figure 1. */
export function clientFrame(message: ClientMessage): Buffer {
  const bootp = Buffer.alloc(240);
  bootp.set([1, 1, 6, 0], 0);
  bootp.writeUInt32BE(message.transaction ?? 0xdeadbeef, 4);
  bootp.writeUInt16BE(message.flags ?? 0, 10);
  bootp.writeUInt32BE(message.clientAddress ?? 0, 12);
  bootp.writeUInt32BE(message.relayAddress ?? 0, 24);
  bootp.writeUIntBE(Number(clientMac), 28, 6);
  bootp.set([0x63, 0x82, 0x53, 0x63], 236);
  const options: (readonly [number, Uint8Array | readonly number[]])[] = [
    [53, [message.type]],
    ...(message.options ?? []),
  ];
  const parts = options.map(([code, value]) => Buffer.from([code, value.length, ...value]));
  return formatEthernet({
    destination: broadcastMac,
    source: clientMac,
    etherType: etherTypes.ipv4,
    payload: formatUdp({
      source: message.source ?? 0,
      destination: 0xffffffff,
      sourcePort: 68,
      destinationPort: 67,
      payload: Buffer.concat([bootp, ...parts, Buffer.from([255])]),
    }),
  });
}

/** What a client finds in an answer. */
export interface ReadReply {
  readonly ethernetDestination: string;
  readonly ethernetSource: string;
  readonly ipSource: string;
  readonly ipDestination: string;
  readonly ports: readonly [number, number];
  readonly bootpLength: number;
  readonly operation: number;
  readonly transaction: number;
  readonly flags: number;
  readonly clientAddress: string;
  readonly yourAddress: string;
  readonly relayAddress: string;
  readonly clientMac: string;
  /** Code → value in hex, in the order of the message. */
  readonly options: ReadonlyMap<number, string>;
}

/** Reads an answer by fixed offsets, apart from the code under test. */
export function readReply(frame: Buffer): ReadReply {
  const address = (offset: number) => [...frame.subarray(offset, offset + 4)].join('.');
  const bootp = 14 + 20 + 8;
  const options = new Map<number, string>();
  for (let offset = bootp + 240; frame[offset] !== 255; ) {
    const length = frame[offset + 1] as number;
    options.set(frame[offset] as number, frame.subarray(offset + 2, offset + 2 + length).toString('hex'));
    offset += 2 + length;
  }
  return {
    ethernetDestination: frame.subarray(0, 6).toString('hex'),
    ethernetSource: frame.subarray(6, 12).toString('hex'),
    ipSource: address(26),
    ipDestination: address(30),
    ports: [frame.readUInt16BE(34), frame.readUInt16BE(36)],
    bootpLength: frame.readUInt16BE(38) - 8,
    operation: frame.readUInt8(bootp),
    transaction: frame.readUInt32BE(bootp + 4),
    flags: frame.readUInt16BE(bootp + 10),
    clientAddress: address(bootp + 12),
    yourAddress: address(bootp + 16),
    relayAddress: address(bootp + 24),
    clientMac: frame.subarray(bootp + 28, bootp + 34).toString('hex'),
    options,
  };
}

/** One's complement sum over 16-bit words; 0xffff when a checksum inside is right (RFC 1071). */
export function sumOf(...parts: readonly Buffer[]): number {
  const bytes = Buffer.concat(parts);
  let sum = 0;
  for (let offset = 0; offset < bytes.length; offset += 2) {
    sum += ((bytes[offset] as number) << 8) | (bytes[offset + 1] ?? 0);
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return sum;
}
