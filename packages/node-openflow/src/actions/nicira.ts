import { decodeFieldHeader, encodeFieldHeader } from '../fields/oxm.ts';
import { actionTable } from '../fields/registry.ts';
import { formatSubfield, parseSubfield } from '../fields/subfield-text.ts';
import { ports } from '../ports.ts';
import { formatPort, formatTable, fromPort16, parsePort, parseTable, toPort16 } from '../text/context.ts';
import { badText, formatHexBytes, parseHexBytes, parseInteger } from '../text/syntax.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type ActionCodec, finishAction, niciraExperimenter, startExperimenterAction } from './codec.ts';
import type {
  CheckPacketLargerAction,
  CloneAction,
  ConjunctionAction,
  DeleteFieldAction,
  NoteAction,
  ResubmitAction,
  StackPopAction,
  StackPushAction,
} from './types.ts';

const experimenter = niciraExperimenter;
const currentTable = 255;
/** OFPP_IN_PORT in 16 bits: "the port the packet came from". */
const samePort = 0xfff8;

function decodeResubmitPort(reader: Reader): Pick<ResubmitAction, 'port'> {
  const port = reader.u16();
  return port === samePort ? {} : { port: fromPort16(port) };
}

function decodeResubmit(reader: Reader, conntrack: boolean): ResubmitAction {
  const port = decodeResubmitPort(reader);
  const table = reader.u8();
  return {
    type: 'resubmit',
    ...(table === currentTable ? {} : { table }),
    ...port,
    ...(conntrack ? { conntrack } : {}),
  };
}

/**
 * Nicira 14, and 44 for `conntrack`: `u16 port, u8 table, 3 zeros`. Nicira 1 has the port only and is read, not written.
 */
export const resubmit: ActionCodec<ResubmitAction> = {
  type: 'resubmit',
  words: ['resubmit'],
  forms: [
    { number: 1, experimenter, decode: (reader) => ({ type: 'resubmit', ...decodeResubmitPort(reader) }) },
    { number: 14, experimenter, decode: (reader) => decodeResubmit(reader, false) },
    { number: 44, experimenter, decode: (reader) => decodeResubmit(reader, true) },
  ],
  encode(writer, action) {
    const start = startExperimenterAction(writer, action.conntrack ? 44 : 14);
    writer.u16(action.port === undefined ? samePort : toPort16(action.port));
    writer.u8(action.table ?? currentTable, 'table');
    finishAction(writer, start);
  },
  parse(argument) {
    const [port = '', table = '', conntrack = ''] = argument.split(',').map((part) => part.trim());
    if (conntrack !== '' && conntrack !== 'ct') badText(`resubmit: unknown parameter "${conntrack}"`);
    if (port === '' && table === '') badText('resubmit: a port or a table is needed');
    const target = {
      ...(table === '' || table === String(currentTable) ? {} : { table: parseTable(table) }),
      ...(port === '' || parsePort(port) === ports.inPort ? {} : { port: parsePort(port) }),
    };
    if (Object.keys(target).length === 0) badText(`resubmit(${argument}) would come back to the same flow`);
    return {
      type: 'resubmit',
      ...target,
      ...(conntrack === 'ct' ? { conntrack: true } : {}),
    };
  },
  format({ port, table, conntrack }, context) {
    const portText = port === undefined ? '' : formatPort(port, context.portNames);
    if (port !== undefined && table === undefined) return `resubmit:${portText}`;
    const tableText = table === undefined ? '' : formatTable(table, context.tableNames);
    return `resubmit(${portText},${tableText}${conntrack ? ',ct' : ''})`;
  },
};

/** Nicira 34: `u8 clause (from 0), u8 clauses, u32 id`. */
export const conjunction: ActionCodec<ConjunctionAction> = {
  type: 'conjunction',
  words: ['conjunction'],
  forms: [
    {
      number: 34,
      experimenter,
      decode(reader) {
        const clause = reader.u8() + 1;
        const clauses = reader.u8();
        return { type: 'conjunction', id: reader.u32(), clause, clauses };
      },
    },
  ],
  encode(writer, { id, clause, clauses }) {
    const start = startExperimenterAction(writer, 34);
    writer.u8(clause - 1, 'clause less one');
    writer.u8(clauses, 'clauses');
    writer.u32(id, 'conjunction id');
    finishAction(writer, start);
  },
  parse(argument) {
    const parts = /^\s*(\w+)\s*,\s*(\d+)\s*\/\s*(\d+)\s*$/.exec(argument);
    if (!parts) return badText(`conjunction: "${argument}" is not like id,clause/clauses`);
    const clause = parseInteger(parts[2] as string, 8, 'clause');
    const clauses = parseInteger(parts[3] as string, 8, 'clauses');
    if (clauses < 2 || clauses > 64) badText(`conjunction: ${clauses} clauses; from 2 to 64 are possible`);
    if (clause < 1 || clause > clauses)
      badText(`conjunction: clause ${clause} is not one of 1 to ${clauses}`);
    return { type: 'conjunction', id: parseInteger(parts[1] as string, 32, 'conjunction'), clause, clauses };
  },
  format: ({ id, clause, clauses }) => `conjunction(${id},${clause}/${clauses})`,
};

/** Nicira 8: data, at least six bytes. */
export const note: ActionCodec<NoteAction> = {
  type: 'note',
  words: ['note'],
  forms: [{ number: 8, experimenter, decode: (reader) => ({ type: 'note', data: reader.rest() }) }],
  encode(writer, action) {
    const start = startExperimenterAction(writer, 8);
    writer.raw(action.data);
    finishAction(writer, start, 16);
  },
  parse: (argument) => ({ type: 'note', data: parseHexBytes(argument, 'note') }),
  format: (action) => `note:${formatHexBytes(action.data)}`,
};

/** Nicira 42: `6 zeros, actions`. */
export const clone: ActionCodec<CloneAction> = {
  type: 'clone',
  words: ['clone'],
  forms: [
    {
      number: 42,
      experimenter,
      decode(reader, context) {
        reader.skip(6);
        return { type: 'clone', actions: context.decodeActions(reader) };
      },
    },
  ],
  encode(writer, action, context) {
    const start = startExperimenterAction(writer, 42);
    writer.pad(6);
    context.encodeActions(writer, action.actions);
    finishAction(writer, start);
  },
  parse: (argument, context) => ({ type: 'clone', actions: context.parseActions(argument) }),
  format: (action, context) => `clone(${context.formatActions(action.actions)})`,
};

function encodeStack(writer: Writer, subtype: number, subfield: StackPushAction['source']): void {
  const start = startExperimenterAction(writer, subtype);
  writer.u16(subfield.offset, 'offset');
  encodeFieldHeader(writer, subfield.field, 0, subfield.size);
  writer.u16(subfield.bits, 'bits');
  finishAction(writer, start, 24);
}

function decodeStack(reader: Reader): StackPushAction['source'] {
  const offset = reader.u16();
  const header = decodeFieldHeader(reader);
  return { ...header, offset, bits: reader.u16() };
}

/** Nicira 27: `u16 offset, field header, u16 bits`, padded to 24 bytes. */
export const stackPush: ActionCodec<StackPushAction> = {
  type: 'stack-push',
  words: ['push'],
  forms: [
    { number: 27, experimenter, decode: (reader) => ({ type: 'stack-push', source: decodeStack(reader) }) },
  ],
  encode: (writer, action) => encodeStack(writer, 27, action.source),
  parse: (argument) => ({ type: 'stack-push', source: parseSubfield(argument) }),
  format: (action) => `push:${formatSubfield(action.source)}`,
};

/** Nicira 28: as 27. */
export const stackPop: ActionCodec<StackPopAction> = {
  type: 'stack-pop',
  words: ['pop'],
  forms: [
    {
      number: 28,
      experimenter,
      decode: (reader) => ({ type: 'stack-pop', destination: decodeStack(reader) }),
    },
  ],
  encode: (writer, action) => encodeStack(writer, 28, action.destination),
  parse: (argument) => ({ type: 'stack-pop', destination: parseSubfield(argument) }),
  format: (action) => `pop:${formatSubfield(action.destination)}`,
};

/** Nicira 49: `u16 length, u16 bit, field header`, padded to 24 bytes. */
export const checkPacketLarger: ActionCodec<CheckPacketLargerAction> = {
  type: 'check-packet-larger',
  words: ['check_pkt_larger'],
  forms: [
    {
      number: 49,
      experimenter,
      decode(reader) {
        const length = reader.u16();
        const offset = reader.u16();
        const destination = { ...decodeFieldHeader(reader), offset, bits: 1 };
        return { type: 'check-packet-larger', length, destination };
      },
    },
  ],
  encode(writer, { length, destination }) {
    const start = startExperimenterAction(writer, 49);
    writer.u16(length, 'packet length');
    writer.u16(destination.offset, 'destination bit');
    encodeFieldHeader(writer, destination.field, 0, destination.size);
    finishAction(writer, start, 24);
  },
  parse(argument) {
    const parts = /^\s*(\w+)\s*\)?->(.+)$/.exec(argument);
    if (!parts) return badText(`check_pkt_larger: "${argument}" is not like (1500)->reg0[0]`);
    const destination = parseSubfield(parts[2] as string);
    if (destination.bits !== 1) badText(`check_pkt_larger: ${parts[2]} is not a single bit`);
    return {
      type: 'check-packet-larger',
      length: parseInteger(parts[1] as string, 16, 'length'),
      destination,
    };
  },
  format: ({ length, destination }) => `check_pkt_larger(${length})->${formatSubfield(destination)}`,
};

/** Nicira 50: `field header`, padded to 24 bytes. */
export const deleteField: ActionCodec<DeleteFieldAction> = {
  type: 'delete-field',
  words: ['delete_field'],
  forms: [
    {
      number: 50,
      experimenter,
      decode: (reader) => ({ type: 'delete-field', ...decodeFieldHeader(reader) }),
    },
  ],
  encode(writer, action) {
    const start = startExperimenterAction(writer, 50);
    encodeFieldHeader(writer, action.field, 0, action.size);
    finishAction(writer, start, 24);
  },
  parse(argument) {
    const definition = actionTable.findByText(argument.trim());
    return definition
      ? { type: 'delete-field', field: definition.name }
      : badText(`delete_field: there is no field "${argument}"`);
  },
  format: (action) => `delete_field:${actionTable.get(action.field).textName}`,
};
