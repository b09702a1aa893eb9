import { OpenFlowError } from '../errors.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { MessageCodec } from './codec.ts';
import { type PartCodec, partCodecs } from './multipart-parts.ts';
import type { MultipartReply, MultipartRequest } from './multipart-types.ts';

/*
 * Multipart messages (OpenFlow 1.5.1, section 7.3.5): `u16 part, u16 flags (1: more follow), 4 zeros`, body.
 */

const byPart = new Map<string, PartCodec>(partCodecs.map((codec) => [codec.part, codec]));
const byNumber = new Map(partCodecs.map((codec) => [codec.number, codec]));
const moreFlag = 1;

type Multipart = MultipartRequest | MultipartReply;

function partOf(message: Multipart): PartCodec {
  const codec = byPart.get(message.part);
  if (codec) return codec;
  throw new OpenFlowError('OPENFLOW_VALUE_RANGE', `there is no multipart "${String(message.part)}"`);
}

/** Writes what is in front of the body, and bodies of unknown parts; returns the codec for the other ones. */
function encodeHead(writer: Writer, message: Multipart): PartCodec | undefined {
  const codec = message.part === 'unknown' ? undefined : partOf(message);
  writer.u16(message.part === 'unknown' ? message.partType : partOf(message).number, 'multipart type');
  writer.u16(message.more ? moreFlag : 0);
  writer.pad(4);
  if (message.part === 'unknown') writer.raw(message.body);
  return codec;
}

type DecodeBody = (codec: PartCodec, reader: Reader) => object;

function decodeMultipart(reader: Reader, type: Multipart['type'], decodeBody: DecodeBody): object {
  const partType = reader.u16();
  const more = reader.u16() & moreFlag ? { more: true } : {};
  reader.skip(4);
  const codec = byNumber.get(partType);
  if (!codec) return { type, part: 'unknown', partType, ...more, body: reader.rest() };
  return { type, part: codec.part, ...more, ...decodeBody(codec, reader) };
}

export const multipartRequest: MessageCodec<MultipartRequest> = {
  type: 'multipart-request',
  forms: [{ number: 18 }],
  encode: (writer, message, { version }) =>
    encodeHead(writer, message)?.encodeRequest(writer, message, version),
  decode: (reader, { version }) =>
    decodeMultipart(reader, 'multipart-request', (codec, body) =>
      codec.decodeRequest(body, version),
    ) as MultipartRequest,
};

export const multipartReply: MessageCodec<MultipartReply> = {
  type: 'multipart-reply',
  forms: [{ number: 19 }],
  encode: (writer, message, { version }) =>
    encodeHead(writer, message)?.encodeReply(writer, message, version),
  decode: (reader, { version }) =>
    decodeMultipart(reader, 'multipart-reply', (codec, body) =>
      codec.decodeReply(body, version),
    ) as MultipartReply,
};

/** One reply out of the replies to one request; all are of the same part. */
export function joinReplies(replies: readonly MultipartReply[]): MultipartReply {
  const first = replies[0] as MultipartReply;
  if (first.part !== 'unknown') return partOf(first).join(replies);
  const bodies = replies.flatMap((reply) => (reply.part === 'unknown' ? [reply.body] : []));
  const body = new Uint8Array(bodies.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of bodies) {
    body.set(part, at);
    at += part.length;
  }
  return { type: 'multipart-reply', part: 'unknown', partType: first.partType, body };
}
