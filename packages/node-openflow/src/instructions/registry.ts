import {
  decodeActions,
  encodeActions,
  formatActions,
  parseActionItem,
  parseActions,
} from '../actions/registry.ts';
import type { Action, MeterAction } from '../actions/types.ts';
import { OpenFlowError } from '../errors.ts';
import type { Match } from '../fields/match.ts';
import type { Version } from '../messages/types.ts';
import { type FormatOptions, formatTable, parseTable } from '../text/context.ts';
import { PacketKnowledge } from '../text/packet-knowledge.ts';
import { badText, hexadecimal, keyValues, parseBigInteger, parseInteger } from '../text/syntax.ts';
import { hexOf } from '../wire/hex.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { Instruction } from './types.ts';

type Known = Exclude<Instruction, { type: 'unknown' }>;
type Of<Type extends Known['type']> = Extract<Known, { type: Type }>;

/** All there is to know about one instruction. Everything is behind `u16 type, u16 length`. */
interface InstructionCodec<I extends Known = Known> {
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

const allOnes = 0xffff_ffff_ffff_ffffn;

/** `u8 table, 3 zeros`. */
const gotoTable: InstructionCodec<Of<'goto-table'>> = {
  type: 'goto-table',
  number: 1,
  word: 'goto_table',
  encode(writer, instruction) {
    writer.u8(instruction.table, 'table');
    writer.pad(3);
  },
  decode: (reader) => ({ type: 'goto-table', table: reader.u8() }),
  parse: (argument) => ({ type: 'goto-table', table: parseTable(argument) }),
  format: (instruction, options) => `goto_table:${formatTable(instruction.table, options.tableNames)}`,
};

/** `4 zeros, u64 metadata, u64 mask`. */
const writeMetadata: InstructionCodec<Of<'write-metadata'>> = {
  type: 'write-metadata',
  number: 2,
  word: 'write_metadata',
  encode(writer, instruction) {
    writer.pad(4);
    writer.u64(instruction.metadata, 'metadata');
    writer.u64(instruction.mask ?? allOnes, 'metadata mask');
  },
  decode(reader) {
    reader.skip(4);
    const metadata = reader.u64();
    const mask = reader.u64();
    return mask === allOnes
      ? { type: 'write-metadata', metadata }
      : { type: 'write-metadata', metadata, mask };
  },
  parse(argument) {
    const [value = '', mask] = argument.split('/');
    const metadata = parseBigInteger(value, 64, 'write_metadata');
    if (mask === undefined) return { type: 'write-metadata', metadata };
    return { type: 'write-metadata', metadata, mask: parseBigInteger(mask, 64, 'write_metadata') };
  },
  format({ metadata, mask = allOnes }) {
    return `write_metadata:${hexadecimal(metadata)}${mask === allOnes ? '' : `/${hexadecimal(mask)}`}`;
  },
};

/** `4 zeros, actions`. */
function actionList(
  type: 'apply-actions' | 'write-actions',
  number: number,
  text: Pick<InstructionCodec<Of<typeof type>>, 'word' | 'parse' | 'format'>,
): InstructionCodec<Of<'apply-actions' | 'write-actions'>> {
  return {
    ...text,
    type,
    number,
    encode(writer, instruction, version) {
      writer.pad(4);
      encodeActions(writer, instruction.actions, version);
    },
    decode(reader, version) {
      reader.skip(4);
      return { type, actions: decodeActions(reader, version) };
    },
  };
}

const applyActions = actionList('apply-actions', 4, {
  format: ({ actions }, options) => formatActions(actions, options),
});

const writeActions = actionList('write-actions', 3, {
  word: 'write_actions',
  parse: (argument, packet) => ({ type: 'write-actions', actions: parseActions(argument, packet.copy()) }),
  format: ({ actions }, options) => `write_actions(${formatActions(actions, options)})`,
});

/** `4 zeros`. */
const clearActions: InstructionCodec<Of<'clear-actions'>> = {
  type: 'clear-actions',
  number: 5,
  word: 'clear_actions',
  encode: (writer) => writer.pad(4),
  decode: () => ({ type: 'clear-actions' }),
  parse: () => ({ type: 'clear-actions' }),
  format: () => 'clear_actions',
};

/** `u32 meter`. Its text form is that of the action. */
const meter: InstructionCodec<Of<'meter'>> = {
  type: 'meter',
  number: 6,
  versions: [4, 5],
  encode: (writer, instruction) => writer.u32(instruction.meter, 'meter'),
  decode: (reader) => ({ type: 'meter', meter: reader.u32() }),
  parse: (argument) => ({ type: 'meter', meter: parseInteger(argument, 32, 'meter') }),
  format: (instruction) => `meter:${instruction.meter}`,
};

/** Every instruction there is, in the order in which the text form has them. */
const codecs: readonly InstructionCodec[] = [
  meter,
  applyActions,
  clearActions,
  writeActions,
  writeMetadata,
  gotoTable,
];

const byType = new Map(codecs.map((codec) => [codec.type, codec]));
const byWord = new Map(codecs.flatMap((codec) => (codec.word ? [[codec.word, codec] as const] : [])));

function isIn(codec: InstructionCodec, version: Version): boolean {
  const [first, last] = codec.versions ?? [4, 6];
  return version >= first && version <= last;
}

function numbered(version: Version): (InstructionCodec | undefined)[] {
  const table: (InstructionCodec | undefined)[] = [];
  for (const codec of codecs) if (isIn(codec, version)) table[codec.number] = codec;
  return table;
}

const byNumber = { 4: numbered(4), 5: numbered(5), 6: numbered(6) };

/** Writes an instruction. Before 1.5 a meter in front of the actions is an instruction of its own. */
function encodeInstruction(writer: Writer, instruction: Instruction, version: Version): void {
  if (instruction.type === 'unknown') {
    writer.raw(instruction.raw);
    return;
  }
  if (version !== 6 && instruction.type === 'apply-actions' && instruction.actions[0]?.type === 'meter') {
    const [{ meter }, ...actions] = instruction.actions as [MeterAction, ...Action[]];
    encodeOne(writer, { type: 'meter', meter }, version);
    if (actions.length > 0) encodeOne(writer, { type: 'apply-actions', actions }, version);
    return;
  }
  encodeOne(writer, instruction, version);
}

function encodeOne(writer: Writer, instruction: Known, version: Version): void {
  const codec = byType.get(instruction.type);
  if (!codec || !isIn(codec, version)) {
    throw new OpenFlowError(
      'OPENFLOW_NOT_IN_VERSION',
      `there is no instruction "${String(instruction.type)}" in version ${version} of the protocol`,
    );
  }
  const start = writer.length;
  writer.u16(codec.number);
  writer.u16(0);
  codec.encode(writer, instruction, version);
  // Before 1.5, setting no bits of a field takes no action.
  if (instruction.type === 'apply-actions' && instruction.actions.length > 0 && writer.length === start + 8) {
    writer.length = start;
    return;
  }
  writer.patch16(start + 2, writer.length - start, 'the instruction');
}

/** Writes instructions one after the other. */
export function encodeInstructions(
  writer: Writer,
  instructions: readonly Instruction[],
  version: Version,
): void {
  for (const instruction of instructions) encodeInstruction(writer, instruction, version);
}

/** Reads instructions up to the reader's end. */
export function decodeInstructions(reader: Reader, version: Version): Instruction[] {
  const instructions: Instruction[] = [];
  while (reader.remaining > 0) {
    const start = reader.offset;
    const number = reader.u16();
    const length = reader.u16();
    if (length < 8)
      reader.fail('OPENFLOW_BAD_LENGTH', `instruction ${number} has a length of ${length}`, start);
    const outer = reader.enter(length - 4);
    const codec = byNumber[version][number];
    if (codec) {
      instructions.push(codec.decode(reader, version));
    } else {
      reader.offset = start;
      instructions.push({ type: 'unknown', raw: reader.rest() });
    }
    reader.leave(outer);
  }
  return instructions;
}

function place(instruction: Instruction): number {
  return codecs.findIndex((codec) => codec.type === instruction.type);
}

/** Reads what follows `actions=` in a flow with this match: actions, which are applied, and instructions. */
export function parseInstructions(text: string, match: Match = []): Instruction[] {
  const packet = PacketKnowledge.fromMatch(match);
  const instructions: Instruction[] = [];
  const actions: Action[] = [];
  let dropped = false;
  for (const { key, value } of keyValues(text)) {
    const codec = byWord.get(key.toLowerCase());
    if (codec?.parse) instructions.push(codec.parse(value, packet));
    else if (key.toLowerCase() === 'drop') dropped = true;
    else actions.push(...parseActionItem(key, value, packet));
  }
  if (dropped && actions.length > 0) badText('drop excludes all other actions');
  if (actions.length > 0) instructions.push({ type: 'apply-actions', actions });
  // Writing no actions changes nothing.
  const useful = instructions.filter((one) => one.type !== 'write-actions' || one.actions.length > 0);
  return useful.sort((a, b) => place(a) - place(b));
}

/** Writes instructions as ovs-ofctl prints them behind `actions=`. */
export function formatInstructions(
  instructions: readonly Instruction[],
  options: FormatOptions = {},
): string {
  const parts = instructions
    .filter((instruction) => !(instruction.type === 'apply-actions' && instruction.actions.length === 0))
    .map((instruction) => {
      if (instruction.type === 'unknown') return `unknown_instruction(${hexOf(instruction.raw)})`;
      return (byType.get(instruction.type) as InstructionCodec).format(instruction, options);
    });
  return parts.length === 0 ? 'drop' : parts.join(',');
}

/** The type number of an instruction, by its name. */
export function instructionNumber(name: string): number {
  const codec = byType.get(name as Known['type']);
  if (codec) return codec.number;
  throw new OpenFlowError('OPENFLOW_VALUE_RANGE', `"${name}" is not an instruction`);
}

/** The name of an instruction; its type number where it has none. */
export function instructionOfNumber(number: number, version: Version): string | number {
  return byNumber[version][number]?.type ?? number;
}
