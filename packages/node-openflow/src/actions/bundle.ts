import { decodeShortFieldHeader, encodeShortFieldHeader, packRange, unpackRange } from '../fields/oxm.ts';
import { formatSubfield, parseSubfield } from '../fields/subfield-text.ts';
import { formatPort, fromPort16, parsePort, toPort16 } from '../text/context.ts';
import { badText, parseInteger } from '../text/syntax.ts';
import { enumeration } from '../wire/enumeration.ts';
import type { Reader } from '../wire/reader.ts';
import { type ActionCodec, finishAction, niciraExperimenter, startExperimenterAction } from './codec.ts';
import { hashFields, nameOrNumber } from './hash-fields.ts';
import type { BundleAction, BundleAlgorithm, HashFields } from './types.ts';

const algorithms = enumeration('bundle algorithm', ['active_backup', 'hrw']);
/** The old header of `in_port`: members are ports. It is the only kind of member there is. */
const portMembers = 0x00000002;
const subtype = { send: 12, load: 13 } as const;

function decode(reader: Reader, loads: boolean): BundleAction {
  const algorithm = algorithms.name(reader.u16());
  const fields = hashFields.name(reader.u16());
  const basis = reader.u16();
  const memberType = reader.u32();
  if (memberType !== portMembers)
    reader.fail('OPENFLOW_BAD_VALUE', `a bundle has members of type ${memberType}`);
  const count = reader.u16();
  const range = unpackRange(reader.u16());
  const destination = loads ? { ...decodeShortFieldHeader(reader), ...range } : undefined;
  reader.skip(loads ? 4 : 8);
  const members: number[] = [];
  while (members.length < count) members.push(fromPort16(reader.u16()));
  const action = { type: 'bundle', algorithm, fields, basis, members } as const;
  return destination ? { ...action, destination } : action;
}

/** `fields,basis,algorithm,ofport[,destination],members:port,…`; older texts say `slaves`. */
function parse(text: string, loads: boolean): BundleAction {
  const parts = /^(.*?)[, ]*(?:members|slaves)\s*[:= ]\s*(.*)$/i.exec(text);
  if (!parts) return badText('bundle: members:… is missing');
  const words = (parts[1] as string).split(/[, ]+/).filter((word) => word !== '');
  const [fields = '', basis = '', algorithm = '', memberType, target] = words;
  if (memberType?.toLowerCase() !== 'ofport' || words.length !== (loads ? 5 : 4))
    return badText('bundle needs fields, basis, algorithm, ofport and, for bundle_load, a field');
  const action: BundleAction = {
    type: 'bundle',
    algorithm: nameOrNumber(algorithm) as BundleAlgorithm,
    fields: nameOrNumber(fields) as HashFields,
    basis: parseInteger(basis, 16, 'basis'),
    members: (parts[2] as string)
      .split(/[, [\]]+/)
      .filter((port) => port !== '')
      .map(parsePort),
  };
  hashFields.number(action.fields);
  algorithms.number(action.algorithm);
  return target === undefined ? action : { ...action, destination: parseSubfield(target) };
}

/**
 * Nicira 12, and 13 with a destination: `u16 algorithm, u16 fields, u16 basis, u32 type of members, u16 members, u16 range,
 * u32 field, 4 zeros, u16 port for each member`.
 */
export const bundle: ActionCodec<BundleAction> = {
  type: 'bundle',
  words: ['bundle', 'bundle_load'],
  forms: [
    { number: subtype.send, experimenter: niciraExperimenter, decode: (reader) => decode(reader, false) },
    { number: subtype.load, experimenter: niciraExperimenter, decode: (reader) => decode(reader, true) },
  ],
  encode(writer, { algorithm, fields, basis, members, destination }) {
    const start = startExperimenterAction(writer, destination ? subtype.load : subtype.send);
    writer.u16(algorithms.number(algorithm), 'algorithm');
    writer.u16(hashFields.number(fields), 'fields');
    writer.u16(basis, 'basis');
    writer.u32(portMembers);
    writer.u16(members.length, 'number of members');
    writer.u16(destination ? packRange(destination) : 0);
    if (destination) encodeShortFieldHeader(writer, destination.field, destination.size);
    writer.pad(destination ? 4 : 8);
    for (const port of members) writer.u16(toPort16(port));
    finishAction(writer, start);
  },
  parse: (argument, _, word) => parse(argument, word === 'bundle_load'),
  format({ algorithm, fields, basis, members, destination }, { portNames }) {
    const word = destination ? 'bundle_load' : 'bundle';
    const target = destination ? `${formatSubfield(destination)},` : '';
    const ports = members.map((port) => formatPort(port, portNames)).join(',');
    return `${word}(${fields},${basis},${algorithm},ofport,${target}members:${ports})`;
  },
};
