import type { Version } from '../messages/types.ts';
import type { FormatOptions } from '../text/context.ts';
import type { PacketKnowledge } from '../text/packet-knowledge.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { Instruction } from './types.ts';

export type Known = Exclude<Instruction, { type: 'unknown' }>;
export type Of<Type extends Known['type']> = Extract<Known, { type: Type }>;

/** All there is to know about one instruction. Everything is behind `u16 type, u16 length`. */
export interface InstructionCodec<I extends Known = Known> {
  readonly type: I['type'];
  readonly number: number;
  readonly versions?: readonly [first: Version, last: Version];
  /** Word of the text form; apply-actions has none. */
  readonly word?: string;
  encode(writer: Writer, instruction: I, version: Version): void;
  decode(reader: Reader, version: Version): I;
  parse?(argument: string, packet: PacketKnowledge): I;
  format(instruction: I, options: FormatOptions): string;
}
