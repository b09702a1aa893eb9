import { anySeed, parse, wholeNumber } from '../command.ts';

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

/** `undefined`: only the usage was asked for. @throws UsageError */
export function parseOptions(args: readonly string[]): FuzzOptions | undefined {
  const { values } = parse({
    args: [...args],
    options: {
      requests: { type: 'string', default: '100000' },
      seed: { type: 'string', default: anySeed() },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    requests: wholeNumber('--requests', values.requests, 1, 1e9),
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
  };
}
