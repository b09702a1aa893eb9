import { decodeActions, encodeActions, formatActions, parseActions } from '../actions/registry.ts';
import { formatTable, parseTable } from '../text/context.ts';
import { hexadecimal, parseBigInteger, parseInteger } from '../text/syntax.ts';
import type { InstructionCodec, Of } from './codec.ts';

const allOnes = 0xffff_ffff_ffff_ffffn;

/** `u8 table, 3 zeros`. */
export const gotoTable: InstructionCodec<Of<'goto-table'>> = {
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
export const writeMetadata: InstructionCodec<Of<'write-metadata'>> = {
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

export const applyActions = actionList('apply-actions', 4, {
  format: ({ actions }, options) => formatActions(actions, options),
});

export const writeActions = actionList('write-actions', 3, {
  word: 'write_actions',
  parse: (argument, packet) => ({ type: 'write-actions', actions: parseActions(argument, packet.copy()) }),
  format: ({ actions }, options) => `write_actions(${formatActions(actions, options)})`,
});

/** `4 zeros`. */
export const clearActions: InstructionCodec<Of<'clear-actions'>> = {
  type: 'clear-actions',
  number: 5,
  word: 'clear_actions',
  encode: (writer) => writer.pad(4),
  decode: () => ({ type: 'clear-actions' }),
  parse: () => ({ type: 'clear-actions' }),
  format: () => 'clear_actions',
};

/** `u32 meter`. Its text form is that of the action. */
export const meter: InstructionCodec<Of<'meter'>> = {
  type: 'meter',
  number: 6,
  versions: [4, 5],
  encode: (writer, instruction) => writer.u32(instruction.meter, 'meter'),
  decode: (reader) => ({ type: 'meter', meter: reader.u32() }),
  parse: (argument) => ({ type: 'meter', meter: parseInteger(argument, 32, 'meter') }),
  format: (instruction) => `meter:${instruction.meter}`,
};
