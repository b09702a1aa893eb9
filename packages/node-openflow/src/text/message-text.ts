import type { Match } from '../fields/match.ts';
import { formatMatch } from '../fields/match-format.ts';
import { messageCodecs } from '../messages/message-codecs.ts';
import type { Message } from '../messages/types.ts';
import { hexOf } from '../wire/hex.ts';
import type { FormatOptions } from './context.ts';
import { formatFlow } from './flow-format.ts';
import { formatGroup } from './group-format.ts';
import { formatMeter } from './meter-text.ts';
import { hexadecimal } from './syntax.ts';

const codecs = new Map(messageCodecs.map((codec) => [codec.type, codec]));

/** Bytes that are printed before the rest is only counted. */
const shownBytes = 64;

function formatBytes(bytes: Uint8Array): string {
  const rest = bytes.length - shownBytes;
  return rest > 0 ? `${hexOf(bytes.subarray(0, shownBytes))}…(${rest} more)` : hexOf(bytes);
}

function isMatch(value: readonly unknown[]): boolean {
  return (
    value.length > 0 &&
    value.every((item) => typeof item === 'object' && item !== null && 'field' in item && 'value' in item)
  );
}

/** Things within messages that have a notation of their own, known by what they hold. */
const notations: readonly (readonly [
  keys: readonly string[],
  format: (value: never, options: FormatOptions) => string,
])[] = [
  [['match', 'instructions'], formatFlow],
  [['groupType', 'buckets'], formatGroup],
  [['flags', 'meter', 'bands'], formatMeter],
];

function formatValue(value: unknown, options: FormatOptions): string {
  if (typeof value === 'bigint') return hexadecimal(value);
  if (value instanceof Uint8Array) return formatBytes(value);
  if (Array.isArray(value)) {
    if (isMatch(value)) return formatMatch(value as Match, options);
    return `[${value.map((item) => formatValue(item, options)).join('; ')}]`;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  const notation = notations.find(([keys]) => keys.every((key) => key in value));
  return notation ? notation[1](value as never, options) : `{${formatProperties(value, [], options)}}`;
}

function formatProperties(value: object, hidden: readonly string[], options: FormatOptions): string {
  return Object.entries(value)
    .filter(([key, item]) => !hidden.includes(key) && item !== undefined)
    .map(([key, item]) => `${key}=${formatValue(item, options)}`)
    .join(', ');
}

/** Writes any message on one line: its name, and flows, matches and actions in it as ovs-ofctl prints them. */
export function formatMessage(message: Message, options: FormatOptions = {}): string {
  const name = 'part' in message ? `${message.type} ${message.part}` : message.type;
  const format = codecs.get(message.type)?.format;
  const body = format
    ? format(message, options)
    : formatProperties(message, ['type', 'part', 'xid', 'version'], options);
  return body === '' ? name : `${name}: ${body}`;
}
