/*
 * Prints the OpenFlow messages of a capture, one a line:
 *   tcpdump -i lo -w session.pcap port 6653
 *   node decode-capture.ts session.pcap [PORT]
 */
import { readFileSync } from 'node:fs';
import { decodeMessage, formatMessage, MessageFramer, OpenFlowError } from 'node-openflow';

const openFlowPort = Number(process.argv[3] ?? 6653);

/** The packets of a pcap file: behind 24 bytes of header, each with 16 bytes in front that hold its length. */
function* packetsOf(file: Buffer): Generator<{ linkType: number; packet: Buffer }> {
  const bigEndian = file.readUInt32BE(0) === 0xa1b2c3d4;
  const u32 = (at: number) => (bigEndian ? file.readUInt32BE(at) : file.readUInt32LE(at));
  for (let at = 24; at + 16 <= file.length; ) {
    const end = at + 16 + u32(at + 8);
    yield { linkType: u32(20), packet: file.subarray(at + 16, end) };
    at = end;
  }
}

/** What a TCP segment carries, and the name of its direction; undefined for other packets. Link type 1 is Ethernet. */
function segmentOf(linkType: number, packet: Buffer): { from: number; to: number; data: Buffer } | undefined {
  const ip = linkType === 1 ? packet.subarray(14) : packet;
  if (ip.length < 40 || ip.readUInt8(0) >>> 4 !== 4 || ip.readUInt8(9) !== 6) return undefined;
  const tcp = ip.subarray((ip.readUInt8(0) & 15) * 4, ip.readUInt16BE(2));
  const data = tcp.subarray((tcp.readUInt8(12) >>> 4) * 4);
  return { from: tcp.readUInt16BE(0), to: tcp.readUInt16BE(2), data };
}

// Each direction is a stream of its own, and messages begin and end where they like in it. The segments are taken as they
// come: a capture with losses needs a tool that puts streams together first.
const framers = new Map<string, MessageFramer>();
for (const { linkType, packet } of packetsOf(readFileSync(process.argv[2] ?? 'session.pcap'))) {
  const segment = segmentOf(linkType, packet);
  if (segment === undefined || (segment.from !== openFlowPort && segment.to !== openFlowPort)) continue;
  const direction = `${segment.from} → ${segment.to}`;
  const framer = framers.get(direction) ?? new MessageFramer();
  framers.set(direction, framer);
  for (const bytes of framer.push(segment.data)) {
    try {
      console.log(`${direction} ${formatMessage(decodeMessage(bytes))}`);
    } catch (error) {
      if (!(error instanceof OpenFlowError)) throw error;
      console.log(`${direction} ${error.message}`);
    }
  }
}
