import { packetInReasons } from '../actions/packet-in-reason.ts';
import { decodeActions, encodeActions, formatActions } from '../actions/registry.ts';
import type { PacketInReason } from '../actions/types.ts';
import { OpenFlowError } from '../errors.ts';
import type { Match } from '../fields/match.ts';
import { decodeEntries, decodeMatch, encodeEntries, encodeMatch } from '../fields/oxm.ts';
import { noBuffer, ports } from '../ports.ts';
import { formatPort } from '../text/context.ts';
import { number, type Payload, property, propertyTable, rawBytes } from '../wire/property-table.ts';
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

const reason: Payload<PacketInReason> = {
  write: (writer, value) => writer.u8(packetInReasons.number(value), 'reason'),
  read: (reader) => packetInReasons.name(reader.u8()),
};
const metadata: Payload<Match> = {
  write: (writer, value, version) => encodeEntries(writer, value, version),
  read: decodeEntries,
};
const row = property<PacketInProperties>();

/** What packet-in2 and resume consist of. */
export const packetInProperties = propertyTable<PacketInProperties>('nx_packet_in2', [
  row(0, 'packet', rawBytes),
  row(1, 'fullLength', number('u32')),
  row(2, 'bufferId', number('u32')),
  row(3, 'table', number('u8')),
  row(4, 'cookie', number('u64', { before: 4 })),
  row(5, 'reason', reason),
  row(6, 'metadata', metadata),
  row(7, 'userdata', rawBytes),
  row(8, 'continuation', rawBytes),
]);

function propertiesMessage<M extends PacketIn2 | Resume>(type: M['type'], number: number): MessageCodec<M> {
  return {
    type,
    forms: [{ number, experimenter: niciraExperimenter }],
    encode: (writer, message, { version }) => packetInProperties.encode(writer, message, version),
    decode: (reader, { version }) => ({ type, ...packetInProperties.decode(reader, version) }) as M,
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
  // OpenFlow 1.5.1, section 7.3.6: it must be there in every case.
  if (!inPort) return reader.fail('OPENFLOW_BAD_VALUE', 'the match of a packet-out has no in_port');
  const others = match.filter((entry) => entry !== inPort);
  return {
    length,
    head: { inPort: Number(inPort.value), ...(others.length > 0 ? { match: others } : {}) },
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
