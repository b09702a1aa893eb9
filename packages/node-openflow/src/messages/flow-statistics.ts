import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { FlowStatistics } from './flow-mod-types.ts';

/*
 * Statistics of OpenFlow 1.5 (section 7.2.4.2): 2 zeros, u16 length, entries, padding to eight bytes. An entry is a 32-bit
 * header like that of a match field, class 0x8002, without mask, and a value.
 */

const basicClass = 0x8002;
const entry = { duration: 0, idleTime: 1, flowCount: 3, packetCount: 4, byteCount: 5 } as const;

type Draft = { -readonly [Key in keyof FlowStatistics]: FlowStatistics[Key] };

function writeHeader(writer: Writer, field: number, length: number): void {
  writer.u32(((basicClass << 16) | (field << 9) | length) >>> 0);
}

function writeTime(writer: Writer, field: number, seconds: number, nanoseconds: number): void {
  writeHeader(writer, field, 8);
  writer.u32(seconds, 'seconds');
  writer.u32(nanoseconds, 'nanoseconds');
}

/** Writes those statistics that are there. */
export function encodeFlowStatistics(writer: Writer, statistics: FlowStatistics): void {
  const start = writer.length;
  writer.pad(4);
  const { durationSeconds, idleSeconds, flowCount, packetCount, byteCount } = statistics;
  if (durationSeconds !== undefined) {
    writeTime(writer, entry.duration, durationSeconds, statistics.durationNanoseconds ?? 0);
  }
  if (idleSeconds !== undefined)
    writeTime(writer, entry.idleTime, idleSeconds, statistics.idleNanoseconds ?? 0);
  if (flowCount !== undefined) {
    writeHeader(writer, entry.flowCount, 4);
    writer.u32(flowCount, 'flowCount');
  }
  if (packetCount !== undefined) {
    writeHeader(writer, entry.packetCount, 8);
    writer.u64(packetCount, 'packetCount');
  }
  if (byteCount !== undefined) {
    writeHeader(writer, entry.byteCount, 8);
    writer.u64(byteCount, 'byteCount');
  }
  writer.patch16(start + 2, writer.length - start, 'the statistics');
  writer.align8(start);
}

function decodeEntry(reader: Reader, statistics: Draft): void {
  const header = reader.u32();
  const field = (header >>> 9) & 0x7f;
  const outer = reader.enter(header & 0xff);
  if (header >>> 16 === basicClass) {
    if (field === entry.duration) {
      statistics.durationSeconds = reader.u32();
      statistics.durationNanoseconds = reader.u32();
    } else if (field === entry.idleTime) {
      statistics.idleSeconds = reader.u32();
      statistics.idleNanoseconds = reader.u32();
    } else if (field === entry.flowCount) statistics.flowCount = reader.u32();
    else if (field === entry.packetCount) statistics.packetCount = reader.u64();
    else if (field === entry.byteCount) statistics.byteCount = reader.u64();
  }
  reader.leave(outer);
}

/** Reads statistics; entries of other kinds are passed over. */
export function decodeFlowStatistics(reader: Reader): FlowStatistics {
  const start = reader.offset;
  reader.skip(2);
  const length = reader.u16();
  if (length < 4) reader.fail('OPENFLOW_BAD_LENGTH', `statistics have a length of ${length}`, start);
  const statistics: Draft = {};
  const outer = reader.enter(length - 4);
  while (reader.remaining > 0) decodeEntry(reader, statistics);
  reader.leave(outer);
  reader.align8(start);
  return statistics;
}
