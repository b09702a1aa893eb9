import { packetInReasons } from '../actions/packet-in-reason.ts';
import type { Match } from '../fields/match.ts';
import { decodeEntries, encodeEntries } from '../fields/oxm.ts';
import { enumeration } from '../wire/enumeration.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { emptyMessage, type MessageCodec, niciraExperimenter } from './codec.ts';
import { removedReasons } from './flow-mod.ts';
import type {
  NiciraFlowAge,
  NiciraFlowModTableId,
  NiciraFlowRemoved,
  NiciraPacketIn,
  NiciraRoleReply,
  NiciraRoleRequest,
} from './nicira-types.ts';

const experimenter = niciraExperimenter;
const roles = enumeration('role', ['equal', 'primary', 'secondary']);

/** `u32 role`. */
function role<M extends NiciraRoleRequest | NiciraRoleReply>(
  type: M['type'],
  number: number,
): MessageCodec<M> {
  return {
    type,
    forms: [{ number, experimenter }],
    encode: (writer, message) => writer.u32(roles.number(message.role)),
    decode: (reader) => ({ type, role: roles.strictName(reader.u32(), reader.offset - 4) }) as M,
  };
}

export const niciraRoleRequest = role<NiciraRoleRequest>('nicira-role-request', 10);
export const niciraRoleReply = role<NiciraRoleReply>('nicira-role-reply', 11);

/** Entries with the old numbers, padded to eight bytes; their length stands elsewhere. Returns that length. */
function encodeOldMatch(writer: Writer, match: Match): number {
  const start = writer.length;
  encodeEntries(writer, match, 0);
  const { length } = writer;
  writer.align8(start);
  return length - start;
}

function decodeOldMatch(reader: Reader, length: number): Match {
  const start = reader.offset;
  const outer = reader.enter(length);
  const match = decodeEntries(reader);
  reader.leave(outer);
  reader.align8(start);
  return match;
}

/** `u32 buffer, u16 total length, u8 reason, u8 table, u64 cookie, u16 length of the match, 6 zeros, match, 2 zeros, packet`. */
export const niciraPacketIn: MessageCodec<NiciraPacketIn> = {
  type: 'nicira-packet-in',
  forms: [{ number: 17, experimenter }],
  encode(writer, message) {
    writer.u32(message.bufferId, 'bufferId');
    writer.u16(message.totalLength, 'totalLength');
    writer.u8(packetInReasons.number(message.reason), 'reason');
    writer.u8(message.table, 'table');
    writer.u64(message.cookie, 'cookie');
    const lengthAt = writer.length;
    writer.pad(8);
    writer.patch16(lengthAt, encodeOldMatch(writer, message.match), 'the match');
    writer.pad(2);
    writer.raw(message.data);
  },
  decode(reader) {
    const bufferId = reader.u32();
    const totalLength = reader.u16();
    const reason = packetInReasons.name(reader.u8());
    const table = reader.u8();
    const cookie = reader.u64();
    const matchLength = reader.u16();
    reader.skip(6);
    const match = decodeOldMatch(reader, matchLength);
    reader.skip(2);
    const data = reader.rest();
    return { type: 'nicira-packet-in', bufferId, totalLength, reason, table, cookie, match, data };
  },
};

/**
 * `u64 cookie, u16 priority, u8 reason, u8 table plus one, u32 seconds, u32 nanoseconds, u16 idle, u16 length of the match,
 * u64 packets, u64 bytes, match`.
 */
export const niciraFlowRemoved: MessageCodec<NiciraFlowRemoved> = {
  type: 'nicira-flow-removed',
  forms: [{ number: 14, experimenter }],
  encode(writer, message) {
    writer.u64(message.cookie, 'cookie');
    writer.u16(message.priority, 'priority');
    writer.u8(removedReasons.number(message.reason), 'reason');
    writer.u8(message.table === undefined ? 0 : message.table + 1, 'table plus one');
    writer.u32(message.durationSeconds, 'durationSeconds');
    writer.u32(message.durationNanoseconds, 'durationNanoseconds');
    writer.u16(message.idleTimeout, 'idleTimeout');
    const lengthAt = writer.length;
    writer.pad(2);
    writer.u64(message.packetCount, 'packetCount');
    writer.u64(message.byteCount, 'byteCount');
    writer.patch16(lengthAt, encodeOldMatch(writer, message.match), 'the match');
  },
  decode(reader) {
    const cookie = reader.u64();
    const priority = reader.u16();
    const reason = removedReasons.name(reader.u8());
    const tablePlusOne = reader.u8();
    const durationSeconds = reader.u32();
    const durationNanoseconds = reader.u32();
    const idleTimeout = reader.u16();
    const matchLength = reader.u16();
    const counts = { packetCount: reader.u64(), byteCount: reader.u64() };
    const table = tablePlusOne === 0 ? {} : { table: tablePlusOne - 1 };
    const times = { durationSeconds, durationNanoseconds, idleTimeout };
    const match = decodeOldMatch(reader, matchLength);
    return { type: 'nicira-flow-removed', cookie, priority, reason, ...table, ...times, ...counts, match };
  },
};

/** `u8 set, 7 zeros`. */
export const niciraFlowModTableId: MessageCodec<NiciraFlowModTableId> = {
  type: 'nicira-flow-mod-table-id',
  forms: [{ number: 15, experimenter }],
  encode(writer, message) {
    writer.u8(message.set ? 1 : 0);
    writer.pad(7);
  },
  decode: (reader) => ({ type: 'nicira-flow-mod-table-id', set: reader.u8() !== 0 }),
};

export const niciraFlowAge = emptyMessage<NiciraFlowAge>(
  { type: 'nicira-flow-age' },
  { number: 18, experimenter },
);
