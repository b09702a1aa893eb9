import { packetInReasons } from '../actions/packet-in-reason.ts';
import { decodeActions, encodeActions, formatActions } from '../actions/registry.ts';
import { OpenFlowError } from '../errors.ts';
import { decodeEntries, decodeMatch, encodeEntries, encodeMatch } from '../fields/oxm.ts';
import { noBuffer, ports } from '../ports.ts';
import { formatPort } from '../text/context.ts';
import { decodeProperties, wholeProperty, writeProperty, writeWholeProperty } from '../wire/properties.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type MessageCodec, niciraExperimenter } from './codec.ts';
import type { PacketIn, PacketIn2, PacketInProperties, PacketOut, Resume } from './packet-types.ts';
import type { Version } from './types.ts';

/** `u32 buffer, u16 total length, u8 reason, u8 table, u64 cookie, match, 2 zeros, packet`. */
export const packetIn: MessageCodec<PacketIn> = {
  type: 'packet-in',
  forms: [{ number: 10 }],
  encode(writer, message, { version }) {
    writer.u32(message.bufferId, 'bufferId');
    writer.u16(message.totalLength, 'totalLength');
    writer.u8(packetInReasons.number(message.reason), 'reason');
    writer.u8(message.table, 'table');
    writer.u64(message.cookie, 'cookie');
    encodeMatch(writer, message.match, version);
    writer.pad(2);
    writer.raw(message.data);
  },
  decode(reader) {
    const bufferId = reader.u32();
    const totalLength = reader.u16();
    const reason = packetInReasons.name(reader.u8());
    const table = reader.u8();
    const cookie = reader.u64();
    const match = decodeMatch(reader);
    reader.skip(2);
    return { type: 'packet-in', bufferId, totalLength, reason, table, cookie, match, data: reader.rest() };
  },
};

const property = {
  packet: 0,
  fullLength: 1,
  bufferId: 2,
  table: 3,
  cookie: 4,
  reason: 5,
  metadata: 6,
  userdata: 7,
  continuation: 8,
} as const;

type Draft = { -readonly [Key in keyof PacketInProperties]: PacketInProperties[Key] };

function encodePacketInProperties(writer: Writer, message: PacketInProperties, version: Version): void {
  const { packet, fullLength, bufferId, table, cookie, reason, metadata, userdata, continuation } = message;
  if (packet) writeProperty(writer, property.packet, () => writer.raw(packet));
  if (fullLength !== undefined) {
    writeProperty(writer, property.fullLength, () => writer.u32(fullLength, 'fullLength'));
  }
  if (bufferId !== undefined)
    writeProperty(writer, property.bufferId, () => writer.u32(bufferId, 'bufferId'));
  if (table !== undefined) writeProperty(writer, property.table, () => writer.u8(table, 'table'));
  if (cookie !== undefined) {
    writeProperty(writer, property.cookie, () => {
      writer.pad(4);
      writer.u64(cookie, 'cookie');
    });
  }
  if (reason !== undefined) {
    writeProperty(writer, property.reason, () => writer.u8(packetInReasons.number(reason), 'reason'));
  }
  if (metadata) writeProperty(writer, property.metadata, () => encodeEntries(writer, metadata, version));
  if (userdata) writeProperty(writer, property.userdata, () => writer.raw(userdata));
  if (continuation) writeProperty(writer, property.continuation, () => writer.raw(continuation));
  for (const unknown of message.unknown ?? []) writeWholeProperty(writer, unknown);
}

/** How each property is read into the message. */
const readers: Readonly<Record<number, (payload: Reader, message: Draft) => void>> = {
  [property.packet]: (payload, message) => {
    message.packet = payload.rest();
  },
  [property.fullLength]: (payload, message) => {
    message.fullLength = payload.u32();
  },
  [property.bufferId]: (payload, message) => {
    message.bufferId = payload.u32();
  },
  [property.table]: (payload, message) => {
    message.table = payload.u8();
  },
  [property.cookie]: (payload, message) => {
    payload.skip(4);
    message.cookie = payload.u64();
  },
  [property.reason]: (payload, message) => {
    message.reason = packetInReasons.name(payload.u8());
  },
  [property.metadata]: (payload, message) => {
    message.metadata = decodeEntries(payload);
  },
  [property.userdata]: (payload, message) => {
    message.userdata = payload.rest();
  },
  [property.continuation]: (payload, message) => {
    message.continuation = payload.rest();
  },
};

function decodePacketInProperties(reader: Reader): PacketInProperties {
  const message: Draft = {};
  const unknown: Uint8Array[] = [];
  decodeProperties(reader, (type, payload, start) => {
    const read = readers[type];
    if (read) read(payload, message);
    else unknown.push(wholeProperty(payload, start));
  });
  return unknown.length > 0 ? { ...message, unknown } : message;
}

function propertiesMessage<M extends PacketIn2 | Resume>(type: M['type'], number: number): MessageCodec<M> {
  return {
    type,
    forms: [{ number, experimenter: niciraExperimenter }],
    encode: (writer, message, { version }) => encodePacketInProperties(writer, message, version),
    decode: (reader) => ({ type, ...decodePacketInProperties(reader) }) as M,
  };
}

export const packetIn2 = propertiesMessage<PacketIn2>('packet-in2', 30);
export const resume = propertiesMessage<Resume>('resume', 28);

function encodePacketOut15(writer: Writer, message: PacketOut): number {
  const lengthAt = writer.length;
  writer.u16(0);
  writer.pad(2);
  const inPort = { field: 'in_port', value: message.inPort ?? ports.controller } as const;
  encodeMatch(writer, [inPort, ...(message.match ?? [])], 6);
  return lengthAt;
}

function encodePacketOut13(writer: Writer, message: PacketOut): number {
  if (message.match?.length) {
    throw new OpenFlowError(
      'OPENFLOW_NOT_IN_VERSION',
      'packet-out has a match since OpenFlow 1.5 only: leave it out',
    );
  }
  writer.u32(message.inPort ?? ports.controller, 'inPort');
  const lengthAt = writer.length;
  writer.u16(0);
  writer.pad(6);
  return lengthAt;
}

/** What is in front of the actions, and the length of the actions. */
function decodePacketOutHead(
  reader: Reader,
  version: Version,
): { length: number; head: Pick<PacketOut, 'inPort' | 'match'> } {
  if (version !== 6) {
    const inPort = reader.u32();
    const length = reader.u16();
    reader.skip(6);
    return { length, head: { inPort } };
  }
  const length = reader.u16();
  reader.skip(2);
  const match = decodeMatch(reader);
  const inPort = match.find(({ field }) => field === 'in_port');
  const others = match.filter((entry) => entry !== inPort);
  return {
    length,
    head: {
      ...(inPort ? { inPort: Number(inPort.value) } : {}),
      ...(others.length > 0 ? { match: others } : {}),
    },
  };
}

/**
 * 1.5: `u32 buffer, u16 length of the actions, 2 zeros, match, actions, packet`.
 * Before: `u32 buffer, u32 in port, u16 length of the actions, 6 zeros, actions, packet`.
 */
export const packetOut: MessageCodec<PacketOut> = {
  type: 'packet-out',
  forms: [{ number: 13 }],
  encode(writer, message, { version }) {
    writer.u32(message.bufferId ?? noBuffer, 'bufferId');
    const lengthAt = version === 6 ? encodePacketOut15(writer, message) : encodePacketOut13(writer, message);
    const start = writer.length;
    encodeActions(writer, message.actions, version);
    writer.patch16(lengthAt, writer.length - start, 'the list of actions');
    if (message.data) writer.raw(message.data);
  },
  decode(reader, { version }) {
    const bufferId = reader.u32();
    const { length, head } = decodePacketOutHead(reader, version);
    const outer = reader.enter(length);
    const actions = decodeActions(reader, version);
    reader.leave(outer);
    return {
      type: 'packet-out',
      ...(bufferId === noBuffer ? {} : { bufferId }),
      ...head,
      actions,
      ...(reader.remaining > 0 ? { data: reader.rest() } : {}),
    };
  },
  format(message, options) {
    const port = formatPort(message.inPort ?? ports.controller, options.portNames);
    return `in_port=${port} actions=${formatActions(message.actions, options)} data_len=${message.data?.length ?? 0}`;
  },
};
