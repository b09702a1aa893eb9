import { ports } from '../ports.ts';
import { decodeList, decodeSized, encodeSized, layout } from '../wire/layout.ts';
import { type Payload, property, propertyTable } from '../wire/property-table.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { MessageCodec } from './codec.ts';
import { listOf, type PartCodec, type RequestHalf, type RequestOf } from './multipart-codec.ts';
import type {
  QueueDescription,
  QueueGetConfigReply,
  QueueGetConfigRequest,
  QueueStatistics,
} from './queue-types.ts';
import type { Version } from './types.ts';

const allQueues = 0xffffffff;

/** Before 1.4 four zeros, `u16 rate`, six zeros; since then `u16 rate`, two zeros that count. */
const rate: Payload<number> = {
  write(writer, value, version, name) {
    if (version === 4) writer.pad(4);
    writer.u16(value, name);
    writer.pad(version === 4 ? 6 : 2);
  },
  read(reader, version) {
    if (version === 4) reader.skip(4);
    const value = reader.u16();
    reader.skip(Math.min(version === 4 ? 6 : 2, reader.remaining));
    return value;
  },
};
const row = property<QueueDescription>();

export const queueProperties = propertyTable<Pick<QueueDescription, 'minimumRate' | 'maximumRate'>>(
  'ofp_queue_desc',
  [row(1, 'minimumRate', rate), row(2, 'maximumRate', rate)],
);
/** Only experimenters have any. */
const statisticsProperties = propertyTable<object>('ofp_queue_stats', []);

/** `u32 port, u32 queue, u16 length, 6 zeros`, properties; before 1.4 the queue comes first. */
function encodeQueue(writer: Writer, queue: QueueDescription, version: Version): void {
  const start = writer.length;
  if (version !== 4) writer.u32(queue.port, 'port');
  writer.u32(queue.queue, 'queue');
  if (version === 4) writer.u32(queue.port, 'port');
  writer.pad(8);
  queueProperties.encode(writer, queue, version);
  writer.patch16(start + 8, writer.length - start, 'the queue');
}

function decodeQueue(reader: Reader, version: Version): QueueDescription {
  const start = reader.offset;
  const first = reader.u32();
  const second = reader.u32();
  const length = reader.u16();
  if (length < 16) reader.fail('OPENFLOW_BAD_LENGTH', `a queue has a length of ${length}`, start);
  reader.skip(6);
  const outer = reader.enter(length - 16);
  const properties = queueProperties.decode(reader, version);
  reader.leave(outer);
  const [port, queue] = version === 4 ? [second, first] : [first, second];
  return { port, queue, ...properties };
}

/** `u32 port, 4 zeros`. */
export const queueGetConfigRequest: MessageCodec<QueueGetConfigRequest> = {
  type: 'queue-get-config-request',
  forms: [{ number: 22, versions: [4, 4] }],
  encode(writer, message) {
    writer.u32(message.port ?? ports.any, 'port');
    writer.pad(4);
  },
  decode: (reader) => ({ type: 'queue-get-config-request', port: reader.u32() }),
};

/** `u32 port, 4 zeros`, queues. */
export const queueGetConfigReply: MessageCodec<QueueGetConfigReply> = {
  type: 'queue-get-config-reply',
  forms: [{ number: 23, versions: [4, 4] }],
  encode(writer, message, { version }) {
    writer.u32(message.port, 'port');
    writer.pad(4);
    for (const queue of message.queues) encodeQueue(writer, queue, version);
  },
  decode(reader, { version }) {
    const port = reader.u32();
    reader.skip(4);
    const queues = decodeList(reader, () => decodeQueue(reader, version));
    return { type: 'queue-get-config-reply', port, queues };
  },
};

const counters = layout<Omit<QueueStatistics, 'unknown'>>(
  ['u32', 'port'],
  ['u32', 'queue'],
  ['u64', 'sentBytes'],
  ['u64', 'sentPackets'],
  ['u64', 'sentErrors'],
  ['u32', 'durationSeconds'],
  ['u32', 'durationNanoseconds'],
);

/** Since 1.4 `u16 length, 6 zeros`, counters, properties; before only the counters. */
function encodeStatistics(writer: Writer, queue: QueueStatistics, version: Version): void {
  if (version === 4) {
    counters.encode(writer, queue);
    return;
  }
  encodeSized(writer, 'the queue', () => {
    writer.pad(6);
    counters.encode(writer, queue);
    statisticsProperties.encode(writer, queue, version);
  });
}

function decodeStatistics(reader: Reader, version: Version): QueueStatistics {
  if (version === 4) return counters.decode(reader);
  return decodeSized(reader, 'a queue', 48, () => {
    reader.skip(6);
    return { ...counters.decode(reader), ...statisticsProperties.decode(reader, version) };
  });
}

/** `u32 port, u32 queue`. */
const queueRequest: RequestHalf = {
  encodeRequest(writer, { port, queue }: RequestOf<'queue-stats' | 'queue-desc'>) {
    writer.u32(port ?? ports.any, 'port');
    writer.u32(queue ?? allQueues, 'queue');
  },
  decodeRequest(reader) {
    const port = reader.u32();
    const queue = reader.u32();
    return { ...(port === ports.any ? {} : { port }), ...(queue === allQueues ? {} : { queue }) };
  },
};

/** What switches tell about queues. */
export const queueParts: readonly PartCodec[] = [
  {
    part: 'queue-stats',
    forms: [{ number: 5 }],
    ...queueRequest,
    ...listOf<QueueStatistics>('queues', encodeStatistics, decodeStatistics),
  },
  {
    part: 'queue-desc',
    forms: [{ number: 15, versions: [5, 6] }],
    ...queueRequest,
    ...listOf<QueueDescription>('queues', encodeQueue, decodeQueue),
  },
];
