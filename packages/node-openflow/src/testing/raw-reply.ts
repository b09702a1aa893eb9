import { flowModOf, type StoredFlow } from './flow-store.ts';

/*
 * The reply to a flow-desc request (OpenFlow 1.5.1, section 7.3.5.2), put together from the bytes of the flow-mods:
 * the match and the instructions of a flow are the same in both.
 */

const headerLength = 16;
/** Where the match begins in a flow-mod. */
const matchOffset = 48;
const fixedLength = 24;
const statisticsLength = 40;
const largestMessage = 65535;

function describedLength(flow: StoredFlow): number {
  const flowMod = flowModOf(flow);
  return fixedLength + statisticsLength + flowMod.length - matchOffset;
}

function writeStatistics(view: DataView, at: number, flow: StoredFlow): void {
  view.setUint16(at + 2, statisticsLength);
  view.setUint32(at + 4, 0x80020008);
  view.setUint32(at + 16, 0x80020808);
  view.setBigUint64(at + 20, BigInt(flow.packetCount));
  view.setUint32(at + 28, 0x80020a08);
  view.setBigUint64(at + 32, BigInt(flow.byteCount));
}

/** Writes one flow at `at`; returns where it ends. */
function writeFlow(bytes: Uint8Array, view: DataView, at: number, flow: StoredFlow): number {
  const flowMod = flowModOf(flow);
  const source = new DataView(flow.arena.buffer, flow.arena.byteOffset + flow.offset, flow.length);
  const end = at + describedLength(flow);
  view.setUint16(at, end - at);
  view.setUint8(at + 4, flowMod.table);
  view.setUint16(at + 6, flowMod.priority);
  view.setUint32(at + 8, source.getUint32(26));
  view.setUint16(at + 12, flowMod.flags);
  view.setUint16(at + 14, source.getUint16(46));
  view.setBigUint64(at + 16, flowMod.cookie);
  const matchStart = flow.offset + matchOffset;
  const instructions = flowMod.instructionsOffset;
  bytes.set(flow.arena.subarray(matchStart, instructions), at + fixedLength);
  const statistics = at + fixedLength + instructions - matchStart;
  writeStatistics(view, statistics, flow);
  bytes.set(flow.arena.subarray(instructions, flow.offset + flow.length), statistics + statisticsLength);
  return end;
}

function writeMessage(flows: readonly StoredFlow[], length: number, xid: number, more: boolean): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x06130000 | length);
  view.setUint32(4, xid);
  view.setUint16(8, 1);
  view.setUint16(10, more ? 1 : 0);
  let at = headerLength;
  for (const flow of flows) at = writeFlow(bytes, view, at, flow);
  return bytes;
}

/** The messages that describe these flows, each as long as a message may be. */
export function* flowDescReplies(flows: Iterable<StoredFlow>, xid: number): Generator<Uint8Array> {
  let batch: StoredFlow[] = [];
  let length = headerLength;
  for (const flow of flows) {
    const size = describedLength(flow);
    if (length + size > largestMessage) {
      yield writeMessage(batch, length, xid, true);
      batch = [];
      length = headerLength;
    }
    batch.push(flow);
    length += size;
  }
  yield writeMessage(batch, length, xid, false);
}
