import { layout } from '../wire/layout.ts';
import { behindZeros, property, propertyTable, structure } from '../wire/property-table.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { opticalStatistics } from './port-optical.ts';
import type { EthernetPortErrors, PortCounters, PortStatistics } from './port-types.ts';
import type { Version } from './types.ts';

const notCounted = 0xffff_ffff_ffff_ffffn;
const noErrors: EthernetPortErrors = {
  frame: notCounted,
  overrun: notCounted,
  crc: notCounted,
  collisions: notCounted,
};

const counters = layout<PortCounters>(
  ['u64', 'receivedPackets'],
  ['u64', 'sentPackets'],
  ['u64', 'receivedBytes'],
  ['u64', 'sentBytes'],
  ['u64', 'receivedDropped'],
  ['u64', 'sentDropped'],
  ['u64', 'receivedErrors'],
  ['u64', 'sentErrors'],
);
const errors = layout<EthernetPortErrors>(
  ['u64', 'frame'],
  ['u64', 'overrun'],
  ['u64', 'crc'],
  ['u64', 'collisions'],
);
const duration = layout<Pick<PortStatistics, 'durationSeconds' | 'durationNanoseconds'>>(
  ['u32', 'durationSeconds'],
  ['u32', 'durationNanoseconds'],
);
const row = property<PortStatistics>();

/** Since 1.4: 0 `4 zeros, four u64 errors`, 1 optical. */
export const portStatisticsProperties = propertyTable<Pick<PortStatistics, 'ethernet' | 'optical'>>(
  'ofp_port_stats',
  [row(0, 'ethernet', behindZeros(errors)), row(1, 'optical', structure(opticalStatistics))],
);

/**
 * From 1.4: `u16 length, 2 zeros, u32 port, u32 seconds, u32 nanoseconds, eight u64 counters`, properties.
 * In 1.3: `u32 port, 4 zeros, eight u64 counters, four u64 errors, u32 seconds, u32 nanoseconds`.
 */
export function encodePortStatistics(writer: Writer, statistics: PortStatistics, version: Version): void {
  if (version === 4) {
    writer.u32(statistics.port, 'port');
    writer.pad(4);
    counters.encode(writer, statistics);
    errors.encode(writer, statistics.ethernet ?? noErrors);
    duration.encode(writer, statistics);
    return;
  }
  const start = writer.length;
  writer.pad(4);
  writer.u32(statistics.port, 'port');
  duration.encode(writer, statistics);
  counters.encode(writer, statistics);
  portStatisticsProperties.encode(writer, statistics, version);
  writer.patch16(start, writer.length - start, 'the port statistics');
}

/** Reads what `encodePortStatistics` wrote. */
export function decodePortStatistics(reader: Reader, version: Version): PortStatistics {
  if (version === 4) {
    const port = reader.u32();
    reader.skip(4);
    const counted = counters.decode(reader);
    const ethernet = errors.decode(reader);
    return { port, ...counted, ethernet, ...duration.decode(reader) };
  }
  const start = reader.offset;
  const length = reader.u16();
  if (length < 80) reader.fail('OPENFLOW_BAD_LENGTH', `port statistics have a length of ${length}`, start);
  const outer = reader.enter(length - 2);
  reader.skip(2);
  const port = reader.u32();
  const times = duration.decode(reader);
  const counted = counters.decode(reader);
  const rest = portStatisticsProperties.decode(reader, version);
  reader.leave(outer);
  return { port, ...times, ...counted, ...rest };
}
