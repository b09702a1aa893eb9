import { groups, meters } from '../ports.ts';
import { decodeList, decodeSized, encodeSized, layout } from '../wire/layout.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { decodeGroupDescription, encodeGroupDescription } from './group.ts';
import type {
  GroupDescription,
  GroupFeatures,
  GroupStatistics,
  MeterDescription,
  MeterFeatures,
  MeterStatistics,
  PacketAndByteCount,
} from './group-meter-types.ts';
import { decodeMeterDescription, encodeMeterDescription } from './meter.ts';
import { listOf, oneOrAll, type PartCodec, plainRequest, single } from './multipart-codec.ts';
import type { Version } from './types.ts';

const counts = layout<PacketAndByteCount>(['u64', 'packetCount'], ['u64', 'byteCount']);

const groupHead = layout<Omit<GroupStatistics, 'buckets'>>(
  ['pad', 2],
  ['u32', 'group'],
  ['u32', 'referenceCount'],
  ['pad', 4],
  ['u64', 'packetCount'],
  ['u64', 'byteCount'],
  ['u32', 'durationSeconds'],
  ['u32', 'durationNanoseconds'],
);

/** `u16 length`, the values above, two counters for each bucket. */
function encodeGroupStatistics(writer: Writer, group: GroupStatistics): void {
  encodeSized(writer, 'the group', () => {
    groupHead.encode(writer, group);
    for (const bucket of group.buckets) counts.encode(writer, bucket);
  });
}

function decodeGroupStatistics(reader: Reader): GroupStatistics {
  return decodeSized(reader, 'a group', 40, () => {
    const head = groupHead.decode(reader);
    return { ...head, buckets: decodeList(reader, counts.decode) };
  });
}

const groupKinds = ['all', 'select', 'indirect', 'fastFailover'] as const;

/** `u32 types, u32 capabilities, 4 × u32 maximum of groups, 4 × u32 actions`. */
function encodeGroupFeatures(writer: Writer, features: GroupFeatures): void {
  writer.u32(features.types, 'types');
  writer.u32(features.capabilities, 'capabilities');
  for (const kind of groupKinds) writer.u32(features.maximumGroups[kind], 'maximumGroups');
  for (const kind of groupKinds) writer.u32(features.actions[kind], 'actions');
}

function decodeGroupFeatures(reader: Reader): GroupFeatures {
  const types = reader.u32();
  const capabilities = reader.u32();
  const perKind = () =>
    Object.fromEntries(groupKinds.map((kind) => [kind, reader.u32()])) as unknown as GroupFeatures['actions'];
  return { types, capabilities, maximumGroups: perKind(), actions: perKind() };
}

const meterHead = layout<Omit<MeterStatistics, 'meter' | 'bands'>>(
  ['pad', 6],
  ['u32', 'referenceCount'],
  ['u64', 'packetCount'],
  ['u64', 'byteCount'],
  ['u32', 'durationSeconds'],
  ['u32', 'durationNanoseconds'],
);
const meterHeadLength = 40;

/** `u32 meter, u16 length`, the values above, two counters for each band. */
function encodeMeterStatistics(writer: Writer, meter: MeterStatistics): void {
  const start = writer.length;
  writer.u32(meter.meter, 'meter');
  writer.u16(0);
  meterHead.encode(writer, meter);
  for (const band of meter.bands) counts.encode(writer, band);
  writer.patch16(start + 4, writer.length - start, 'the meter');
}

function decodeMeterStatistics(reader: Reader): MeterStatistics {
  const start = reader.offset;
  const meter = reader.u32();
  const length = reader.u16();
  if (length < meterHeadLength)
    reader.fail('OPENFLOW_BAD_LENGTH', `a meter has a length of ${length}`, start);
  const outer = reader.enter(length - 6);
  const head = meterHead.decode(reader);
  const bands = decodeList(reader, counts.decode);
  reader.leave(outer);
  return { meter, ...head, bands };
}

const meterFeatures = layout<Omit<MeterFeatures, 'features'>>(
  ['u32', 'maximumMeter'],
  ['u32', 'bandTypes'],
  ['u32', 'capabilities'],
  ['u8', 'maximumBands'],
  ['u8', 'maximumColor'],
  ['pad', 2],
);

/** The values above; 1.5 has `u32 features, 4 zeros` behind them, which Open vSwitch leaves out. */
function encodeMeterFeatures(writer: Writer, meter: MeterFeatures, version: Version): void {
  meterFeatures.encode(writer, meter);
  if (version !== 6 || meter.features === undefined) return;
  writer.u32(meter.features, 'features');
  writer.pad(4);
}

function decodeMeterFeatures(reader: Reader, version: Version): MeterFeatures {
  const features = meterFeatures.decode(reader);
  return version === 6 && reader.remaining >= 8 ? { ...features, features: reader.u32() } : features;
}

const aboutGroup = oneOrAll('group', groups.all, 4);
const aboutMeter = oneOrAll('meter', meters.all, 4);

/** What switches tell about groups and meters. */
export const groupMeterParts: readonly PartCodec[] = [
  {
    part: 'group-stats',
    forms: [{ number: 6 }],
    ...aboutGroup,
    ...listOf<GroupStatistics>('groups', encodeGroupStatistics, decodeGroupStatistics),
  },
  {
    part: 'group-desc',
    forms: [{ number: 7 }],
    ...oneOrAll('group', groups.all, 6),
    ...listOf<GroupDescription>('groups', encodeGroupDescription, decodeGroupDescription),
  },
  {
    part: 'group-features',
    forms: [{ number: 8 }],
    ...plainRequest,
    ...single(encodeGroupFeatures, decodeGroupFeatures),
  },
  {
    part: 'meter-stats',
    forms: [{ number: 9 }],
    ...aboutMeter,
    ...listOf<MeterStatistics>('meters', encodeMeterStatistics, decodeMeterStatistics),
  },
  {
    part: 'meter-desc',
    forms: [{ number: 10 }],
    ...aboutMeter,
    ...listOf<MeterDescription>('meters', encodeMeterDescription, decodeMeterDescription),
  },
  {
    part: 'meter-features',
    forms: [{ number: 11 }],
    ...plainRequest,
    ...single(encodeMeterFeatures, decodeMeterFeatures),
  },
];
