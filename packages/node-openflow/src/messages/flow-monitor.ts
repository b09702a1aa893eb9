import { decodeMatch, encodeMatch } from '../fields/oxm.ts';
import { decodeInstructions, encodeInstructions } from '../instructions/registry.ts';
import { allTables, groups, ports } from '../ports.ts';
import { bitSet, enumeration } from '../wire/enumeration.ts';
import { decodeList } from '../wire/layout.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { emptyMessage, type MessageCodec, onfExperimenter } from './codec.ts';
import { removedReasons } from './flow-mod.ts';
import type {
  FlowMonitorCancel,
  FlowMonitorPaused,
  FlowMonitorRequest,
  FlowMonitorResumed,
  FlowUpdate,
} from './flow-monitor-types.ts';
import { listOf, type PartCodec, type RequestOf } from './multipart-codec.ts';
import type { Version } from './types.ts';

const monitorFlags = bitSet('flow monitor flag', {
  initial: 1,
  add: 2,
  removed: 4,
  modify: 8,
  instructions: 16,
  'no-abbreviations': 32,
  'only-own': 64,
});
const commands = enumeration('flow monitor command', ['add', 'modify', 'delete']);
const events14 = enumeration('flow update', [
  'initial',
  'added',
  'removed',
  'modified',
  'abbreviated',
  'paused',
  'resumed',
]);
/** In 1.3 flows that were there before are "added" too. */
const events13 = enumeration('flow update', ['added', 'removed', 'modified', 'abbreviated']);

/**
 * Since 1.4: `u32 monitor, u32 out port, u32 out group, u16 flags, u8 table, u8 command, match`.
 * 1.3: `u32 monitor, u16 flags, u16 length of the match, u32 out port, u8 table, 3 zeros, match`.
 */
function encodeMonitor(writer: Writer, monitor: FlowMonitorRequest, version: Version): void {
  const start = writer.length;
  writer.u32(monitor.monitor, 'monitor');
  if (version === 4) {
    writer.u16(monitorFlags.bits(monitor.flags));
    writer.pad(2);
    writer.u32(monitor.outPort ?? ports.any, 'outPort');
    writer.u8(monitor.table ?? allTables, 'table');
    writer.pad(3);
  } else {
    writer.u32(monitor.outPort ?? ports.any, 'outPort');
    writer.u32(monitor.outGroup ?? groups.any, 'outGroup');
    writer.u16(monitorFlags.bits(monitor.flags));
    writer.u8(monitor.table ?? allTables, 'table');
    writer.u8(commands.number(monitor.command ?? 'add'));
  }
  const matchStart = writer.length;
  encodeMatch(writer, monitor.match ?? [], version);
  if (version === 4) writer.patch16(start + 6, unpaddedMatchLength(writer, matchStart), 'the match');
}

/** The length that a match says it has, which does not include its padding. */
function unpaddedMatchLength(writer: Writer, start: number): number {
  return ((writer.bytes[start + 2] as number) << 8) | (writer.bytes[start + 3] as number);
}

function decodeMonitor(reader: Reader, version: Version): FlowMonitorRequest {
  const monitor = reader.u32();
  let flags: FlowMonitorRequest['flags'];
  let outPort: number;
  let outGroup: number = groups.any;
  let table: number;
  let command: NonNullable<FlowMonitorRequest['command']> = 'add';
  if (version === 4) {
    flags = monitorFlags.names(reader.u16());
    reader.skip(2);
    outPort = reader.u32();
    table = reader.u8();
    reader.skip(3);
  } else {
    outPort = reader.u32();
    outGroup = reader.u32();
    flags = monitorFlags.names(reader.u16());
    table = reader.u8();
    command = commands.strictName(reader.u8(), reader.offset - 1);
  }
  // Deletions of Open vSwitch end here.
  const match = reader.remaining > 0 ? decodeMatch(reader) : [];
  return {
    monitor,
    ...(command === 'add' ? {} : { command }),
    flags,
    ...(table === allTables ? {} : { table }),
    ...(outPort === ports.any ? {} : { outPort }),
    ...(outGroup === groups.any ? {} : { outGroup }),
    ...(match.length === 0 ? {} : { match }),
  };
}

type FullUpdate = Extract<FlowUpdate, { match: unknown }>;

/**
 * Since 1.4: `u8 table, u8 reason, u16 idle, u16 hard, u16 priority, 4 zeros, u64 cookie, match, instructions`.
 * 1.3: `u16 reason, u16 priority, u16 idle, u16 hard, u16 length of the match, u8 table, zero, u64 cookie`, the same.
 */
function encodeFull(writer: Writer, update: FullUpdate, version: Version): void {
  const reason = removedReasons.number(update.reason ?? 'idle-timeout');
  const start = writer.length;
  if (version === 4) {
    writer.u16(reason, 'reason');
    writer.u16(update.priority, 'priority');
    writer.u16(update.idleTimeout, 'idleTimeout');
    writer.u16(update.hardTimeout, 'hardTimeout');
    writer.pad(2);
    writer.u8(update.table, 'table');
    writer.pad(1);
  } else {
    writer.u8(update.table, 'table');
    writer.u8(reason, 'reason');
    writer.u16(update.idleTimeout, 'idleTimeout');
    writer.u16(update.hardTimeout, 'hardTimeout');
    writer.u16(update.priority, 'priority');
    writer.pad(4);
  }
  writer.u64(update.cookie, 'cookie');
  const matchStart = writer.length;
  encodeMatch(writer, update.match, version);
  if (version === 4) writer.patch16(start + 8, unpaddedMatchLength(writer, matchStart), 'the match');
  encodeInstructions(writer, update.instructions, version);
}

function decodeFull(reader: Reader, event: FullUpdate['event'], version: Version): FlowUpdate {
  const old = version === 4;
  let table = old ? 0 : reader.u8();
  const reason = removedReasons.name(old ? reader.u16() : reader.u8());
  let priority = old ? reader.u16() : 0;
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  if (old) {
    reader.skip(2);
    table = reader.u8();
    reader.skip(1);
  } else {
    priority = reader.u16();
    reader.skip(4);
  }
  const cookie = reader.u64();
  const match = decodeMatch(reader);
  const instructions = decodeInstructions(reader, version);
  const why = event === 'removed' ? { reason } : {};
  return { event, table, ...why, priority, idleTimeout, hardTimeout, cookie, match, instructions };
}

/** `u16 length, u16 event`, then as the event wants: a flow, `u32 xid`, or 4 zeros. */
function encodeUpdate(writer: Writer, update: FlowUpdate, version: Version): void {
  const start = writer.length;
  writer.u16(0);
  const { event } = update;
  writer.u16(version === 4 ? events13.number(event as 'added') : events14.number(event));
  if ('match' in update) encodeFull(writer, update, version);
  else writer.u32('xid' in update ? update.xid : 0, 'xid');
  writer.patch16(start, writer.length - start, 'the flow update');
}

function decodeUpdate(reader: Reader, version: Version): FlowUpdate {
  const start = reader.offset;
  const length = reader.u16();
  if (length < 8) reader.fail('OPENFLOW_BAD_LENGTH', `a flow update has a length of ${length}`, start);
  const outer = reader.enter(length - 2);
  const events = version === 4 ? events13 : events14;
  const event: FlowUpdate['event'] = events.strictName(reader.u16(), start + 2);
  let update: FlowUpdate;
  if (event === 'abbreviated') update = { event, xid: reader.u32() };
  else if (event === 'paused' || event === 'resumed') update = { event };
  else update = decodeFull(reader, event, version);
  reader.leave(outer);
  return update;
}

export const flowMonitorPart: PartCodec = {
  part: 'flow-monitor',
  forms: [
    { number: 16, versions: [5, 6] },
    { number: 1870, experimenter: onfExperimenter, versions: [4, 4] },
  ],
  encodeRequest(writer, { monitors }: RequestOf<'flow-monitor'>, version) {
    for (const monitor of monitors) encodeMonitor(writer, monitor, version);
  },
  decodeRequest: (reader, version) => ({
    monitors: decodeList(reader, () => decodeMonitor(reader, version)),
  }),
  ...listOf<FlowUpdate>('updates', encodeUpdate, decodeUpdate),
};

/** `u32 monitor`. */
export const flowMonitorCancel: MessageCodec<FlowMonitorCancel> = {
  type: 'flow-monitor-cancel',
  forms: [{ number: 1870, experimenter: onfExperimenter, versions: [4, 4] }],
  encode: (writer, message) => writer.u32(message.monitor, 'monitor'),
  decode: (reader) => ({ type: 'flow-monitor-cancel', monitor: reader.u32() }),
};

export const flowMonitorPaused = emptyMessage<FlowMonitorPaused>(
  { type: 'flow-monitor-paused' },
  { number: 1871, experimenter: onfExperimenter, versions: [4, 4] },
);
export const flowMonitorResumed = emptyMessage<FlowMonitorResumed>(
  { type: 'flow-monitor-resumed' },
  { number: 1872, experimenter: onfExperimenter, versions: [4, 4] },
);
