import { copyBytes } from '../wire/copy.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { FlowStatistics } from './flow-mod-types.ts';

/*
 * Statistics of OpenFlow 1.5 (section 7.2.4.2): 2 zeros, u16 length, entries, padding to eight bytes. An entry is a 32-bit
 * header like that of a match field, class 0x8002, without mask, and a value.
 */

const basicClass = 0x8002;

interface Entry {
  /** Number of the entry within its class. */
  readonly field: number;
  /** What it holds: seconds and nanoseconds, or one number. */
  readonly names: readonly (keyof FlowStatistics)[];
  readonly size: 'time' | 'u32' | 'u64';
}

/** Every entry there is, in the order in which they are written. */
export const statisticsEntries: readonly Entry[] = [
  { field: 0, names: ['durationSeconds', 'durationNanoseconds'], size: 'time' },
  { field: 1, names: ['idleSeconds', 'idleNanoseconds'], size: 'time' },
  { field: 3, names: ['flowCount'], size: 'u32' },
  { field: 4, names: ['packetCount'], size: 'u64' },
  { field: 5, names: ['byteCount'], size: 'u64' },
];
const byField = new Map(statisticsEntries.map((entry) => [entry.field, entry]));
const bytesOf = { time: 8, u32: 4, u64: 8 } as const;

function encodeEntry(writer: Writer, { field, names, size }: Entry, statistics: FlowStatistics): void {
  const [first, second] = names;
  const value = statistics[first as 'packetCount'];
  if (value === undefined) return;
  writer.u32(((basicClass << 16) | (field << 9) | bytesOf[size]) >>> 0);
  if (size === 'u64') {
    writer.u64(value, first);
    return;
  }
  writer.u32(Number(value), first);
  if (size === 'time') writer.u32(Number(statistics[second as 'packetCount'] ?? 0), second);
}

/** Writes those statistics that are there. */
export function encodeFlowStatistics(writer: Writer, statistics: FlowStatistics): void {
  const start = writer.length;
  writer.pad(4);
  for (const entry of statisticsEntries) encodeEntry(writer, entry, statistics);
  for (const entry of statistics.unknown ?? []) writer.raw(entry);
  writer.patch16(start + 2, writer.length - start, 'the statistics');
  writer.align8(start);
}

type Draft = { -readonly [Key in keyof FlowStatistics]: FlowStatistics[Key] };

function decodeEntry(reader: Reader, statistics: Draft): void {
  const start = reader.offset;
  const header = reader.u32();
  const outer = reader.enter(header & 0xff);
  const entry = header >>> 16 === basicClass ? byField.get((header >>> 9) & 0x7f) : undefined;
  if (entry && reader.remaining === bytesOf[entry.size]) {
    for (const name of entry.names) {
      Object.assign(statistics, { [name]: entry.size === 'u64' ? reader.u64() : reader.u32() });
    }
  } else {
    statistics.unknown = [...(statistics.unknown ?? []), copyBytes(reader.bytes, start, reader.end)];
  }
  reader.leave(outer);
}

/** Reads statistics. Entries of other kinds are kept whole. */
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
