import { decodeMatch, encodeMatch } from '../fields/oxm.ts';
import { allTables, groups, ports } from '../ports.ts';
import { decodeList } from '../wire/layout.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { FlowSelection, MultipartReply, MultipartRequest } from './multipart-types.ts';
import type { Version } from './types.ts';

export type Part = Exclude<MultipartReply['part'], 'unknown'>;
export type RequestOf<P extends Part> = Extract<MultipartRequest, { part: P }>;
export type ReplyOf<P extends Part> = Extract<MultipartReply, { part: P }>;

/** One number under which a kind of multipart message travels. */
export interface PartForm {
  /** Type, or subtype of an experimenter's. */
  readonly number: number;
  readonly experimenter?: number;
  /** First and last version that have it; all when absent. */
  readonly versions?: readonly [first: Version, last: Version];
}

/**
 * All there is to know about one kind of multipart message. Bodies begin behind `u16 part, u16 flags, 4 zeros`; decoding gives
 * the properties of the message that are in the body.
 */
export interface PartCodec {
  readonly part: Part;
  readonly forms: readonly PartForm[];
  encodeRequest(writer: Writer, request: MultipartRequest, version: Version): void;
  decodeRequest(reader: Reader, version: Version): object;
  encodeReply(writer: Writer, reply: MultipartReply, version: Version): void;
  decodeReply(reader: Reader, version: Version): object;
  /** Joins the replies to one request, first to last. */
  join(replies: readonly MultipartReply[]): MultipartReply;
}

export type RequestHalf = Pick<PartCodec, 'encodeRequest' | 'decodeRequest'>;
export type ReplyHalf = Pick<PartCodec, 'encodeReply' | 'decodeReply' | 'join'>;

export const allOnes = 0xffff_ffff_ffff_ffffn;

/** `u8 table, 3 zeros, u32 out port, u32 out group, 4 zeros, u64 cookie, u64 cookie mask, match`. */
export const flowSelection: RequestHalf = {
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
      ...(cookie === 0n && cookieMask === 0n ? {} : { cookie, cookieMask }),
      ...(match.length === 0 ? {} : { match }),
    };
  },
};

/** A request that says nothing more. */
export const plainRequest: RequestHalf = { encodeRequest: () => undefined, decodeRequest: () => ({}) };

/** A request about one thing or all of them: `u32 number, 4 zeros`. Before the version `since` it is always about all. */
export function oneOrAll(property: string, all: number, since: Version): RequestHalf {
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
export function listOf<Item>(
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
      return { [property]: decodeList(reader, () => decode(reader, version)) };
    },
    join(replies) {
      const { type, part } = replies[0] as MultipartReply;
      return { type, part, [property]: replies.flatMap(items) } as unknown as MultipartReply;
    },
  };
}

/** A reply that is one thing comes in one piece. */
export function onlyOne(replies: readonly MultipartReply[]): MultipartReply {
  return replies[0] as MultipartReply;
}

/** A reply that is one structure. */
export function single(
  encode: (writer: Writer, value: never, version: Version) => void,
  decode: (reader: Reader, version: Version) => object,
): ReplyHalf {
  return {
    encodeReply: (writer, reply, version) => encode(writer, reply as never, version),
    decodeReply: decode,
    join: onlyOne,
  };
}
