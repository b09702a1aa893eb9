import { OpenFlowError } from '../errors.ts';
import type { Subfield } from '../fields/match.ts';
import type { FieldValue } from '../fields/names.ts';
import {
  decodeFieldHeader,
  decodeShortFieldHeader,
  encodeFieldHeader,
  encodeShortFieldHeader,
} from '../fields/oxm.ts';
import { bitSet } from '../wire/enumeration.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type ActionCodec, finishAction, niciraExperimenter, startExperimenterAction } from './codec.ts';
import { formatLearn, parseLearn } from './learn-text.ts';
import type { LearnAction, LearnSpec } from './learn-types.ts';

/*
 * Nicira 16: u16 idle, u16 hard, u16 priority, u64 cookie, u16 flags, u8 table, u8 zero, u16 fin idle, u16 fin hard, specs.
 * Nicira 45, when there is a limit or a result: after fin hard also u32 limit, u16 result bit, 2 zeros, [result field].
 *
 * Spec: u16 header (bit 13: source is a value; bits 11–12: 0 match, 1 load, 2 output; bits 0–10: width),
 * source (u32 field, u16 offset; or the value in whole 16-bit words), destination (u32 field, u16 offset; none for output).
 * A header of zero is padding.
 */

const resultFlag = 4;
const learnFlags = bitSet('learn flag', { 'send-flow-removed': 1, 'delete-learned': 2 });
const immediateBit = 1 << 13;
const target = { match: 0, load: 1 << 11, output: 2 << 11 } as const;
const targetMask = 3 << 11;
const widthMask = 0x7ff;

type Draft = { -readonly [Key in keyof LearnAction]: LearnAction[Key] };

function encodeSubfield(writer: Writer, { field, offset, size }: Subfield): void {
  encodeShortFieldHeader(writer, field, size);
  writer.u16(offset, 'offset');
}

function encodeValue(writer: Writer, value: FieldValue, { field, bits }: Subfield): void {
  if (BigInt(value) >> BigInt(bits) !== 0n) {
    throw new OpenFlowError(
      'OPENFLOW_VALUE_RANGE',
      `learn: ${value} does not fit into ${bits} bits of ${field}`,
    );
  }
  writer.big(value, 2 * Math.ceil(bits / 16), 'learn value');
}

function encodeSpec(writer: Writer, spec: LearnSpec): void {
  if (spec.type === 'output') {
    writer.u16(target.output | spec.source.bits);
    encodeSubfield(writer, spec.source);
    return;
  }
  const kind = spec.type === 'match-field' || spec.type === 'match-immediate' ? target.match : target.load;
  const immediate = 'value' in spec;
  writer.u16(kind | (immediate ? immediateBit : 0) | spec.destination.bits);
  if (immediate) encodeValue(writer, spec.value, spec.destination);
  else encodeSubfield(writer, spec.source);
  encodeSubfield(writer, spec.destination);
}

function decodeSubfield(reader: Reader, bits: number): Subfield {
  const header = decodeShortFieldHeader(reader);
  return { ...header, offset: reader.u16(), bits };
}

function decodeImmediate(reader: Reader, kind: number, bits: number): LearnSpec {
  const number = reader.big(2 * Math.ceil(bits / 16));
  const destination = decodeSubfield(reader, bits);
  if (number >> BigInt(bits) !== 0n) {
    reader.fail(
      'OPENFLOW_BAD_VALUE',
      `learn: ${number} does not fit into ${bits} bits of ${destination.field}`,
    );
  }
  const value = bits > 32 ? number : Number(number);
  return { type: kind === target.load ? 'load-immediate' : 'match-immediate', value, destination };
}

function decodeSpec(reader: Reader, header: number): LearnSpec {
  const bits = header & widthMask;
  const kind = header & targetMask;
  const immediate = (header & immediateBit) !== 0;
  if (bits === 0 || kind === targetMask || (immediate && kind === target.output)) {
    reader.fail('OPENFLOW_BAD_VALUE', `learn has a spec with the header 0x${header.toString(16)}`);
  }
  if (immediate) return decodeImmediate(reader, kind, bits);
  const source = decodeSubfield(reader, bits);
  if (kind === target.output) return { type: 'output', source };
  const destination = decodeSubfield(reader, bits);
  return { type: kind === target.load ? 'load-field' : 'match-field', source, destination };
}

function decodeSpecs(reader: Reader): LearnSpec[] {
  const specs: LearnSpec[] = [];
  while (reader.remaining >= 2) {
    const header = reader.u16();
    if (header === 0) break;
    specs.push(decodeSpec(reader, header));
  }
  return specs;
}

/** Puts the values that are not the default ones into the action. */
function setNonZero(action: Draft, values: Partial<Record<keyof LearnAction, number | bigint>>): void {
  for (const [key, value] of Object.entries(values)) {
    if (value !== 0 && value !== 0n) Object.assign(action, { [key]: value });
  }
}

function decodeLearn(reader: Reader, long: boolean): LearnAction {
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  const priority = reader.u16();
  const cookie = reader.u64();
  const flags = reader.u16();
  const action: Draft = { type: 'learn', table: reader.u8(), specs: [] };
  reader.skip(1);
  const finIdleTimeout = reader.u16();
  const finHardTimeout = reader.u16();
  setNonZero(action, { idleTimeout, hardTimeout, cookie, finIdleTimeout, finHardTimeout });
  if (priority !== 32768) action.priority = priority;
  const names = learnFlags.names(flags);
  if (names.length > 0) action.flags = names;
  if (long) decodeLimit(reader, action, (flags & resultFlag) !== 0);
  action.specs = decodeSpecs(reader);
  return action;
}

function decodeLimit(reader: Reader, action: Draft, hasResult: boolean): void {
  setNonZero(action, { limit: reader.u32() });
  const offset = reader.u16();
  reader.skip(2);
  if (hasResult) action.resultDestination = { ...decodeFieldHeader(reader), offset, bits: 1 };
}

export const learn: ActionCodec<LearnAction> = {
  type: 'learn',
  words: ['learn'],
  forms: [
    { number: 16, experimenter: niciraExperimenter, decode: (reader) => decodeLearn(reader, false) },
    { number: 45, experimenter: niciraExperimenter, decode: (reader) => decodeLearn(reader, true) },
  ],
  encode(writer, action) {
    const result = action.resultDestination;
    const long = Boolean(action.limit) || result !== undefined;
    const start = startExperimenterAction(writer, long ? 45 : 16);
    writer.u16(action.idleTimeout ?? 0, 'idleTimeout');
    writer.u16(action.hardTimeout ?? 0, 'hardTimeout');
    writer.u16(action.priority ?? 32768, 'priority');
    writer.u64(action.cookie ?? 0n, 'cookie');
    writer.u16(learnFlags.bits(action.flags ?? []) | (result ? resultFlag : 0));
    writer.u8(action.table, 'table');
    writer.pad(1);
    writer.u16(action.finIdleTimeout ?? 0, 'finIdleTimeout');
    writer.u16(action.finHardTimeout ?? 0, 'finHardTimeout');
    if (long) {
      writer.u32(action.limit ?? 0, 'limit');
      writer.u16(result?.offset ?? 0, 'result bit');
      writer.pad(2);
    }
    if (result) encodeFieldHeader(writer, result.field, 0, result.size);
    for (const spec of action.specs) encodeSpec(writer, spec);
    finishAction(writer, start);
  },
  parse: parseLearn,
  format: formatLearn,
};
