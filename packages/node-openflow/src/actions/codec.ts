import type { Version } from '../messages/types.ts';
import type { FormatContext, ParseContext } from '../text/context.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { Action } from './types.ts';

export const niciraExperimenter = 0x00002320;
export const onfExperimenter = 0x4f4e4600;
/** Action type that is followed by an experimenter's number and its own subtype. */
export const experimenterType = 0xffff;

/** What encoding an action needs from its surroundings. */
export interface EncodeContext {
  readonly version: Version;
  encodeActions(writer: Writer, actions: readonly Action[]): void;
}

/** What decoding an action needs from its surroundings. `decodeActions` reads up to the reader's end. */
export interface DecodeContext {
  readonly version: Version;
  decodeActions(reader: Reader): Action[];
}

/** One number under which an action travels, and its layout there. */
export interface ActionForm {
  /** Type of a standard action, or subtype of an experimenter's. */
  readonly number: number;
  readonly experimenter?: number;
  /** First and last version that have it; all when absent. */
  readonly versions?: readonly [first: Version, last: Version];
  /**
   * The reader is behind the header and ends with the action; what is left is padding. Gives an action that is written in
   * this form or does the same; undefined when there is none, and the bytes are to be kept.
   */
  decode(reader: Reader, context: DecodeContext): Action | undefined;
}

/** All there is to know about one action: numbers, versions, layout and text form. */
export interface ActionCodec<A extends Action = Action> {
  readonly type: A['type'];
  readonly forms: readonly ActionForm[];
  /** Writes the whole action, header and padding included. */
  encode(writer: Writer, action: A, context: EncodeContext): void;
  /** The words with which the text form begins, in lower case. */
  readonly words: readonly string[];
  /** `argument` is what follows the word: `word:argument`, `word=argument` or `word(argument)`. */
  parse(argument: string, context: ParseContext, word: string): Action | readonly Action[];
  format(action: A, context: FormatContext): string;
}

/** Words that stand for actions which have a form of their own. */
export interface TextForm {
  readonly words: readonly string[];
  parse(argument: string, context: ParseContext, word: string): Action | readonly Action[];
}

/** Begins a standard action; `finishAction` completes it. */
export function startAction(writer: Writer, type: number): number {
  const start = writer.length;
  writer.u16(type);
  writer.u16(0);
  return start;
}

/** Begins an experimenter's action, up to and including the 16-bit subtype. */
export function startExperimenterAction(
  writer: Writer,
  subtype: number,
  experimenter = niciraExperimenter,
): number {
  const start = startAction(writer, experimenterType);
  writer.u32(experimenter);
  writer.u16(subtype);
  return start;
}

/** Pads an action to a multiple of eight bytes and fills in its length. */
export function finishAction(writer: Writer, start: number, minimum = 0): void {
  const missing = minimum - (writer.length - start);
  if (missing > 0) writer.pad(missing);
  writer.align8(start);
  writer.patch16(start + 2, writer.length - start, 'the action');
}
