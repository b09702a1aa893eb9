import {
  decodeFieldHeader,
  decodeShortFieldHeader,
  encodeFieldHeader,
  packRange,
  unpackRange,
} from '../fields/oxm.ts';
import { actionTable } from '../fields/registry.ts';
import { findSubfield, formatSubfield } from '../fields/subfield-text.ts';
import { ports } from '../ports.ts';
import { findPort, formatPort, fromPort16, parsePort, toPort16 } from '../text/context.ts';
import { badText, keyValues, parseInteger } from '../text/syntax.ts';
import type { Reader } from '../wire/reader.ts';
import {
  type ActionCodec,
  finishAction,
  niciraExperimenter,
  startAction,
  startExperimenterAction,
} from './codec.ts';
import type { Action, OutputAction, OutputRegisterAction, OutputTruncatedAction } from './types.ts';

const wholePacket = 0xffff;
/** An Ethernet header: what a truncated packet keeps at least. */
const shortestPacket = 14;

/** Standard action 0: `u32 port, u16 maxLength, 6 bytes padding`. */
export const output: ActionCodec<OutputAction> = {
  type: 'output',
  words: ['output'],
  forms: [
    {
      number: 0,
      decode(reader) {
        const port = reader.u32();
        const maxLength = reader.u16();
        const usual = maxLength === 0 && port !== ports.controller;
        return usual ? { type: 'output', port } : { type: 'output', port, maxLength };
      },
    },
  ],
  encode(writer, action) {
    const start = startAction(writer, 0);
    writer.u32(action.port, 'output port');
    writer.u16(action.maxLength ?? (action.port === ports.controller ? wholePacket : 0), 'maxLength');
    finishAction(writer, start);
  },
  parse: parseOutput,
  format(action, context) {
    const port = formatPort(action.port, context.portNames);
    if (action.port === ports.controller) return `${port}:${action.maxLength ?? wholePacket}`;
    return action.port < ports.maximum ? `output:${port}` : port;
  },
};

function parseOutput(argument: string): Action {
  if (argument.includes('port') && argument.includes('max_len')) return parseTruncated(argument);
  const port = findPort(argument);
  if (port !== undefined) {
    return port === ports.controller
      ? { type: 'output', port, maxLength: wholePacket }
      : { type: 'output', port };
  }
  const source = findSubfield(argument);
  if (source) return { type: 'output-register', source, maxLength: wholePacket };
  return badText(`output: "${argument}" is neither a port nor a field`);
}

function parseTruncated(argument: string): Action {
  let port: number | undefined;
  let maxLength: number | undefined;
  for (const { key, value } of keyValues(argument)) {
    if (key === 'port') port = parsePort(value);
    else if (key === 'max_len') maxLength = parseInteger(value, 32, 'max_len');
    else badText(`output: unknown key "${key}"`);
  }
  if (port === undefined || maxLength === undefined)
    return badText('output: port and max_len are both needed');
  if (maxLength < shortestPacket) badText(`output: max_len ${maxLength} is less than ${shortestPacket}`);
  return { type: 'output-truncated', port, maxLength };
}

/**
 * Nicira 15: `u16 range, u32 field, u16 maxLength, 6 zeros`. Nicira 32 has room for an experimenter's field:
 * `u16 range, u16 maxLength, field, zeros`; both are 24 bytes long.
 */
export const outputRegister: ActionCodec<OutputRegisterAction> = {
  type: 'output-register',
  words: ['output_reg'],
  forms: [
    {
      number: 15,
      experimenter: niciraExperimenter,
      decode(reader) {
        const range = unpackRange(reader.u16());
        const source = { ...decodeShortFieldHeader(reader), ...range };
        return { type: 'output-register', source, maxLength: reader.u16() };
      },
    },
    { number: 32, experimenter: niciraExperimenter, decode: decodeLongRegister },
  ],
  encode(writer, action) {
    const { source } = action;
    const long = actionTable.get(source.field).versionless.experimenter !== undefined;
    const start = startExperimenterAction(writer, long ? 32 : 15);
    writer.u16(packRange(source));
    if (long) writer.u16(action.maxLength ?? wholePacket, 'maxLength');
    encodeFieldHeader(writer, source.field, 0, source.size);
    if (!long) writer.u16(action.maxLength ?? wholePacket, 'maxLength');
    finishAction(writer, start, 24);
  },
  parse: parseOutput,
  format: (action) => `output:${formatSubfield(action.source)}`,
};

function decodeLongRegister(reader: Reader): OutputRegisterAction {
  const range = unpackRange(reader.u16());
  const maxLength = reader.u16();
  return { type: 'output-register', source: { ...decodeFieldHeader(reader), ...range }, maxLength };
}

/** Nicira 39: `u16 port, u32 maxLength`. */
export const outputTruncated: ActionCodec<OutputTruncatedAction> = {
  type: 'output-truncated',
  words: [],
  forms: [
    {
      number: 39,
      experimenter: niciraExperimenter,
      decode(reader) {
        const port = fromPort16(reader.u16());
        return { type: 'output-truncated', port, maxLength: reader.u32() };
      },
    },
  ],
  encode(writer, action) {
    const start = startExperimenterAction(writer, 39);
    writer.u16(toPort16(action.port));
    writer.u32(action.maxLength, 'maxLength');
    finishAction(writer, start);
  },
  parse: parseOutput,
  format: (action, context) =>
    `output(port=${formatPort(action.port, context.portNames)},max_len=${action.maxLength})`,
};
