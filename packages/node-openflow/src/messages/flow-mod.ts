import { decodeMatch, encodeMatch } from '../fields/oxm.ts';
import { decodeInstructions, encodeInstructions } from '../instructions/registry.ts';
import { defaultPriority, groups, noBuffer, ports } from '../ports.ts';
import { formatFlow } from '../text/flow-format.ts';
import { bitSet, enumeration } from '../wire/enumeration.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { MessageCodec } from './codec.ts';
import type { FlowDescription, FlowMod, FlowRemoved } from './flow-mod-types.ts';
import { decodeFlowStatistics, encodeFlowStatistics } from './flow-statistics.ts';
import type { Version } from './types.ts';

const noFlags: readonly [] = [];

const commands = enumeration('flow-mod command', [
  'add',
  'modify',
  'modify-strict',
  'delete',
  'delete-strict',
]);

const flowFlags = bitSet('flow flag', {
  'send-flow-removed': 1,
  'check-overlap': 2,
  'reset-counts': 4,
  'no-packet-counts': 8,
  'no-byte-counts': 16,
});

export const removedReasons = enumeration('flow-removed reason', [
  'idle-timeout',
  'hard-timeout',
  'delete',
  'group-delete',
  'meter-delete',
  'eviction',
]);

type Draft = { -readonly [Key in keyof FlowMod]: FlowMod[Key] };

/** Puts the values that are not the default ones into the message. */
function setUnusual(
  message: Draft,
  key: keyof FlowMod,
  value: number | bigint,
  usual: number | bigint,
): void {
  if (value !== usual) Object.assign(message, { [key]: value });
}

/**
 * `u64 cookie, u64 cookie mask, u8 table, u8 command, u16 idle, u16 hard, u16 priority, u32 buffer, u32 out port,
 * u32 out group, u16 flags, u16 importance (1.4), match, instructions`.
 */
export const flowMod: MessageCodec<FlowMod> = {
  type: 'flow-mod',
  forms: [{ number: 14 }],
  encode(writer, message, { version }) {
    writer.u64(message.cookie ?? 0, 'cookie');
    writer.u64(message.cookieMask ?? 0, 'cookieMask');
    writer.u8(message.table, 'table');
    writer.u8(commands.number(message.command));
    writer.u16(message.idleTimeout ?? 0, 'idleTimeout');
    writer.u16(message.hardTimeout ?? 0, 'hardTimeout');
    writer.u16(message.priority ?? defaultPriority, 'priority');
    writer.u32(message.bufferId ?? noBuffer, 'bufferId');
    writer.u32(message.outPort ?? ports.any, 'outPort');
    writer.u32(message.outGroup ?? groups.any, 'outGroup');
    writer.u16(flowFlags.bits(message.flags ?? noFlags));
    writer.u16(version >= 5 ? (message.importance ?? 0) : 0, 'importance');
    encodeMatch(writer, message.match, version);
    encodeInstructions(writer, message.instructions, version);
  },
  decode: (reader, { version }) => decodeFlowMod(reader, version),
  format: (message, options) => `${message.command} ${formatFlow(message, options)}`,
};

function decodeFlowMod(reader: Reader, version: Version): FlowMod {
  const cookie = reader.u64();
  const cookieMask = reader.u64();
  const table = reader.u8();
  const command = commands.strictName(reader.u8(), reader.offset - 1);
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  const priority = reader.u16();
  const bufferId = reader.u32();
  const outPort = reader.u32();
  const outGroup = reader.u32();
  const flags = reader.u16();
  const importance = reader.u16();
  const match = decodeMatch(reader);
  const instructions = decodeInstructions(reader, version);
  const message: Draft = { type: 'flow-mod', command, table, priority, cookie, match, instructions };
  const names = flowFlags.names(flags);
  if (names.length > 0) message.flags = names;
  setUnusual(message, 'cookieMask', cookieMask, 0n);
  setUnusual(message, 'idleTimeout', idleTimeout, 0);
  setUnusual(message, 'hardTimeout', hardTimeout, 0);
  setUnusual(message, 'bufferId', bufferId, noBuffer);
  setUnusual(message, 'outPort', outPort, ports.any);
  setUnusual(message, 'outGroup', outGroup, groups.any);
  if (version >= 5) setUnusual(message, 'importance', importance, 0);
  return message;
}

/** 1.5: `u8 table, u8 reason, u16 priority, u16 idle, u16 hard, u64 cookie, match, statistics`. */
function encodeFlowRemoved15(writer: Writer, message: FlowRemoved): void {
  writer.u8(message.table, 'table');
  writer.u8(removedReasons.number(message.reason));
  writer.u16(message.priority, 'priority');
  writer.u16(message.idleTimeout, 'idleTimeout');
  writer.u16(message.hardTimeout, 'hardTimeout');
  writer.u64(message.cookie, 'cookie');
  encodeMatch(writer, message.match, 6);
  encodeFlowStatistics(writer, message);
}

function decodeFlowRemoved15(reader: Reader): FlowRemoved {
  const table = reader.u8();
  const reason = removedReasons.name(reader.u8());
  const priority = reader.u16();
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  const cookie = reader.u64();
  const match = decodeMatch(reader);
  const statistics = decodeFlowStatistics(reader);
  return {
    type: 'flow-removed',
    reason,
    table,
    priority,
    cookie,
    idleTimeout,
    hardTimeout,
    match,
    ...statistics,
  };
}

/**
 * Before 1.5: `u64 cookie, u16 priority, u8 reason, u8 table, u32 seconds, u32 nanoseconds, u16 idle, u16 hard,
 * u64 packets, u64 bytes, match`.
 */
function encodeFlowRemoved13(writer: Writer, message: FlowRemoved, version: Version): void {
  writer.u64(message.cookie, 'cookie');
  writer.u16(message.priority, 'priority');
  writer.u8(removedReasons.number(message.reason));
  writer.u8(message.table, 'table');
  writer.u32(message.durationSeconds ?? 0, 'durationSeconds');
  writer.u32(message.durationNanoseconds ?? 0, 'durationNanoseconds');
  writer.u16(message.idleTimeout, 'idleTimeout');
  writer.u16(message.hardTimeout, 'hardTimeout');
  writer.u64(message.packetCount ?? 0n, 'packetCount');
  writer.u64(message.byteCount ?? 0n, 'byteCount');
  encodeMatch(writer, message.match, version);
}

function decodeFlowRemoved13(reader: Reader): FlowRemoved {
  const cookie = reader.u64();
  const priority = reader.u16();
  const reason = removedReasons.name(reader.u8());
  const table = reader.u8();
  const durationSeconds = reader.u32();
  const durationNanoseconds = reader.u32();
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  const packetCount = reader.u64();
  const byteCount = reader.u64();
  const match = decodeMatch(reader);
  const statistics = { durationSeconds, durationNanoseconds, packetCount, byteCount };
  return {
    type: 'flow-removed',
    reason,
    table,
    priority,
    cookie,
    idleTimeout,
    hardTimeout,
    match,
    ...statistics,
  };
}

export const flowRemoved: MessageCodec<FlowRemoved> = {
  type: 'flow-removed',
  forms: [{ number: 11 }],
  encode(writer, message, { version }) {
    if (version === 6) encodeFlowRemoved15(writer, message);
    else encodeFlowRemoved13(writer, message, version);
  },
  decode: (reader, { version }) =>
    version === 6 ? decodeFlowRemoved15(reader) : decodeFlowRemoved13(reader),
};

/** What a flow description says without its table, in reading order. */
type Fixed = Pick<
  FlowDescription,
  'priority' | 'idleTimeout' | 'hardTimeout' | 'flags' | 'importance' | 'cookie'
>;

function encodeFixed(writer: Writer, flow: Fixed): void {
  writer.u16(flow.priority, 'priority');
  writer.u16(flow.idleTimeout, 'idleTimeout');
  writer.u16(flow.hardTimeout, 'hardTimeout');
  writer.u16(flowFlags.bits(flow.flags));
  writer.u16(flow.importance, 'importance');
}

/**
 * 1.5: `u16 length, 2 zeros, u8 table, zero, u16 priority, u16 idle, u16 hard, u16 flags, u16 importance, u64 cookie, match,
 * statistics, instructions`. Before: `u16 length, u8 table, zero, u32 seconds, u32 nanoseconds`, the same up to importance,
 * `2 zeros, u64 cookie, u64 packets, u64 bytes, match, instructions`.
 */
export function encodeFlowDescription(writer: Writer, flow: FlowDescription, version: Version): void {
  const start = writer.length;
  writer.u16(0);
  if (version === 6) {
    writer.pad(2);
    writer.u8(flow.table, 'table');
    writer.pad(1);
    encodeFixed(writer, flow);
    writer.u64(flow.cookie, 'cookie');
    encodeMatch(writer, flow.match, version);
    encodeFlowStatistics(writer, flow);
  } else {
    writer.u8(flow.table, 'table');
    writer.pad(1);
    writer.u32(flow.durationSeconds ?? 0, 'durationSeconds');
    writer.u32(flow.durationNanoseconds ?? 0, 'durationNanoseconds');
    encodeFixed(writer, flow);
    writer.pad(2);
    writer.u64(flow.cookie, 'cookie');
    writer.u64(flow.packetCount ?? 0n, 'packetCount');
    writer.u64(flow.byteCount ?? 0n, 'byteCount');
    encodeMatch(writer, flow.match, version);
  }
  encodeInstructions(writer, flow.instructions, version);
  writer.patch16(start, writer.length - start, 'the flow');
}

function decodeFixed(reader: Reader): Omit<Fixed, 'cookie'> {
  const priority = reader.u16();
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  const flags = flowFlags.names(reader.u16());
  return { priority, idleTimeout, hardTimeout, flags, importance: reader.u16() };
}

function decodeBody15(reader: Reader): Omit<FlowDescription, 'instructions'> {
  reader.skip(2);
  const table = reader.u8();
  reader.skip(1);
  const fixed = decodeFixed(reader);
  const cookie = reader.u64();
  const match = decodeMatch(reader);
  return { table, ...fixed, cookie, match, ...decodeFlowStatistics(reader) };
}

function decodeBody13(reader: Reader): Omit<FlowDescription, 'instructions'> {
  const table = reader.u8();
  reader.skip(1);
  const durationSeconds = reader.u32();
  const durationNanoseconds = reader.u32();
  const fixed = decodeFixed(reader);
  reader.skip(2);
  const cookie = reader.u64();
  const packetCount = reader.u64();
  const byteCount = reader.u64();
  const match = decodeMatch(reader);
  return { table, ...fixed, cookie, match, durationSeconds, durationNanoseconds, packetCount, byteCount };
}

/** Reads what `encodeFlowDescription` wrote. */
export function decodeFlowDescription(reader: Reader, version: Version): FlowDescription {
  const start = reader.offset;
  const length = reader.u16();
  if (length < 24) reader.fail('OPENFLOW_BAD_LENGTH', `a flow has a length of ${length}`, start);
  const outer = reader.enter(length - 2);
  const body = version === 6 ? decodeBody15(reader) : decodeBody13(reader);
  const instructions = decodeInstructions(reader, version);
  reader.leave(outer);
  return { ...body, instructions };
}
