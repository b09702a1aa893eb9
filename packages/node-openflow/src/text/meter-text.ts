import type { MeterBand, MeterDescription, MeterFlag, MeterMod } from '../messages/group-meter-types.ts';
import { meters } from '../ports.ts';
import { hexOf } from '../wire/hex.ts';
import { badText, parseInteger } from './syntax.ts';

const flagWords: readonly (readonly [word: string, flag: MeterFlag])[] = [
  ['kbps', 'kilobits'],
  ['pktps', 'packets'],
  ['burst', 'burst'],
  ['stats', 'statistics'],
];
const meterWords: readonly (readonly [word: string, meter: number])[] = [
  ['slowpath', meters.slowPath],
  ['controller', meters.controller],
  ['all', meters.all],
];

function parseMeterNumber(text: string): number {
  const word = meterWords.find(([name]) => name === text);
  if (word) return word[1];
  const meter = parseInteger(text, 32, 'meter');
  return meter > 0 && meter <= meters.maximum ? meter : badText(`"${text}" is not a meter`);
}

/** `name=value` pairs and single words, with `=`, commas and white space between them. */
function* words(text: string, single: (word: string) => boolean): Generator<[name: string, value: string]> {
  const tokens = text.split(/[=,\s]+/).filter((token) => token !== '');
  for (let at = 0; at < tokens.length; at++) {
    const name = tokens[at] as string;
    if (single(name)) {
      yield [name, ''];
      continue;
    }
    at++;
    yield [name, tokens[at] ?? badText(`meter: ${name} has no value`)];
  }
}

interface BandDraft {
  readonly type: string;
  rate: number;
  burst: number;
  precedenceLevel: number;
}

const bandKeys: Readonly<Record<string, (band: BandDraft, value: string) => void>> = {
  rate(band, value) {
    band.rate = parseInteger(value, 32, 'rate');
  },
  burst_size(band, value) {
    band.burst = parseInteger(value, 32, 'burst_size');
  },
  prec_level(band, value) {
    band.precedenceLevel = parseInteger(value, 8, 'prec_level');
  },
};

function finishBand(
  { type, rate, burst, precedenceLevel }: BandDraft,
  flags: readonly (MeterFlag | number)[],
): MeterBand {
  if (rate === 0) badText('meter: a band needs a rate');
  if (burst === 0 && flags.includes('burst')) badText('meter: with the flag burst, bands need a burst_size');
  if (burst !== 0 && !flags.includes('burst')) badText('meter: burst_size needs the flag burst');
  if ((type === 'dscp_remark') !== (precedenceLevel !== 0))
    badText('meter: prec_level belongs to dscp_remark bands');
  const rates = burst === 0 ? { rate } : { rate, burst };
  return type === 'drop' ? { type, ...rates } : { type: 'dscp-remark', ...rates, precedenceLevel };
}

function parseBands(text: string, flags: readonly (MeterFlag | number)[]): MeterBand[] {
  const bands: BandDraft[] = [];
  for (const [name, value] of words(text, () => false)) {
    if (name === 'type') {
      if (value !== 'drop' && value !== 'dscp_remark') badText(`meter: "${value}" is not a type of band`);
      bands.push({ type: value, rate: 0, burst: 0, precedenceLevel: 0 });
      continue;
    }
    const band = bands.at(-1) ?? badText('meter: a band begins with its type');
    const set = bandKeys[name] ?? badText(`meter: there is no property "${name}" of a band`);
    set(band, value);
  }
  if (bands.length === 0) badText('meter: at least one band is needed');
  return bands.map((band) => finishBand(band, flags));
}

/**
 * Reads a meter in the syntax of ovs-ofctl(8), such as `meter=1,kbps,burst,bands=type=drop,rate=1000,burst_size=100`.
 * @throws OpenFlowError OPENFLOW_BAD_TEXT
 */
export function parseMeter(text: string, command: MeterMod['command'] = 'add'): MeterMod {
  const full = command !== 'delete';
  const parts = full ? /^(.*?)band[^=]*=(.*)$/s.exec(text) : [text, text, ''];
  if (!parts) return badText('the meter has no bands=');
  const flags: MeterFlag[] = [];
  let meter = 0;
  const flagOf = (word: string) => (full ? flagWords.find(([known]) => known === word)?.[1] : undefined);
  for (const [name, value] of words(parts[1] as string, (word) => flagOf(word) !== undefined)) {
    const flag = flagOf(name);
    if (flag) flags.push(flag);
    else if (name === 'meter') meter = parseMeterNumber(value);
    else badText(`there is no property "${name}" of a meter`);
  }
  if (meter === 0) badText('the meter has no meter=');
  if (full && flags.length === 0) badText('the meter has neither kbps nor pktps');
  const bands = full ? parseBands(parts[2] as string, flags) : [];
  return { type: 'meter-mod', command, flags, meter, bands };
}

function formatBand(band: MeterBand, flags: readonly (MeterFlag | number)[]): string {
  if (band.type === 'unknown') return `type=${hexOf(band.raw)}`;
  const burst = flags.includes('burst') ? ` burst_size=${band.burst ?? 0}` : '';
  const level = band.type === 'dscp-remark' ? ` prec_level=${band.precedenceLevel}` : '';
  return `type=${band.type === 'drop' ? 'drop' : 'dscp_remark'} rate=${band.rate}${burst}${level}`;
}

/** Writes a meter as `ovs-ofctl dump-meters` prints it, but on one line. The result can be read again by `parseMeter`. */
export function formatMeter({ meter, flags, bands }: MeterDescription | MeterMod): string {
  const name = meterWords.find(([, number]) => number === meter)?.[0] ?? meter;
  const flagText = flagWords.filter(([, flag]) => flags.includes(flag)).map(([word]) => `${word} `);
  return `meter=${name} ${flagText.join('')}bands=${bands.map((band) => formatBand(band, flags)).join(' ')}`;
}
