import { enumeration } from '../wire/enumeration.ts';
import { decodeProperties, wholeProperty, writeProperty, writeWholeProperty } from '../wire/properties.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { MessageCodec } from './codec.ts';
import type {
  EthernetPortErrors,
  EthernetPortFeatures,
  PortDescription,
  PortStatistics,
  PortStatus,
} from './port-types.ts';
import type { Version } from './types.ts';

const ethernetProperty = 0;
const nameLength = 16;
const noFeatures: EthernetPortFeatures = {
  current: 0,
  advertised: 0,
  supported: 0,
  peer: 0,
  currentSpeed: 0,
  maximumSpeed: 0,
};

function encodeFeatures(writer: Writer, ethernet: EthernetPortFeatures): void {
  writer.u32(ethernet.current, 'current');
  writer.u32(ethernet.advertised, 'advertised');
  writer.u32(ethernet.supported, 'supported');
  writer.u32(ethernet.peer, 'peer');
  writer.u32(ethernet.currentSpeed, 'currentSpeed');
  writer.u32(ethernet.maximumSpeed, 'maximumSpeed');
}

function decodeFeatures(reader: Reader): EthernetPortFeatures {
  const current = reader.u32();
  const advertised = reader.u32();
  const supported = reader.u32();
  const peer = reader.u32();
  const currentSpeed = reader.u32();
  return { current, advertised, supported, peer, currentSpeed, maximumSpeed: reader.u32() };
}

/**
 * From 1.4: `u32 port, u16 length, 2 zeros, 6 bytes address, 2 zeros, 16 bytes name, u32 config, u32 state`, properties
 * (0: 4 zeros, features). In 1.3: `u32 port, 4 zeros`, the same up to state, features.
 */
export function encodePort(writer: Writer, port: PortDescription, version: Version): void {
  const start = writer.length;
  writer.u32(port.port, 'port');
  writer.pad(4);
  writer.u48(port.hardwareAddress, 'hardwareAddress');
  writer.pad(2);
  writer.text(port.name, nameLength, 'port name');
  writer.u32(port.config, 'config');
  writer.u32(port.state, 'state');
  if (version === 4) {
    encodeFeatures(writer, port.ethernet ?? noFeatures);
    return;
  }
  const { ethernet } = port;
  if (ethernet) {
    writeProperty(writer, ethernetProperty, () => {
      writer.pad(4);
      encodeFeatures(writer, ethernet);
    });
  }
  for (const property of port.unknown ?? []) writeWholeProperty(writer, property);
  writer.patch16(start + 4, writer.length - start, 'the port');
}

interface PortProperties {
  ethernet?: EthernetPortFeatures;
  unknown?: Uint8Array[];
}

function decodePortProperties(reader: Reader): PortProperties {
  const properties: PortProperties = {};
  decodeProperties(reader, (type, payload, start) => {
    if (type === ethernetProperty && payload.remaining >= 28) {
      payload.skip(4);
      properties.ethernet = decodeFeatures(payload);
    } else {
      properties.unknown = [...(properties.unknown ?? []), wholeProperty(payload, start)];
    }
  });
  return properties;
}

/** Reads what `encodePort` wrote. */
export function decodePort(reader: Reader, version: Version): PortDescription {
  const start = reader.offset;
  const port = reader.u32();
  const length = reader.u16();
  reader.skip(2);
  if (version !== 4 && length < 40)
    reader.fail('OPENFLOW_BAD_LENGTH', `a port has a length of ${length}`, start);
  const outer = reader.enter(version === 4 ? 56 : length - 8);
  const hardwareAddress = reader.u48();
  reader.skip(2);
  const name = reader.text(nameLength);
  const config = reader.u32();
  const state = reader.u32();
  const rest = version === 4 ? { ethernet: decodeFeatures(reader) } : decodePortProperties(reader);
  reader.leave(outer);
  return { port, hardwareAddress, name, config, state, ...rest };
}

const changes = enumeration('port change', ['add', 'delete', 'modify']);

/** `u8 reason, 7 zeros, port`. */
export const portStatus: MessageCodec<PortStatus> = {
  type: 'port-status',
  forms: [{ number: 12 }],
  encode(writer, message, { version }) {
    writer.u8(changes.number(message.reason));
    writer.pad(7);
    encodePort(writer, message.port, version);
  },
  decode(reader, { version }) {
    const reason = changes.strictName(reader.u8(), reader.offset - 1);
    reader.skip(7);
    return { type: 'port-status', reason, port: decodePort(reader, version) };
  },
  format: ({ reason, port }) => `${reason}: ${port.port}(${port.name})`,
};

const counters = [
  'receivedPackets',
  'sentPackets',
  'receivedBytes',
  'sentBytes',
  'receivedDropped',
  'sentDropped',
  'receivedErrors',
  'sentErrors',
] as const;
const errorCounters = ['frame', 'overrun', 'crc', 'collisions'] as const;
const notCounted = 0xffff_ffff_ffff_ffffn;

function encodeErrors(writer: Writer, errors: EthernetPortErrors | undefined): void {
  for (const name of errorCounters) writer.u64(errors?.[name] ?? notCounted, name);
}

function decodeCounters<Name extends string>(reader: Reader, names: readonly Name[]): Record<Name, bigint> {
  return Object.fromEntries(names.map((name) => [name, reader.u64()])) as Record<Name, bigint>;
}

/**
 * From 1.4: `u16 length, 2 zeros, u32 port, u32 seconds, u32 nanoseconds, eight u64 counters`, properties (0: 4 zeros, four
 * u64 errors). In 1.3: `u32 port, 4 zeros, twelve u64 counters, u32 seconds, u32 nanoseconds`.
 */
export function encodePortStatistics(writer: Writer, statistics: PortStatistics, version: Version): void {
  const start = writer.length;
  const { port, durationSeconds, durationNanoseconds, ethernet } = statistics;
  if (version !== 4) writer.pad(4);
  writer.u32(port, 'port');
  if (version === 4) writer.pad(4);
  const duration = () => {
    writer.u32(durationSeconds, 'durationSeconds');
    writer.u32(durationNanoseconds, 'durationNanoseconds');
  };
  if (version !== 4) duration();
  for (const name of counters) writer.u64(statistics[name], name);
  if (version === 4) {
    encodeErrors(writer, ethernet);
    duration();
    return;
  }
  if (ethernet) {
    writeProperty(writer, ethernetProperty, () => {
      writer.pad(4);
      encodeErrors(writer, ethernet);
    });
  }
  for (const property of statistics.unknown ?? []) writeWholeProperty(writer, property);
  writer.patch16(start, writer.length - start, 'the port statistics');
}

function decodeStatistics13(reader: Reader): PortStatistics {
  const port = reader.u32();
  reader.skip(4);
  const counted = decodeCounters(reader, counters);
  const ethernet = decodeCounters(reader, errorCounters);
  const durationSeconds = reader.u32();
  return { port, ...counted, ethernet, durationSeconds, durationNanoseconds: reader.u32() };
}

/** Reads what `encodePortStatistics` wrote. */
export function decodePortStatistics(reader: Reader, version: Version): PortStatistics {
  if (version === 4) return decodeStatistics13(reader);
  const start = reader.offset;
  const length = reader.u16();
  if (length < 80) reader.fail('OPENFLOW_BAD_LENGTH', `port statistics have a length of ${length}`, start);
  const outer = reader.enter(length - 2);
  reader.skip(2);
  const port = reader.u32();
  const durationSeconds = reader.u32();
  const durationNanoseconds = reader.u32();
  const counted = decodeCounters(reader, counters);
  const rest: { ethernet?: EthernetPortErrors; unknown?: Uint8Array[] } = {};
  decodeProperties(reader, (type, payload, at) => {
    if (type === ethernetProperty && payload.remaining >= 36) {
      payload.skip(4);
      rest.ethernet = decodeCounters(payload, errorCounters);
    } else {
      rest.unknown = [...(rest.unknown ?? []), wholeProperty(payload, at)];
    }
  });
  reader.leave(outer);
  return { port, durationSeconds, durationNanoseconds, ...counted, ...rest };
}
