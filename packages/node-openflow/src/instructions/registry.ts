import { parseActionItem } from '../actions/registry.ts';
import type { Action, MeterAction } from '../actions/types.ts';
import { OpenFlowError } from '../errors.ts';
import type { Match } from '../fields/match.ts';
import type { Version } from '../messages/types.ts';
import type { FormatOptions } from '../text/context.ts';
import { PacketKnowledge } from '../text/packet-knowledge.ts';
import { badText, keyValues } from '../text/syntax.ts';
import { hexOf } from '../wire/hex.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { InstructionCodec, Known } from './codec.ts';
import { applyActions, clearActions, gotoTable, meter, writeActions, writeMetadata } from './simple.ts';
import { statTrigger } from './stat-trigger.ts';
import type { Instruction } from './types.ts';

/** Every instruction there is, in the order in which the text form has them. */
export const instructionCodecs: readonly InstructionCodec[] = [
  meter,
  applyActions,
  clearActions,
  writeActions,
  writeMetadata,
  gotoTable,
  statTrigger,
];

const byType = new Map(instructionCodecs.map((codec) => [codec.type, codec]));
const byWord = new Map(
  instructionCodecs.flatMap((codec) => (codec.word ? [[codec.word, codec] as const] : [])),
);

const allVersions = [4, 6] as const;

function isIn(codec: InstructionCodec, version: Version): boolean {
  const [first, last] = codec.versions ?? allVersions;
  return version >= first && version <= last;
}

function numbered(version: Version): (InstructionCodec | undefined)[] {
  const table: (InstructionCodec | undefined)[] = [];
  for (const codec of instructionCodecs) if (isIn(codec, version)) table[codec.number] = codec;
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
  return instructionCodecs.findIndex((codec) => codec.type === instruction.type);
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
