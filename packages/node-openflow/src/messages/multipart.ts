import { OpenFlowError } from '../errors.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { MessageCodec } from './codec.ts';
import type { PartCodec, PartForm } from './multipart-codec.ts';
import { partCodecs } from './multipart-parts.ts';
import type { MultipartReply, MultipartRequest } from './multipart-types.ts';
import type { Version } from './types.ts';

/*
 * Multipart messages (OpenFlow 1.5.1, section 7.3.5): `u16 part, u16 flags (1: more follow), 4 zeros`, body. The body of
 * part 0xffff begins with `u32 experimenter, u32 subtype`.
 */

const experimenterPart = 0xffff;
const moreFlag = 1;

type Multipart = MultipartRequest | MultipartReply;
interface Entry {
  readonly codec: PartCodec;
  readonly form: PartForm;
}

function formKey(number: number, experimenter: number): number {
  return experimenter * 0x1_0000 + number;
}

function entriesOf(version: Version): Entry[] {
  return partCodecs.flatMap((codec) =>
    codec.forms
      .filter(({ versions: [first, last] = [4, 6] }) => version >= first && version <= last)
      .map((form) => ({ codec, form })),
  );
}

function tablesOf(version: Version) {
  const entries = entriesOf(version);
  return {
    byPart: new Map<string, Entry>(entries.map((entry) => [entry.codec.part, entry])),
    byNumber: new Map(
      entries.map((entry) => [formKey(entry.form.number, entry.form.experimenter ?? 0), entry.codec]),
    ),
  };
}

const tables = { 4: tablesOf(4), 5: tablesOf(5), 6: tablesOf(6) };
const codecsByPart = new Map<string, PartCodec>(partCodecs.map((codec) => [codec.part, codec]));

function partOf(message: Multipart, version: Version): Entry {
  const entry = tables[version].byPart.get(message.part);
  if (entry) return entry;
  if (codecsByPart.has(message.part)) {
    throw new OpenFlowError(
      'OPENFLOW_NOT_IN_VERSION',
      `there is no multipart "${message.part}" in version ${version} of the protocol`,
    );
  }
  throw new OpenFlowError('OPENFLOW_VALUE_RANGE', `there is no multipart "${String(message.part)}"`);
}

/** Writes what is in front of the body, and bodies of unknown parts; returns the codec for the other ones. */
function encodeHead(writer: Writer, message: Multipart, version: Version): PartCodec | undefined {
  const entry = message.part === 'unknown' ? undefined : partOf(message, version);
  const { number, experimenter } = entry?.form ?? {};
  const part = message.part === 'unknown' ? message.partType : number;
  writer.u16(experimenter === undefined ? (part as number) : experimenterPart, 'multipart type');
  writer.u16(message.more ? moreFlag : 0);
  writer.pad(4);
  if (message.part === 'unknown') writer.raw(message.body);
  if (experimenter !== undefined) {
    writer.u32(experimenter);
    writer.u32(number as number);
  }
  return entry?.codec;
}

function findCodec(reader: Reader, partType: number, version: Version): PartCodec | undefined {
  const { byNumber } = tables[version];
  if (partType !== experimenterPart || reader.remaining < 8) return byNumber.get(partType);
  const start = reader.offset;
  const experimenter = reader.u32();
  const codec = byNumber.get(formKey(reader.u32(), experimenter));
  if (!codec) reader.offset = start;
  return codec;
}

type DecodeBody = (codec: PartCodec, reader: Reader) => object;

function decodeMultipart(
  reader: Reader,
  type: Multipart['type'],
  version: Version,
  decodeBody: DecodeBody,
): object {
  const partType = reader.u16();
  const more = reader.u16() & moreFlag ? { more: true } : {};
  reader.skip(4);
  const codec = findCodec(reader, partType, version);
  if (!codec) return { type, part: 'unknown', partType, ...more, body: reader.rest() };
  return { type, part: codec.part, ...more, ...decodeBody(codec, reader) };
}

export const multipartRequest: MessageCodec<MultipartRequest> = {
  type: 'multipart-request',
  forms: [{ number: 18 }],
  encode: (writer, message, { version }) =>
    encodeHead(writer, message, version)?.encodeRequest(writer, message, version),
  decode: (reader, { version }) =>
    decodeMultipart(reader, 'multipart-request', version, (codec, body) =>
      codec.decodeRequest(body, version),
    ) as MultipartRequest,
};

export const multipartReply: MessageCodec<MultipartReply> = {
  type: 'multipart-reply',
  forms: [{ number: 19 }],
  encode: (writer, message, { version }) =>
    encodeHead(writer, message, version)?.encodeReply(writer, message, version),
  decode: (reader, { version }) =>
    decodeMultipart(reader, 'multipart-reply', version, (codec, body) =>
      codec.decodeReply(body, version),
    ) as MultipartReply,
};

/** One reply out of the replies to one request; all are of the same part. */
export function joinReplies(replies: readonly MultipartReply[]): MultipartReply {
  const first = replies[0] as MultipartReply;
  if (first.part !== 'unknown') return (codecsByPart.get(first.part) as PartCodec).join(replies);
  const bodies = replies.flatMap((reply) => (reply.part === 'unknown' ? [reply.body] : []));
  const body = new Uint8Array(bodies.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of bodies) {
    body.set(part, at);
    at += part.length;
  }
  return { type: 'multipart-reply', part: 'unknown', partType: first.partType, body };
}
