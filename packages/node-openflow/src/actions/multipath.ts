import { decodeShortFieldHeader, encodeShortFieldHeader, packRange, unpackRange } from '../fields/oxm.ts';
import { formatSubfield, parseSubfield } from '../fields/subfield-text.ts';
import { badText, parseInteger } from '../text/syntax.ts';
import { enumeration } from '../wire/enumeration.ts';
import type { Reader } from '../wire/reader.ts';
import { type ActionCodec, finishAction, niciraExperimenter, startExperimenterAction } from './codec.ts';
import { hashFields, nameOrNumber } from './hash-fields.ts';
import type { HashFields, MultipathAction, MultipathAlgorithm } from './types.ts';

const algorithms = enumeration('multipath algorithm', ['modulo_n', 'hash_threshold', 'hrw', 'iter_hash']);

function decode(reader: Reader): MultipathAction {
  const fields = hashFields.name(reader.u16());
  const basis = reader.u16();
  reader.skip(2);
  const algorithm = algorithms.name(reader.u16());
  const links = reader.u16() + 1;
  const argument = reader.u32();
  reader.skip(2);
  const range = unpackRange(reader.u16());
  const destination = { ...decodeShortFieldHeader(reader), ...range };
  return { type: 'multipath', fields, basis, algorithm, links, argument, destination };
}

/**
 * Nicira 10: `u16 fields, u16 basis, 2 zeros, u16 algorithm, u16 links less one, u32 argument, 2 zeros, u16 range,
 * u32 field`.
 */
export const multipath: ActionCodec<MultipathAction> = {
  type: 'multipath',
  words: ['multipath'],
  forms: [{ number: 10, experimenter: niciraExperimenter, decode }],
  encode(writer, action) {
    const start = startExperimenterAction(writer, 10);
    writer.u16(hashFields.number(action.fields), 'fields');
    writer.u16(action.basis, 'basis');
    writer.pad(2);
    writer.u16(algorithms.number(action.algorithm), 'algorithm');
    writer.u16(action.links - 1, 'links less one');
    writer.u32(action.argument, 'argument');
    writer.pad(2);
    writer.u16(packRange(action.destination));
    encodeShortFieldHeader(writer, action.destination.field, action.destination.size);
    finishAction(writer, start);
  },
  parse(text) {
    const [fields = '', basis = '', algorithm = '', links = '', argument = '', target] = text
      .split(/[, ]+/)
      .filter((part) => part !== '');
    if (target === undefined)
      return badText('multipath needs fields, basis, algorithm, links, argument, field');
    const action: MultipathAction = {
      type: 'multipath',
      fields: nameOrNumber(fields) as HashFields,
      basis: parseInteger(basis, 16, 'basis'),
      algorithm: nameOrNumber(algorithm) as MultipathAlgorithm,
      links: parseInteger(links, 17, 'links'),
      argument: parseInteger(argument, 32, 'argument'),
      destination: parseSubfield(target),
    };
    hashFields.number(action.fields);
    algorithms.number(action.algorithm);
    if (action.links < 1 || action.links > 2 ** Math.min(action.destination.bits, 16))
      badText(`multipath: ${links} links cannot be numbered in ${target}`);
    return action;
  },
  format({ fields, basis, algorithm, links, argument, destination }) {
    return `multipath(${fields},${basis},${algorithm},${links},${argument},${formatSubfield(destination)})`;
  },
};
