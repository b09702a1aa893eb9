/*
 * Sends mutated messages through the codec: `npm run fuzz -w node-openflow -- [--messages N] [--seed S] [--from I]`, or
 * with `--hex DIGITS` one message that an earlier run complained about. Exit status 1 when something is wrong.
 */
import { parseArgs } from 'node:util';
import { checkMessage } from './check.ts';
import { type FuzzProblem, type FuzzReport, fuzz, limits } from './run.ts';
import { vectorMessages } from './seeds.ts';

const usage = 'usage: fuzz [--messages N] [--seed S] [--from I] | --hex DIGITS\n';
const longestHex = 1000;
const say = (text: string) => process.stdout.write(text);

function naturalNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new TypeError(`"${text}" is not a number from 0 to 999999999`);
}

function table(rows: readonly (readonly [name: string, value: string])[]): string {
  return rows.map(([name, value]) => `${name.padEnd(34)}${value.padStart(14)}\n`).join('');
}

const count = (value: number) => value.toLocaleString('en');

function describe({ messages, outcomes, slowest, growthBytes, elapsedMs, problems }: FuzzReport): string {
  return table([
    ['messages', count(messages)],
    ['refused with an OpenFlowError', count(outcomes.refused)],
    ['decoded, encoded, decoded: equal', count(outcomes.settled)],
    ['decoded, too long to be encoded', count(outcomes['too-long'])],
    ['wrong', count(problems.length)],
    ['messages per second', count(Math.round((messages / elapsedMs) * 1000))],
    [`slowest (limit ${limits.slowestMs} ms)`, `${slowest.ms.toFixed(2)} ms`],
    ['its length', `${count(slowest.bytes.length)} bytes`],
    [
      `memory grew (limit ${limits.growthBytes / 1024 / 1024} MB)`,
      `${(growthBytes / 1024 / 1024).toFixed(2)} MB`,
    ],
  ]);
}

/** How to see the problem again: longer messages are made anew from their numbers. */
function again(seed: number, { index, bytes }: FuzzProblem): string {
  const numbers = `--seed ${seed} --from ${index} --messages 1`;
  return bytes.length > longestHex ? numbers : `${numbers}, or --hex ${Buffer.from(bytes).toString('hex')}`;
}

function run(seed: number, messages: number, from: number): boolean {
  const seeds = vectorMessages();
  say(`${count(messages)} mutations of ${count(seeds.length)} messages, seed ${seed}\n`);
  const every = Math.max(1, Math.floor(messages / 10 / 10_000)) * 10_000;
  const progress = (done: number) => (done % every === 0 ? say(`  ${count(done)}\n`) : undefined);
  const report = fuzz(seeds, { seed, messages, from, progress });
  for (const problem of report.problems) say(`${problem.reason}\n  ${again(seed, problem)}\n`);
  say(describe(report));
  return report.problems.length === 0 && report.growthBytes <= limits.growthBytes;
}

function main(): number {
  const { values } = parseArgs({
    options: {
      messages: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      from: { type: 'string', default: '0' },
      hex: { type: 'string' },
    },
  });
  if (values.hex === undefined) {
    const [seed, messages, from] = [values.seed, values.messages, values.from].map(naturalNumber);
    return run(seed as number, messages as number, from as number) ? 0 : 1;
  }
  say(`${checkMessage(Uint8Array.from(Buffer.from(values.hex, 'hex')))}\n`);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  process.stderr.write(`${error.message}\n${usage}`);
  process.exitCode = 2;
}
