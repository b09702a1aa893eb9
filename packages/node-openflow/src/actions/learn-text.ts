import type { Subfield } from '../fields/match.ts';
import type { FieldValue } from '../fields/names.ts';
import { actionTable } from '../fields/registry.ts';
import { findSubfield, formatSubfield, parseSubfield, splitArrow } from '../fields/subfield-text.ts';
import { formatFieldValue, parseFieldValue } from '../fields/value-text.ts';
import { type FormatContext, formatTable, parseTable } from '../text/context.ts';
import { badText, hexadecimal, keyValues, parseBigInteger, parseInteger } from '../text/syntax.ts';
import type { LearnAction, LearnFlag, LearnSpec } from './learn-types.ts';

type Draft = { -readonly [Key in keyof LearnAction]: LearnAction[Key] } & { specs: LearnSpec[] };

const flagWords: readonly (readonly [word: string, flag: LearnFlag])[] = [
  ['send_flow_rem', 'send-flow-removed'],
  ['delete_learned', 'delete-learned'],
];

/** Settings with a plain number: word, property, bits. */
const numberWords = [
  ['idle_timeout', 'idleTimeout', 16],
  ['hard_timeout', 'hardTimeout', 16],
  ['fin_idle_timeout', 'finIdleTimeout', 16],
  ['fin_hard_timeout', 'finHardTimeout', 16],
  ['priority', 'priority', 16],
  ['limit', 'limit', 32],
] as const;

function valueType(subfield: Subfield, value: bigint): FieldValue {
  return subfield.bits > 32 ? value : Number(value);
}

function isWhole(subfield: Subfield): boolean {
  return subfield.offset === 0 && subfield.bits === actionTable.get(subfield.field).bits;
}

/** `field=value`, `field=field`, or a field alone, which equals itself. */
function parseMatchSpec(destination: Subfield, value: string): LearnSpec {
  if (value === '') return { type: 'match-field', source: destination, destination };
  const source = findSubfield(value);
  if (source) {
    if (source.bits !== destination.bits)
      badText(`learn: "${value}" has not as many bits as ${destination.field}`);
    return { type: 'match-field', source, destination };
  }
  const number = isWhole(destination)
    ? parseFieldValue(actionTable.get(destination.field), value).value
    : parseBigInteger(value, destination.bits, `learn ${destination.field}`);
  return { type: 'match-immediate', value: valueType(destination, number), destination };
}

function parseLoadSpec(argument: string): LearnSpec {
  const [from, to] = splitArrow(argument);
  const destination = parseSubfield(to);
  const source = findSubfield(from);
  if (!source) {
    const value = parseBigInteger(from, destination.bits, 'learn load');
    return { type: 'load-immediate', value: valueType(destination, value), destination };
  }
  if (source.bits !== destination.bits) badText(`learn: "${argument}" joins fields of different width`);
  return { type: 'load-field', source, destination };
}

function parseSpec(key: string, value: string): LearnSpec {
  if (key === 'load') return parseLoadSpec(value);
  if (key === 'output') return { type: 'output', source: parseSubfield(value) };
  const destination = findSubfield(key);
  return destination ? parseMatchSpec(destination, value) : badText(`learn: unknown key "${key}"`);
}

function parseSetting(action: Draft, key: string, value: string): boolean {
  const number = numberWords.find(([word]) => word === key);
  const flag = flagWords.find(([word]) => word === key);
  if (number) action[number[1]] = parseInteger(value, number[2], key);
  else if (flag) action.flags = [...(action.flags ?? []), flag[1]];
  else if (key === 'table') action.table = parseTable(value);
  else if (key === 'cookie') action.cookie = parseBigInteger(value, 64, key);
  else if (key === 'result_dst') action.resultDestination = parseSubfield(value);
  else return false;
  return true;
}

/** Reads the argument of `learn(…)`. */
export function parseLearn(argument: string): LearnAction {
  const action: Draft = { type: 'learn', table: 1, specs: [] };
  for (const { key, value } of keyValues(argument)) {
    if (!parseSetting(action, key, value)) action.specs.push(parseSpec(key, value));
  }
  if (action.table === 255) badText('learn: table 255 is not possible');
  if (action.resultDestination && action.resultDestination.bits !== 1)
    badText('learn: result_dst is not a single bit');
  return action;
}

function formatSpec(spec: LearnSpec, context: FormatContext): string {
  switch (spec.type) {
    case 'match-immediate': {
      if (!isWhole(spec.destination)) return `${formatSubfield(spec.destination)}=${hexadecimal(spec.value)}`;
      const definition = actionTable.get(spec.destination.field);
      return `${definition.textName}=${formatFieldValue(definition, spec.value, undefined, context.portNames)}`;
    }
    case 'match-field': {
      const { source, destination } = spec;
      const same = source.field === destination.field && source.offset === destination.offset;
      return same ? formatSubfield(destination) : `${formatSubfield(destination)}=${formatSubfield(source)}`;
    }
    case 'load-immediate':
      return `load:${hexadecimal(spec.value)}->${formatSubfield(spec.destination)}`;
    case 'load-field':
      return `load:${formatSubfield(spec.source)}->${formatSubfield(spec.destination)}`;
    case 'output':
      return `output:${formatSubfield(spec.source)}`;
  }
}

/** Writes `learn(…)` as ovs-ofctl does. */
export function formatLearn(action: LearnAction, context: FormatContext): string {
  const parts = [`table=${formatTable(action.table, context.tableNames)}`];
  for (const [word, property] of numberWords.slice(0, 4)) {
    if (action[property]) parts.push(`${word}=${action[property]}`);
  }
  if (action.priority !== undefined && action.priority !== 32768) parts.push(`priority=${action.priority}`);
  for (const [word, flag] of flagWords) if (action.flags?.includes(flag)) parts.push(word);
  if (action.cookie) parts.push(`cookie=${hexadecimal(action.cookie)}`);
  if (action.limit) parts.push(`limit=${action.limit}`);
  if (action.resultDestination) parts.push(`result_dst=${formatSubfield(action.resultDestination)}`);
  return `learn(${[...parts, ...action.specs.map((spec) => formatSpec(spec, context))].join(',')})`;
}
