import { OpenFlowError } from '../errors.ts';
import type { Subfield } from '../fields/match.ts';
import { decodeFieldHeader, encodeFieldHeader } from '../fields/oxm.ts';
import { formatSubfield, parseSubfield, splitArrow } from '../fields/subfield-text.ts';
import { badText } from '../text/syntax.ts';
import type { Reader } from '../wire/reader.ts';
import {
  type ActionCodec,
  type ActionForm,
  finishAction,
  niciraExperimenter,
  onfExperimenter,
  startAction,
  startExperimenterAction,
} from './codec.ts';
import type { MoveAction } from './types.ts';

/*
 * Standard 28 (1.5): u16 bits, u16 source offset, u16 destination offset, 2 bytes padding, two field headers.
 * ONF 3200 (1.3 and 1.4): 2 bytes padding, then the same. Read only.
 * Nicira 6 (up to 1.4): the three numbers without the paddings, two field headers.
 */

function moveForm(form: Omit<ActionForm, 'decode'>, before: number, after: number): ActionForm {
  return {
    ...form,
    decode(reader: Reader) {
      reader.skip(before);
      const bits = reader.u16();
      const sourceOffset = reader.u16();
      const destinationOffset = reader.u16();
      reader.skip(after);
      const source: Subfield = { ...decodeFieldHeader(reader), offset: sourceOffset, bits };
      const destination: Subfield = { ...decodeFieldHeader(reader), offset: destinationOffset, bits };
      return { type: 'move', source, destination };
    },
  };
}

export const move: ActionCodec<MoveAction> = {
  type: 'move',
  words: ['move'],
  forms: [
    moveForm({ number: 28, versions: [6, 6] }, 0, 2),
    moveForm({ number: 3200, experimenter: onfExperimenter, versions: [4, 5] }, 2, 2),
    moveForm({ number: 6, experimenter: niciraExperimenter, versions: [4, 5] }, 0, 0),
  ],
  encode(writer, { source, destination }, { version }) {
    if (source.bits !== destination.bits) {
      throw new OpenFlowError(
        'OPENFLOW_VALUE_RANGE',
        `move: ${source.field} gives ${source.bits} bits but ${destination.field} takes ${destination.bits}`,
      );
    }
    const start = version === 6 ? startAction(writer, 28) : startExperimenterAction(writer, 6);
    writer.u16(source.bits, 'bits');
    writer.u16(source.offset, 'source offset');
    writer.u16(destination.offset, 'destination offset');
    if (version === 6) writer.pad(2);
    const numbers = version === 6 ? version : 0;
    encodeFieldHeader(writer, source.field, numbers, source.size);
    encodeFieldHeader(writer, destination.field, numbers, destination.size);
    finishAction(writer, start);
  },
  parse(argument) {
    const [from, to] = splitArrow(argument);
    const source = parseSubfield(from);
    const destination = parseSubfield(to);
    if (source.bits !== destination.bits) {
      badText(`move: ${from} is ${source.bits} bits wide but ${to} is ${destination.bits}`);
    }
    return { type: 'move', source, destination };
  },
  format: ({ source, destination }) => `move:${formatSubfield(source)}->${formatSubfield(destination)}`,
};
