import { OpenFlowError } from '../errors.ts';
import { decodeMatch, encodeMatch } from '../fields/oxm.ts';
import { allTables, groups, meters, ports } from '../ports.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { MessageCodec } from './codec.ts';
import { decodeFlowDescription, encodeFlowDescription } from './flow-mod.ts';
import { decodeFlowStatistics, encodeFlowStatistics } from './flow-statistics.ts';
import { decodeGroupDescription, encodeGroupDescription } from './group.ts';
import { decodeMeterDescription, encodeMeterDescription } from './meter.ts';
import type { FlowSelection, MultipartReply, MultipartRequest } from './multipart-types.ts';
import { decodePort, decodePortStatistics, encodePort, encodePortStatistics } from './port.ts';
import type { Version } from './types.ts';

type Part = Exclude<MultipartReply['part'], 'unknown'>;
type RequestOf<P extends Part> = Extract<MultipartRequest, { part: P }>;
type ReplyOf<P extends Part> = Extract<MultipartReply, { part: P }>;
type Body<M> = Omit<M, 'type' | 'part' | 'more'>;

/** All there is to know about one kind of multipart message. Bodies begin behind `u16 part, u16 flags, 4 zeros`. */
interface PartCodec<P extends Part> {
  readonly part: P;
  readonly number: number;
  encodeRequest(writer: Writer, request: RequestOf<P>, version: Version): void;
  decodeRequest(reader: Reader, version: Version): Body<RequestOf<P>>;
  encodeReply(writer: Writer, reply: ReplyOf<P>, version: Version): void;
  decodeReply(reader: Reader, version: Version): Body<ReplyOf<P>>;
  /** Joins the replies of one request, first to last. */
  join(replies: readonly ReplyOf<P>[]): ReplyOf<P>;
}

const allOnes = 0xffff_ffff_ffff_ffffn;

function list<Item>(reader: Reader, decode: (reader: Reader) => Item): Item[] {
  const items: Item[] = [];
  while (reader.remaining > 0) items.push(decode(reader));
  return items;
}

/** A reply that is one thing comes in one piece. */
function onlyOne<R extends MultipartReply>(replies: readonly R[]): R {
  return replies[0] as R;
}

/** `u8 table, 3 zeros, u32 out port, u32 out group, 4 zeros, u64 cookie, u64 cookie mask, match`. */
function encodeSelection(writer: Writer, selection: FlowSelection, version: Version): void {
  writer.u8(selection.table ?? allTables, 'table');
  writer.pad(3);
  writer.u32(selection.outPort ?? ports.any, 'outPort');
  writer.u32(selection.outGroup ?? groups.any, 'outGroup');
  writer.pad(4);
  writer.u64(selection.cookie ?? 0n, 'cookie');
  writer.u64(selection.cookieMask ?? (selection.cookie === undefined ? 0n : allOnes), 'cookieMask');
  encodeMatch(writer, selection.match ?? [], version);
}

function decodeSelection(reader: Reader): FlowSelection {
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
}

const texts = [
  ['manufacturer', 256],
  ['hardware', 256],
  ['software', 256],
  ['serialNumber', 32],
  ['datapath', 256],
] as const;

/** Reply: five texts of fixed length. */
const description: PartCodec<'description'> = {
  part: 'description',
  number: 0,
  encodeRequest: () => undefined,
  decodeRequest: () => ({}),
  encodeReply(writer, reply) {
    for (const [name, length] of texts) writer.text(reply[name], length, name);
  },
  decodeReply: (reader) =>
    Object.fromEntries(texts.map(([name, length]) => [name, reader.text(length)])) as Body<
      ReplyOf<'description'>
    >,
  join: onlyOne,
};

const flowDesc: PartCodec<'flow-desc'> = {
  part: 'flow-desc',
  number: 1,
  encodeRequest: encodeSelection,
  decodeRequest: decodeSelection,
  encodeReply(writer, reply, version) {
    for (const flow of reply.flows) encodeFlowDescription(writer, flow, version);
  },
  decodeReply: (reader, version) => ({ flows: list(reader, () => decodeFlowDescription(reader, version)) }),
  join: (replies) => ({
    type: 'multipart-reply',
    part: 'flow-desc',
    flows: replies.flatMap(({ flows }) => flows),
  }),
};

/** Reply in 1.5: statistics; before: `u64 packets, u64 bytes, u32 flows, 4 zeros`. */
const aggregate: PartCodec<'aggregate'> = {
  part: 'aggregate',
  number: 2,
  encodeRequest: encodeSelection,
  decodeRequest: decodeSelection,
  encodeReply(writer, { packetCount, byteCount, flowCount }, version) {
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

/** A request for one thing or all: `u32 number, 4 zeros`. */
function encodeNumber(writer: Writer, number: number, what: string): void {
  writer.u32(number, what);
  writer.pad(4);
}

const portDesc: PartCodec<'port-desc'> = {
  part: 'port-desc',
  number: 13,
  encodeRequest(writer, request, version) {
    if (version === 6) encodeNumber(writer, request.port ?? ports.any, 'port');
  },
  decodeRequest(reader, version) {
    const port = version === 6 ? reader.u32() : ports.any;
    return port === ports.any ? {} : { port };
  },
  encodeReply(writer, reply, version) {
    for (const port of reply.ports) encodePort(writer, port, version);
  },
  decodeReply: (reader, version) => ({ ports: list(reader, () => decodePort(reader, version)) }),
  join: (replies) => ({
    type: 'multipart-reply',
    part: 'port-desc',
    ports: replies.flatMap((reply) => reply.ports),
  }),
};

const portStats: PartCodec<'port-stats'> = {
  part: 'port-stats',
  number: 4,
  encodeRequest: (writer, request) => encodeNumber(writer, request.port ?? ports.any, 'port'),
  decodeRequest(reader) {
    const port = reader.u32();
    return port === ports.any ? {} : { port };
  },
  encodeReply(writer, reply, version) {
    for (const port of reply.ports) encodePortStatistics(writer, port, version);
  },
  decodeReply: (reader, version) => ({ ports: list(reader, () => decodePortStatistics(reader, version)) }),
  join: (replies) => ({
    type: 'multipart-reply',
    part: 'port-stats',
    ports: replies.flatMap((reply) => reply.ports),
  }),
};

const groupDesc: PartCodec<'group-desc'> = {
  part: 'group-desc',
  number: 7,
  encodeRequest(writer, request, version) {
    if (version === 6) encodeNumber(writer, request.group ?? groups.all, 'group');
  },
  decodeRequest(reader, version) {
    const group = version === 6 ? reader.u32() : groups.all;
    return group === groups.all ? {} : { group };
  },
  encodeReply(writer, reply, version) {
    for (const group of reply.groups) encodeGroupDescription(writer, group, version);
  },
  decodeReply: (reader, version) => ({ groups: list(reader, () => decodeGroupDescription(reader, version)) }),
  join: (replies) => ({
    type: 'multipart-reply',
    part: 'group-desc',
    groups: replies.flatMap((reply) => reply.groups),
  }),
};

const meterDesc: PartCodec<'meter-desc'> = {
  part: 'meter-desc',
  number: 10,
  encodeRequest: (writer, request) => encodeNumber(writer, request.meter ?? meters.all, 'meter'),
  decodeRequest(reader) {
    const meter = reader.u32();
    return meter === meters.all ? {} : { meter };
  },
  encodeReply(writer, reply) {
    for (const meter of reply.meters) encodeMeterDescription(writer, meter);
  },
  decodeReply: (reader) => ({ meters: list(reader, decodeMeterDescription) }),
  join: (replies) => ({
    type: 'multipart-reply',
    part: 'meter-desc',
    meters: replies.flatMap((reply) => reply.meters),
  }),
};

/** A codec of whatever part. */
interface AnyPartCodec {
  readonly part: Part;
  readonly number: number;
  encodeRequest(writer: Writer, request: MultipartRequest, version: Version): void;
  decodeRequest(reader: Reader, version: Version): object;
  encodeReply(writer: Writer, reply: MultipartReply, version: Version): void;
  decodeReply(reader: Reader, version: Version): object;
  join(replies: readonly MultipartReply[]): MultipartReply;
}

/** Every kind of multipart message there is. */
const partCodecs: readonly AnyPartCodec[] = [
  description,
  flowDesc,
  aggregate,
  portDesc,
  portStats,
  groupDesc,
  meterDesc,
];

const byPart = new Map<string, AnyPartCodec>(partCodecs.map((codec) => [codec.part, codec]));
const byNumber = new Map(partCodecs.map((codec) => [codec.number, codec]));
const moreFlag = 1;

function partOf(message: MultipartRequest | MultipartReply): AnyPartCodec {
  const codec = byPart.get(message.part);
  if (codec) return codec;
  throw new OpenFlowError('OPENFLOW_VALUE_RANGE', `there is no multipart "${String(message.part)}"`);
}

function encodeHead(writer: Writer, number: number, more: boolean | undefined): void {
  writer.u16(number, 'multipart type');
  writer.u16(more ? moreFlag : 0);
  writer.pad(4);
}

interface Head {
  readonly number: number;
  readonly codec: AnyPartCodec | undefined;
  readonly more: { readonly more?: true };
}

function decodeHead(reader: Reader): Head {
  const number = reader.u16();
  const flags = reader.u16();
  reader.skip(4);
  return { number, codec: byNumber.get(number), more: flags & moreFlag ? { more: true } : {} };
}

export const multipartRequest: MessageCodec<MultipartRequest> = {
  type: 'multipart-request',
  forms: [{ number: 18 }],
  encode(writer, message, { version }) {
    if (message.part === 'unknown') {
      encodeHead(writer, message.partType, message.more);
      writer.raw(message.body);
      return;
    }
    const codec = partOf(message);
    encodeHead(writer, codec.number, message.more);
    codec.encodeRequest(writer, message, version);
  },
  decode(reader, { version }) {
    const { number, codec, more } = decodeHead(reader);
    const type = 'multipart-request';
    if (!codec) return { type, part: 'unknown', partType: number, ...more, body: reader.rest() };
    return { type, part: codec.part, ...more, ...codec.decodeRequest(reader, version) } as MultipartRequest;
  },
};

export const multipartReply: MessageCodec<MultipartReply> = {
  type: 'multipart-reply',
  forms: [{ number: 19 }],
  encode(writer, message, { version }) {
    if (message.part === 'unknown') {
      encodeHead(writer, message.partType, message.more);
      writer.raw(message.body);
      return;
    }
    const codec = partOf(message);
    encodeHead(writer, codec.number, message.more);
    codec.encodeReply(writer, message, version);
  },
  decode(reader, { version }) {
    const { number, codec, more } = decodeHead(reader);
    const type = 'multipart-reply';
    if (!codec) return { type, part: 'unknown', partType: number, ...more, body: reader.rest() };
    return { type, part: codec.part, ...more, ...codec.decodeReply(reader, version) } as MultipartReply;
  },
};

/** One reply out of the replies to one request; all are of the same part. */
export function joinReplies(replies: readonly MultipartReply[]): MultipartReply {
  const first = replies[0] as MultipartReply;
  if (first.part !== 'unknown') return partOf(first).join(replies);
  const bodies = replies.flatMap((reply) => (reply.part === 'unknown' ? [reply.body] : []));
  return {
    type: 'multipart-reply',
    part: 'unknown',
    partType: first.partType,
    body: new Uint8Array(Buffer.concat(bodies)),
  };
}
