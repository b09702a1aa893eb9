import type { FlowStatistics } from '../messages/flow-mod-types.ts';
import { decodeFlowStatistics, encodeFlowStatistics } from '../messages/flow-statistics.ts';
import { badText, keyValues, parseBigInteger, parseInteger } from '../text/syntax.ts';
import { bitSet } from '../wire/enumeration.ts';
import type { InstructionCodec, Of } from './codec.ts';

const triggerFlags = bitSet('flag of stat_trigger', { periodic: 1, 'only-first': 2 });

type Draft = { -readonly [Key in keyof FlowStatistics]: FlowStatistics[Key] };

/** Seconds with up to nine decimals. */
function parseTime(text: string, key: string): [seconds: number, nanoseconds: number] {
  const [seconds = '', fraction = '0'] = text.split('.');
  if (!/^\d{1,9}$/.test(fraction)) badText(`stat_trigger: ${key}=${text} is not a number of seconds`);
  return [parseInteger(seconds, 32, key), Number(fraction.padEnd(9, '0'))];
}

function formatTime(seconds: number, nanoseconds: number): string {
  const fraction = String(nanoseconds).padStart(9, '0').replace(/0+$/, '');
  return fraction === '' ? String(seconds) : `${seconds}.${fraction}`;
}

const thresholdKeys: Readonly<Record<string, (thresholds: Draft, value: string, key: string) => void>> = {
  duration(thresholds, value, key) {
    [thresholds.durationSeconds, thresholds.durationNanoseconds] = parseTime(value, key);
  },
  idle_time(thresholds, value, key) {
    [thresholds.idleSeconds, thresholds.idleNanoseconds] = parseTime(value, key);
  },
  flow_count(thresholds, value, key) {
    thresholds.flowCount = parseInteger(value, 32, key);
  },
  packet_count(thresholds, value, key) {
    thresholds.packetCount = parseBigInteger(value, 64, key);
  },
  byte_count(thresholds, value, key) {
    thresholds.byteCount = parseBigInteger(value, 64, key);
  },
};

function formatThresholds(thresholds: FlowStatistics): string[] {
  const { durationSeconds, durationNanoseconds = 0, idleSeconds, idleNanoseconds = 0 } = thresholds;
  const { flowCount, packetCount, byteCount } = thresholds;
  const parts: string[] = [];
  if (durationSeconds !== undefined)
    parts.push(`duration=${formatTime(durationSeconds, durationNanoseconds)}`);
  if (idleSeconds !== undefined) parts.push(`idle_time=${formatTime(idleSeconds, idleNanoseconds)}`);
  if (flowCount !== undefined) parts.push(`flow_count=${flowCount}`);
  if (packetCount !== undefined) parts.push(`packet_count=${packetCount}`);
  if (byteCount !== undefined) parts.push(`byte_count=${byteCount}`);
  return parts;
}

/**
 * `u32 flags, statistics`. Open vSwitch does not have it; the text form, such as `stat_trigger(periodic,packet_count=1000)`,
 * is the library's own.
 */
export const statTrigger: InstructionCodec<Of<'stat-trigger'>> = {
  type: 'stat-trigger',
  number: 7,
  versions: [6, 6],
  word: 'stat_trigger',
  encode(writer, { flags, thresholds }) {
    writer.u32(triggerFlags.bits(flags), 'flags');
    encodeFlowStatistics(writer, thresholds);
  },
  decode(reader) {
    const flags = triggerFlags.names(reader.u32());
    return { type: 'stat-trigger', flags, thresholds: decodeFlowStatistics(reader) };
  },
  parse(argument) {
    const flags: ('periodic' | 'only-first')[] = [];
    const thresholds: Draft = {};
    for (const { key, value } of keyValues(argument)) {
      const set = thresholdKeys[key];
      if (set) set(thresholds, value, key);
      else if (key === 'periodic') flags.push('periodic');
      else if (key === 'only_first') flags.push('only-first');
      else badText(`stat_trigger: unknown key "${key}"`);
    }
    return { type: 'stat-trigger', flags, thresholds };
  },
  format({ flags, thresholds }) {
    const words = flags.map((flag) => String(flag).replace('-', '_'));
    return `stat_trigger(${[...words, ...formatThresholds(thresholds)].join(',')})`;
  },
};
