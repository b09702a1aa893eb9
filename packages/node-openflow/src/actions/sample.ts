import type { Subfield } from '../fields/match.ts';
import { decodeShortFieldHeader, encodeShortFieldHeader, packRange, unpackRange } from '../fields/oxm.ts';
import { findSubfield, formatSubfield } from '../fields/subfield-text.ts';
import { ports } from '../ports.ts';
import { formatPort, fromPort16, parsePort, toPort16 } from '../text/context.ts';
import { badText, keyValues, parseInteger } from '../text/syntax.ts';
import { enumeration } from '../wire/enumeration.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type ActionCodec, finishAction, niciraExperimenter, startExperimenterAction } from './codec.ts';
import type { SampleAction } from './types.ts';

/*
 * Nicira 29: u16 probability, u32 collector set, u32 domain, u32 point.
 * Nicira 38: the same, u16 port, 6 zeros. Nicira 41: the same, u16 port, u8 direction, 5 zeros.
 * Nicira 51: u16 probability, u32 collector set, twice (u32 field or 0, u32 number or u16 range and zeros), u16 port,
 * u8 direction, 5 zeros: domain and point may come from a field.
 * The shortest one that can say everything is used.
 */

const directions = enumeration('sampling direction', ['default', 'ingress', 'egress']);
const subtype = { plain: 29, port: 38, direction: 41, fields: 51 } as const;

type Draft = { -readonly [Key in keyof SampleAction]: SampleAction[Key] };

function decodePort(reader: Reader, action: Draft): void {
  const port = fromPort16(reader.u16());
  if (port !== ports.any) action.samplingPort = port;
}

function decodeDirection(reader: Reader, action: Draft): void {
  const direction = directions.strictName(reader.u8(), reader.offset - 1);
  if (direction !== 'default') action.direction = direction;
}

function decodeOld(reader: Reader, form: number): SampleAction {
  const action: Draft = {
    type: 'sample',
    probability: reader.u16(),
    collectorSet: reader.u32(),
    observationDomain: reader.u32(),
    observationPoint: reader.u32(),
  };
  if (form !== subtype.plain) decodePort(reader, action);
  if (form === subtype.direction) decodeDirection(reader, action);
  return action;
}

function decodeSource(reader: Reader): number | Subfield {
  const start = reader.offset;
  if (reader.u32() === 0) return reader.u32();
  reader.offset = start;
  const field = decodeShortFieldHeader(reader);
  // Written again, the number of the field might be 0, which says that there is none.
  if (field.size === 0) reader.fail('OPENFLOW_BAD_VALUE', `sample: ${field.field} has no bits`, start);
  const range = unpackRange(reader.u16());
  reader.skip(2);
  return { ...field, ...range };
}

function decodeWithFields(reader: Reader): SampleAction {
  const action: Draft = {
    type: 'sample',
    probability: reader.u16(),
    collectorSet: reader.u32(),
    observationDomain: decodeSource(reader),
    observationPoint: decodeSource(reader),
  };
  decodePort(reader, action);
  decodeDirection(reader, action);
  return action;
}

function encodeSource(writer: Writer, source: number | Subfield): void {
  if (typeof source === 'number') {
    writer.u32(0);
    writer.u32(source, 'observation id');
    return;
  }
  encodeShortFieldHeader(writer, source.field, source.size);
  writer.u16(packRange(source));
  writer.pad(2);
}

function chooseForm({ observationDomain, observationPoint, samplingPort, direction }: SampleAction): number {
  if (typeof observationDomain === 'object' || typeof observationPoint === 'object') return subtype.fields;
  if (direction !== undefined) return subtype.direction;
  return samplingPort === undefined ? subtype.plain : subtype.port;
}

function encode(writer: Writer, action: SampleAction): void {
  const { observationDomain: domain, observationPoint: point } = action;
  const form = chooseForm(action);
  const start = startExperimenterAction(writer, form);
  writer.u16(action.probability, 'probability');
  writer.u32(action.collectorSet, 'collector set');
  if (typeof domain === 'number' && typeof point === 'number') {
    writer.u32(domain, 'observation domain');
    writer.u32(point, 'observation point');
  } else {
    encodeSource(writer, domain);
    encodeSource(writer, point);
  }
  if (form !== subtype.plain) {
    writer.u16(toPort16(action.samplingPort ?? ports.any));
    writer.u8(directions.number(action.direction ?? 'default'));
    writer.pad(5);
  }
  finishAction(writer, start);
}

function parseSource(text: string, key: string): number | Subfield {
  return /^[0-9]/.test(text)
    ? parseInteger(text, 32, key)
    : (findSubfield(text) ?? badText(`sample: ${key}=${text} is neither a number nor a field`));
}

const setters: Readonly<Record<string, (action: Draft, value: string, key: string) => void>> = {
  probability(action, value, key) {
    action.probability = parseInteger(value, 16, key);
  },
  collector_set_id(action, value, key) {
    action.collectorSet = parseInteger(value, 32, key);
  },
  obs_domain_id(action, value, key) {
    action.observationDomain = parseSource(value, key);
  },
  obs_point_id(action, value, key) {
    action.observationPoint = parseSource(value, key);
  },
  sampling_port(action, value) {
    action.samplingPort = parsePort(value);
  },
  ingress(action) {
    action.direction = 'ingress';
  },
  egress(action) {
    action.direction = 'egress';
  },
};

function parse(argument: string): SampleAction {
  const action: Draft = {
    type: 'sample',
    probability: 0,
    collectorSet: 0,
    observationDomain: 0,
    observationPoint: 0,
  };
  for (const { key, value } of keyValues(argument)) {
    const setter = setters[key] ?? badText(`sample: unknown key "${key}"`);
    setter(action, value, key);
  }
  if (action.probability === 0) badText('sample: a probability that is not 0 is needed');
  return action;
}

function formatSource(source: number | Subfield): string {
  return typeof source === 'number' ? String(source) : formatSubfield(source);
}

export const sample: ActionCodec<SampleAction> = {
  type: 'sample',
  words: ['sample'],
  forms: [
    ...[subtype.plain, subtype.port, subtype.direction].map((number) => ({
      number,
      experimenter: niciraExperimenter,
      decode: (reader: Reader) => decodeOld(reader, number),
    })),
    { number: subtype.fields, experimenter: niciraExperimenter, decode: decodeWithFields },
  ],
  encode,
  parse,
  format(action, { portNames }) {
    const parts = [
      `probability=${action.probability}`,
      `collector_set_id=${action.collectorSet}`,
      `obs_domain_id=${formatSource(action.observationDomain)}`,
      `obs_point_id=${formatSource(action.observationPoint)}`,
    ];
    if (action.samplingPort !== undefined)
      parts.push(`sampling_port=${formatPort(action.samplingPort, portNames)}`);
    if (action.direction !== undefined) parts.push(action.direction);
    return `sample(${parts.join(',')})`;
  },
};
