import type { FormatOptions } from '../text/context.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { DecodedMessage, Message, Version } from './types.ts';

export const niciraExperimenter = 0x00002320;
export const onfExperimenter = 0x4f4e4600;

/** What encoding a message needs from its surroundings. */
export interface MessageEncodeContext {
  readonly version: Version;
  readonly xid: number;
  /** Writes another message, header included, at the end; by default with the same xid. */
  encodeMessage(writer: Writer, message: Message, xid?: number): void;
}

/** What decoding a message needs from its surroundings. */
export interface MessageDecodeContext {
  readonly version: Version;
  readonly xid: number;
  /** Reads another message, header included. */
  decodeMessage(reader: Reader): DecodedMessage;
}

/** One number under which a message travels. */
export interface MessageForm {
  /** Type in the header, or subtype of an experimenter's message. */
  readonly number: number;
  readonly experimenter?: number;
  /** First and last version that have it; all when absent. */
  readonly versions?: readonly [first: Version, last: Version];
}

/** All there is to know about one message. Its body begins behind the header (and the experimenter's subtype). */
export interface MessageCodec<M extends Message = Message> {
  readonly type: M['type'];
  readonly forms: readonly MessageForm[];
  encode(writer: Writer, message: M, context: MessageEncodeContext): void;
  /** The reader ends with the message. */
  decode(reader: Reader, context: MessageDecodeContext): M;
  /** What the text form says after the name of the message; without it the properties are listed. */
  format?(message: M, options: FormatOptions): string;
}

/** A message without a body. */
export function emptyMessage<M extends Message>(message: M, form: MessageForm): MessageCodec<M> {
  return { type: message.type, forms: [form], encode: () => undefined, decode: () => ({ ...message }) };
}
