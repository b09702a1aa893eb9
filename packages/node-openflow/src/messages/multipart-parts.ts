import { decodeMatch, encodeMatch } from '../fields/oxm.ts';
import { allTables, groups, meters, ports } from '../ports.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { decodeFlowDescription, encodeFlowDescription } from './flow-mod.ts';
import type { FlowDescription } from './flow-mod-types.ts';
import { decodeFlowStatistics, encodeFlowStatistics } from './flow-statistics.ts';
import { decodeGroupDescription, encodeGroupDescription } from './group.ts';
import type { GroupDescription, MeterDescription } from './group-meter-types.ts';
import { decodeMeterDescription, encodeMeterDescription } from './meter.ts';
import type { FlowSelection, MultipartReply, MultipartRequest } from './multipart-types.ts';
import { decodePort, decodePortStatistics, encodePort, encodePortStatistics } from './port.ts';
import type { PortDescription, PortStatistics } from './port-types.ts';
import type { Version } from './types.ts';

type Part = Exclude<MultipartReply['part'], 'unknown'>;
type ReplyOf<P extends Part> = Extract<MultipartReply, { part: P }>;

/**
 * All there is to know about one kind of multipart message. Bodies begin behind `u16 part, u16 flags, 4 zeros`; decoding gives
 * the properties of the message that are in the body.
 */
export interface PartCodec {
  readonly part: Part;
  readonly number: number;
  encodeRequest(writer: Writer, request: MultipartRequest, version: Version): void;
  decodeRequest(reader: Reader, version: Version): object;
  encodeReply(writer: Writer, reply: MultipartReply, version: Version): void;
  decodeReply(reader: Reader, version: Version): object;
  /** Joins the replies to one request, first to last. */
  join(replies: readonly MultipartReply[]): MultipartReply;
}

type RequestHalf = Pick<PartCodec, 'encodeRequest' | 'decodeRequest'>;
type ReplyHalf = Pick<PartCodec, 'encodeReply' | 'decodeReply' | 'join'>;

const allOnes = 0xffff_ffff_ffff_ffffn;

/** `u8 table, 3 zeros, u32 out port, u32 out group, 4 zeros, u64 cookie, u64 cookie mask, match`. */
const flowSelection: RequestHalf = {
  encodeRequest(writer, selection: MultipartRequest & FlowSelection, version) {
    writer.u8(selection.table ?? allTables, 'table');
    writer.pad(3);
    writer.u32(selection.outPort ?? ports.any, 'outPort');
    writer.u32(selection.outGroup ?? groups.any, 'outGroup');
    writer.pad(4);
    writer.u64(selection.cookie ?? 0n, 'cookie');
    writer.u64(selection.cookieMask ?? (selection.cookie === undefined ? 0n : allOnes), 'cookieMask');
    encodeMatch(writer, selection.match ?? [], version);
  },
  decodeRequest(reader): FlowSelection {
    const table = reader.u8();
    reader.skip(3);
    const outPort = reader.u32();
    const outGroup = reader.u32();
    reader.skip(4);
    const cookie = reader.u64();
    const cookieMask = reader.u64();
    const match = decodeMatch(reader);
    return {
      ...(table === allTables ? {} : { table }),
      ...(outPort === ports.any ? {} : { outPort }),
      ...(outGroup === groups.any ? {} : { outGroup }),
      ...(cookieMask === 0n ? {} : { cookie, cookieMask }),
      ...(match.length === 0 ? {} : { match }),
    };
  },
};

/** A request about one thing or all of them: `u32 number, 4 zeros`. Before the version `since` it is always about all. */
function oneOrAll(property: string, all: number, since: Version): RequestHalf {
  return {
    encodeRequest(writer, request, version) {
      if (version < since) return;
      writer.u32((Reflect.get(request, property) as number | undefined) ?? all, property);
      writer.pad(4);
    },
    decodeRequest(reader, version) {
      const number = version < since ? all : reader.u32();
      return number === all ? {} : { [property]: number };
    },
  };
}

/** A reply that is a list. */
function listOf<Item>(
  property: string,
  encode: (writer: Writer, item: Item, version: Version) => void,
  decode: (reader: Reader, version: Version) => Item,
): ReplyHalf {
  const items = (reply: MultipartReply) => Reflect.get(reply, property) as readonly Item[];
  return {
    encodeReply(writer, reply, version) {
      for (const item of items(reply)) encode(writer, item, version);
    },
    decodeReply(reader, version) {
      const list: Item[] = [];
      while (reader.remaining > 0) list.push(decode(reader, version));
      return { [property]: list };
    },
    join(replies) {
      const { type, part } = replies[0] as MultipartReply;
      return { type, part, [property]: replies.flatMap(items) } as unknown as MultipartReply;
    },
  };
}

/** A reply that is one thing comes in one piece. */
function onlyOne(replies: readonly MultipartReply[]): MultipartReply {
  return replies[0] as MultipartReply;
}

const texts = [
  ['manufacturer', 256],
  ['hardware', 256],
  ['software', 256],
  ['serialNumber', 32],
  ['datapath', 256],
] as const;

/** Reply: five texts of fixed length. */
const description: PartCodec = {
  part: 'description',
  number: 0,
  encodeRequest: () => undefined,
  decodeRequest: () => ({}),
  encodeReply(writer, reply: ReplyOf<'description'>) {
    for (const [name, length] of texts) writer.text(reply[name], length, name);
  },
  decodeReply: (reader) => Object.fromEntries(texts.map(([name, length]) => [name, reader.text(length)])),
  join: onlyOne,
};

/** Reply in 1.5: statistics; before: `u64 packets, u64 bytes, u32 flows, 4 zeros`. */
const aggregate: PartCodec = {
  part: 'aggregate',
  number: 2,
  ...flowSelection,
  encodeReply(writer, { packetCount, byteCount, flowCount }: ReplyOf<'aggregate'>, version) {
    if (version === 6) {
      encodeFlowStatistics(writer, { packetCount, byteCount, flowCount });
      return;
    }
    writer.u64(packetCount, 'packetCount');
    writer.u64(byteCount, 'byteCount');
    writer.u32(flowCount, 'flowCount');
    writer.pad(4);
  },
  decodeReply(reader, version) {
    if (version === 6) {
      const { packetCount = allOnes, byteCount = allOnes, flowCount = 0 } = decodeFlowStatistics(reader);
      return { packetCount, byteCount, flowCount };
    }
    const packetCount = reader.u64();
    const byteCount = reader.u64();
    return { packetCount, byteCount, flowCount: reader.u32() };
  },
  join: onlyOne,
};

/** Every kind of multipart message there is. To add one, write its codec and put it here. */
export const partCodecs: readonly PartCodec[] = [
  description,
  {
    part: 'flow-desc',
    number: 1,
    ...flowSelection,
    ...listOf<FlowDescription>('flows', encodeFlowDescription, decodeFlowDescription),
  },
  aggregate,
  {
    part: 'port-stats',
    number: 4,
    ...oneOrAll('port', ports.any, 4),
    ...listOf<PortStatistics>('ports', encodePortStatistics, decodePortStatistics),
  },
  {
    part: 'group-desc',
    number: 7,
    ...oneOrAll('group', groups.all, 6),
    ...listOf<GroupDescription>('groups', encodeGroupDescription, decodeGroupDescription),
  },
  {
    part: 'meter-desc',
    number: 10,
    ...oneOrAll('meter', meters.all, 4),
    ...listOf<MeterDescription>('meters', encodeMeterDescription, decodeMeterDescription),
  },
  {
    part: 'port-desc',
    number: 13,
    ...oneOrAll('port', ports.any, 6),
    ...listOf<PortDescription>('ports', encodePort, decodePort),
  },
];
