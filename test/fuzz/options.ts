import { parseArgs } from 'node:util';

export const usage = `npm run fuzz -- [options]

Random forms for all actions of the AWS-compatible API, right, nearly right, and broken. None may end in a defect, take long,
write something although it is refused, or leave something behind in memory.

  --requests 100000  how many
  --seed N           which random numbers; without it others each time
  --help

Exit status: 0; 1 when something is wrong; 2 for wrong options.`;

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
}

/** What was given cannot be run; the message says why. */
export class UsageError extends Error {}

/** `undefined`: only the usage was asked for. @throws UsageError */
export function parseOptions(args: readonly string[]): FuzzOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  return {
    requests: wholeNumber('--requests', values.requests, 1),
    seed: wholeNumber('--seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 32)), 0),
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        requests: { type: 'string', default: '100000' },
        seed: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value >= least) return value;
  throw new UsageError(`${option} ${text}: a whole number from ${least} is needed`);
}
