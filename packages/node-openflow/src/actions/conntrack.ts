import { OpenFlowError } from '../errors.ts';
import { decodeShortFieldHeader, encodeShortFieldHeader, packRange, unpackRange } from '../fields/oxm.ts';
import { findSubfield, formatSubfield } from '../fields/subfield-text.ts';
import { formatTable, type ParseContext, parseTable } from '../text/context.ts';
import { badText, keyValues, parseInteger } from '../text/syntax.ts';
import { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import {
  type ActionCodec,
  type DecodeContext,
  experimenterType,
  finishAction,
  niciraExperimenter,
  startExperimenterAction,
} from './codec.ts';
import { decodeNat, encodeNat, formatNat, natSubtype, parseNat } from './nat.ts';
import type { Action, ConntrackAction } from './types.ts';

/*
 * Nicira 35: u16 flags (1 commit, 2 force), u32 zone field (0 for a constant zone), u16 zone or range, u8 table (255 none),
 * 3 zeros, u16 application-level gateway, then actions: at first nat, if any, then those of exec.
 */

const flag = { commit: 1, force: 2 } as const;
const noTable = 255;
const gateways: readonly (readonly [name: string, port: number])[] = [
  ['ftp', 21],
  ['tftp', 69],
];

type Draft = { -readonly [Key in keyof ConntrackAction]: ConntrackAction[Key] };

function encodeZone(writer: Writer, zone: ConntrackAction['zone']): void {
  if (typeof zone === 'object') {
    if (zone.bits !== 16) {
      throw new OpenFlowError(
        'OPENFLOW_VALUE_RANGE',
        `ct: the zone field has ${zone.bits} bits; 16 are needed`,
      );
    }
    encodeShortFieldHeader(writer, zone.field, zone.size);
    writer.u16(packRange(zone));
  } else {
    writer.u32(0);
    writer.u16(zone ?? 0, 'zone');
  }
}

function decodeZone(reader: Reader, action: Draft): void {
  const start = reader.offset;
  if (reader.u32() === 0) {
    const zone = reader.u16();
    if (zone !== 0) action.zone = zone;
    return;
  }
  reader.offset = start;
  const header = decodeShortFieldHeader(reader);
  const range = unpackRange(reader.u16());
  if (range.bits !== 16)
    reader.fail('OPENFLOW_BAD_VALUE', `ct: the zone field has ${range.bits} bits; 16 are needed`);
  action.zone = { ...header, ...range };
}

/** Reads the leading nat action, if there is one. */
function decodeLeadingNat(reader: Reader, action: Draft): void {
  const start = reader.offset;
  if (reader.remaining < 10) return;
  const type = reader.u16();
  const length = reader.u16();
  const experimenter = reader.u32();
  if (type !== experimenterType || experimenter !== niciraExperimenter || reader.u16() !== natSubtype) {
    reader.offset = start;
    return;
  }
  if (length < 16) reader.fail('OPENFLOW_BAD_LENGTH', `a nat action has a length of ${length}`, start);
  const outer = reader.enter(length - 10);
  action.nat = decodeNat(reader);
  reader.leave(outer);
}

/** A nat action behind those of exec is not one of them. */
function takeTrailingNat(action: Draft, exec: Action[]): void {
  const last = exec.at(-1);
  if (last?.type !== 'unknown') return;
  const draft: Draft = { type: 'conntrack' };
  decodeLeadingNat(new Reader(last.raw), draft);
  if (!draft.nat) return;
  exec.pop();
  action.nat = draft.nat;
  action.natLast = true;
}

function decodeConntrack(reader: Reader, context: DecodeContext): ConntrackAction {
  const action: Draft = { type: 'conntrack' };
  const flags = reader.u16();
  if (flags & flag.commit) action.commit = true;
  if (flags & flag.force) action.force = true;
  decodeZone(reader, action);
  const table = reader.u8();
  if (table !== noTable) action.table = table;
  reader.skip(3);
  const alg = reader.u16();
  if (alg !== 0) action.alg = alg;
  decodeLeadingNat(reader, action);
  const exec = context.decodeActions(reader);
  if (!action.nat) takeTrailingNat(action, exec);
  if (exec.length > 0) action.exec = exec;
  return action;
}

function parseGateway(text: string): number {
  return (
    gateways.find(([name]) => name === text)?.[1] ??
    badText(`ct: unknown application-level gateway "${text}"`)
  );
}

function parseArgument(action: Draft, key: string, value: string, context: ParseContext): void {
  if (key === 'commit' || key === 'force') action[key] = true;
  else if (key === 'table') action.table = parseTable(value);
  else if (key === 'zone') action.zone = findSubfield(value) ?? parseInteger(value, 16, 'zone');
  else if (key === 'alg') action.alg = parseGateway(value);
  else if (key === 'nat') {
    action.nat = parseNat(value);
    if (action.exec?.length) action.natLast = true;
  } else if (key === 'exec') action.exec = context.parseActions(value);
  else badText(`ct: unknown key "${key}"`);
}

export const conntrack: ActionCodec<ConntrackAction> = {
  type: 'conntrack',
  words: ['ct'],
  forms: [{ number: 35, experimenter: niciraExperimenter, decode: decodeConntrack }],
  encode(writer, action, context) {
    const start = startExperimenterAction(writer, 35);
    writer.u16((action.commit ? flag.commit : 0) | (action.force ? flag.force : 0));
    encodeZone(writer, action.zone);
    writer.u8(action.table ?? noTable, 'table');
    writer.pad(3);
    writer.u16(action.alg ?? 0, 'alg');
    if (action.nat && !action.natLast) encodeNat(writer, action.nat);
    if (action.exec) context.encodeActions(writer, action.exec);
    if (action.nat && action.natLast) encodeNat(writer, action.nat);
    finishAction(writer, start);
  },
  parse(argument, context) {
    const action: Draft = { type: 'conntrack' };
    for (const { key, value } of keyValues(argument)) parseArgument(action, key, value, context);
    if (action.force && !action.commit) badText('ct: force needs commit');
    if (action.table === noTable) badText('ct: table 255 is not possible');
    if (action.zone === 0) delete action.zone;
    return action;
  },
  format(action, context) {
    const { commit, force, table, zone, nat, natLast, exec, alg } = action;
    const parts: string[] = [];
    if (commit) parts.push('commit');
    if (force) parts.push('force');
    if (table !== undefined) parts.push(`table=${formatTable(table, context.tableNames)}`);
    if (zone !== undefined && zone !== 0) {
      parts.push(`zone=${typeof zone === 'object' ? formatSubfield(zone) : zone}`);
    }
    if (nat && !natLast) parts.push(formatNat(nat));
    if (exec?.length) parts.push(`exec(${context.formatActions(exec)})`);
    if (nat && natLast) parts.push(formatNat(nat));
    if (alg) parts.push(`alg=${gateways.find(([, port]) => port === alg)?.[0] ?? alg}`);
    return `ct(${parts.join(',')})`;
  },
};
