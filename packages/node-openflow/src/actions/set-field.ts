import { OpenFlowError } from '../errors.ts';
import type { FieldMatch, Subfield } from '../fields/match.ts';
import type { FieldValue } from '../fields/names.ts';
import {
  decodeActionEntry,
  decodeShortFieldHeader,
  encodeActionEntry,
  encodeShortFieldHeader,
  packRange,
  unpackRange,
} from '../fields/oxm.ts';
import { actionTable } from '../fields/registry.ts';
import { formatSubfield, parseSubfield, splitArrow } from '../fields/subfield-text.ts';
import { asFieldValue, formatFieldValue, parseFieldValue } from '../fields/value-text.ts';
import { badText, hexadecimal, parseBigInteger } from '../text/syntax.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import {
  type ActionCodec,
  type DecodeContext,
  finishAction,
  niciraExperimenter,
  startAction,
  startExperimenterAction,
} from './codec.ts';
import type { LoadAction, SetFieldAction } from './types.ts';

/*
 * Standard 25: an OXM entry, in 1.5 with or without mask, before 1.5 without.
 * Nicira 7 (up to 1.4): u16 range, u32 field, u64 value: writes up to 64 consecutive bits.
 * Nicira 33 (up to 1.4): an OXM entry with or without mask, for fields that 7 cannot name.
 */

function decodeSetField(reader: Reader): SetFieldAction {
  return { type: 'set-field', ...decodeActionEntry(reader) };
}

/** Standard set-fields have masks since OpenFlow 1.5; Open vSwitch refuses older ones as well. */
function decodeStandard(reader: Reader, { version }: DecodeContext): SetFieldAction {
  const start = reader.offset;
  const action = decodeSetField(reader);
  if (version !== 6 && action.mask !== undefined) {
    reader.fail('OPENFLOW_BAD_VALUE', 'a set-field has a mask, which exists since OpenFlow 1.5', start);
  }
  return action;
}

/**
 * Open vSwitch sends only fields in this form that a load cannot name. Others under a mask would be written as loads again:
 * they are read as the load that does the same, and kept whole where that takes several, or none.
 */
function decodeLoad2(reader: Reader): SetFieldAction | LoadAction | undefined {
  const start = reader.offset;
  const action = decodeSetField(reader);
  const { bytes, bits } = actionTable.get(action.field);
  // It is written again as loads, which name bits: those beyond the field are none.
  const used = BigInt(action.value) | BigInt(action.mask ?? 0);
  if (bytes !== 0 && used >> BigInt(bits) !== 0n) {
    reader.fail('OPENFLOW_BAD_VALUE', `set-field: ${action.field} has only ${bits} bits`, start);
  }
  if (action.mask === undefined || needsLoad2(action.field)) return action;
  const [load, ...more] = loadSegments(action.field, BigInt(action.value), BigInt(action.mask));
  if (!load || more.length > 0) return undefined;
  return load.destination.bits > 32 ? load : { ...load, value: Number(load.value) };
}

function encodeSetField(writer: Writer, entry: FieldMatch, version: 4 | 5 | 6): void {
  const start = startAction(writer, 25);
  encodeActionEntry(writer, entry, version);
  finishAction(writer, start);
}

/** Whether loads cannot name the field. */
function needsLoad2(field: SetFieldAction['field']): boolean {
  const { versionless, bytes } = actionTable.get(field);
  return versionless.experimenter !== undefined || bytes === 0;
}

function encodeLoad2(writer: Writer, entry: FieldMatch): void {
  const start = startExperimenterAction(writer, 33);
  encodeActionEntry(writer, entry, 0);
  finishAction(writer, start);
}

/** Splits the bits of `mask` into runs of at most 64, lowest first, as separate loads. */
function loadSegments(field: SetFieldAction['field'], value: bigint, mask: bigint): LoadAction[] {
  const segments: LoadAction[] = [];
  let offset = 0;
  while (mask >> BigInt(offset) !== 0n) {
    if (((mask >> BigInt(offset)) & 1n) === 0n) {
      offset++;
      continue;
    }
    let bits = 1;
    while (bits < 64 && ((mask >> BigInt(offset + bits)) & 1n) === 1n) bits++;
    const part = BigInt.asUintN(bits, value >> BigInt(offset));
    segments.push({ type: 'load', value: part, destination: { field, offset, bits } });
    offset += bits;
  }
  return segments;
}

/** Before 1.5 a masked set-field does not exist; loads take its place. */
function encodeAsLoads(writer: Writer, action: FieldMatch): void {
  if (needsLoad2(action.field)) {
    encodeLoad2(writer, action);
    return;
  }
  const mask = BigInt(action.mask ?? actionTable.get(action.field).allOnes);
  for (const segment of loadSegments(action.field, BigInt(action.value), mask)) encodeLoad(writer, segment);
}

export const setField: ActionCodec<SetFieldAction> = {
  type: 'set-field',
  words: ['set_field'],
  forms: [
    { number: 25, decode: decodeStandard },
    { number: 33, experimenter: niciraExperimenter, versions: [4, 5], decode: decodeLoad2 },
  ],
  encode(writer, action, { version }) {
    if (version === 6 || action.mask === undefined) encodeSetField(writer, action, version);
    else encodeAsLoads(writer, action);
  },
  parse(argument) {
    const [value, name] = splitArrow(argument);
    const definition = actionTable.findByText(name.trim());
    if (!definition) return badText(`set_field: there is no field "${name}"`);
    return {
      type: 'set-field',
      field: definition.name,
      ...asFieldValue(definition, parseFieldValue(definition, value)),
    };
  },
  format(action, context) {
    const definition = actionTable.get(action.field);
    const value = formatFieldValue(definition, action.value, action.mask, context.portNames);
    return `set_field:${value}->${definition.textName}`;
  },
};

/** The masked set-field that does what a load does. */
function loadAsEntry({ value, destination }: LoadAction): FieldMatch {
  const definition = actionTable.get(destination.field);
  const { offset, bits } = destination;
  const ones = (1n << BigInt(bits)) - 1n;
  if (BigInt(value) >> BigInt(bits) !== 0n) {
    const shown = `${hexadecimal(value)} does not fit into ${destination.field}[${offset}..${offset + bits - 1}]`;
    throw new OpenFlowError('OPENFLOW_VALUE_RANGE', `load: ${shown}`);
  }
  const big = { value: BigInt(value) << BigInt(offset), mask: ones << BigInt(offset) };
  const size = destination.size === undefined ? {} : { size: destination.size };
  const entry = { field: destination.field, ...asFieldValue(definition, big), ...size };
  // Of a field that does not fill its bytes, even all bits travel with a mask.
  const fillsBytes = definition.bytes * 8 <= definition.bits;
  return entry.mask === undefined && !fillsBytes ? { ...entry, mask: Number(big.mask) } : entry;
}

function encodeLoad(writer: Writer, { value, destination }: LoadAction): void {
  const start = startExperimenterAction(writer, 7);
  writer.u16(packRange(destination));
  encodeShortFieldHeader(writer, destination.field, destination.size);
  writer.u64(value, 'load value');
  finishAction(writer, start);
}

/** Open vSwitch refuses such loads as well; none could be written as a set-field. */
function assertLoadFits(reader: Reader, { field, size, offset, bits }: Subfield, value: bigint): void {
  const definition = actionTable.get(field);
  const width = definition.bytes === 0 ? (size ?? 0) * 8 : definition.bits;
  const range = `${field}[${offset}..${offset + bits - 1}]`;
  if (offset + bits > width)
    reader.fail('OPENFLOW_BAD_VALUE', `load: ${range} is beyond the ${width} bits there`);
  if (value >> BigInt(bits) !== 0n) {
    reader.fail('OPENFLOW_BAD_VALUE', `load: ${hexadecimal(value)} does not fit into ${range}`);
  }
}

function decodeLoad(reader: Reader): LoadAction {
  const range = unpackRange(reader.u16());
  const destination: Subfield = { ...decodeShortFieldHeader(reader), ...range };
  const value: FieldValue = reader.u64();
  assertLoadFits(reader, destination, value);
  return { type: 'load', value: range.bits > 32 ? value : Number(value), destination };
}

export const load: ActionCodec<LoadAction> = {
  type: 'load',
  words: ['load'],
  forms: [{ number: 7, experimenter: niciraExperimenter, versions: [4, 5], decode: decodeLoad }],
  encode(writer, action, { version }) {
    if (version === 6) encodeSetField(writer, loadAsEntry(action), version);
    // A size is known of what was decoded: it is written as it came.
    else if (action.destination.size !== undefined) encodeLoad(writer, action);
    else encodeAsLoads(writer, loadAsEntry(action));
  },
  parse(argument) {
    const [value, target] = splitArrow(argument);
    const destination = parseSubfield(target);
    const big = parseBigInteger(value, destination.bits, `load ${target}`);
    return { type: 'load', value: destination.bits > 32 ? big : Number(big), destination };
  },
  format: ({ value, destination }) => `load:${hexadecimal(value)}->${formatSubfield(destination)}`,
};
