/** One line of an exposition. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** The value of the one sample with this name and these labels. @throws Error when there is none */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
}

const commentLine = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/;
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPart = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

/**
 * Reads Prometheus's text format 0.0.4, and refuses what a scraper would: lines of no form, samples without a type,
 * two samples of the same series. An own reader, so that the library which writes is not its own judge.
 */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const types = new Map<string, string>();
  const series = new Map<string, Sample>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('#')) {
      const [, keyword, name = '', rest = ''] = commentLine.exec(line) ?? fail(line, 'is no comment');
      if (keyword === 'TYPE') types.set(name, types.has(name) ? fail(line, 'is there twice') : rest);
      continue;
    }
    const sample = parseSample(line);
    if (!types.has(sample.name) && types.get(familyOf(sample.name)) !== 'histogram')
      fail(line, 'has no type');
    const key = seriesKey(sample.name, sample.labels);
    if (series.has(key)) fail(line, 'is a series that is there already');
    series.set(key, sample);
  }
  const value = (name: string, labels = {}) =>
    (series.get(seriesKey(name, labels)) ?? fail(seriesKey(name, labels), 'is not there')).value;
  return { types, samples: [...series.values()], value };
}

function parseSample(line: string): Sample {
  const [, name = '', labelText = '', number = ''] = sampleLine.exec(line) ?? fail(line, 'is no sample');
  const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number);
  if (Number.isNaN(value) && number !== 'Nan') fail(line, 'has no number');
  return { name, labels: parseLabels(labelText, line), value };
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  labelPart.lastIndex = 0;
  for (let position = 0; position < text.length; position = labelPart.lastIndex) {
    const [, name = '', value = ''] = labelPart.exec(text) ?? fail(line, 'has labels of no form');
    labels[name] = value;
  }
  return labels;
}

const familyOf = (name: string) => name.replace(/_(bucket|sum|count)$/, '');

const seriesKey = (name: string, labels: Readonly<Record<string, string>>) =>
  JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => a.localeCompare(b))]);

function fail(line: string, problem: string): never {
  throw new Error(`${line} ${problem}`);
}
