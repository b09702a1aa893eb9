/** Capture files as libpcap writes them, made without a network: for tools that read captures. */

const linkTypeRawIp = 101;
const snapLength = 0x40000;
const ipHeader = 20;
const tcpHeader = 20;

/** `u32 magic, u16 version 2.4, u32 zone, u32 accuracy, u32 snap length, u32 link type`. */
function globalHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32BE(0xa1b2c3d4);
  header.writeUInt16BE(2, 4);
  header.writeUInt16BE(4, 6);
  header.writeUInt32BE(snapLength, 16);
  header.writeUInt32BE(linkTypeRawIp, 20);
  return header;
}

/** `u32 seconds, u32 microseconds, u32 captured length, u32 length`; a second lies between two packets. */
function recordHeader(index: number, length: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(1_000_000 + index);
  header.writeUInt32BE(length, 8);
  header.writeUInt32BE(length, 12);
  return header;
}

/** IPv4 and TCP around a payload. Checksums are left out: readers do not check them unless told to. */
function segment(payload: Uint8Array, port: number, sequence: number): Buffer {
  const headers = Buffer.alloc(ipHeader + tcpHeader);
  headers[0] = 0x45;
  headers.writeUInt16BE(headers.length + payload.length, 2);
  headers[8] = 64;
  headers[9] = 6;
  headers.writeUInt32BE(0x0a000001, 12);
  headers.writeUInt32BE(0x0a000002, 16);
  headers.writeUInt16BE(40_000, ipHeader);
  headers.writeUInt16BE(port, ipHeader + 2);
  headers.writeUInt32BE(sequence, ipHeader + 4);
  headers[ipHeader + 12] = (tcpHeader / 4) << 4;
  headers[ipHeader + 13] = 0x18;
  headers.writeUInt16BE(0xffff, ipHeader + 14);
  return Buffer.concat([headers, payload]);
}

/** A capture of one TCP connection to `port`: each payload in a packet of its own. */
export function pcapOf(payloads: readonly Uint8Array[], port: number): Buffer {
  const parts = [globalHeader()];
  let sequence = 1;
  for (const [index, payload] of payloads.entries()) {
    const packet = segment(payload, port, sequence);
    parts.push(recordHeader(index, packet.length), packet);
    sequence += payload.length;
  }
  return Buffer.concat(parts);
}
