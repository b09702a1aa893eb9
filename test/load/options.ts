import { parseArgs } from 'node:util';

export const usage = `npm run load -- [options]

Clients write through both APIs at once; the controller is killed in between. Nothing acknowledged may be lost, nothing
may be done twice, and answers must come in time.

  --clients 200      how many; every second one speaks the AWS-compatible API
  --seconds 60       how long they write
  --no-kill          leave the controller alone
  --seed N           which random numbers; without it others each time
  --cpu-profile      write a CPU profile of each run of the controller to var/load
  --help

Exit status: 0; 1 when something is wrong or takes too long; 2 for wrong options.`;

export interface LoadOptions {
  readonly clients: number;
  readonly seconds: number;
  readonly kill: boolean;
  readonly seed: number;
  readonly cpuProfile: boolean;
}

/** What was given cannot be run; the message says why. */
export class UsageError extends Error {}

/** `undefined`: only the usage was asked for. @throws UsageError */
export function parseOptions(args: readonly string[]): LoadOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  return {
    clients: wholeNumber('--clients', values.clients, 2, 5_000),
    seconds: wholeNumber('--seconds', values.seconds, 1, 86_400),
    kill: !values['no-kill'],
    seed: wholeNumber('--seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 32)), 0, 2 ** 32 - 1),
    cpuProfile: values['cpu-profile'],
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        clients: { type: 'string', default: '200' },
        seconds: { type: 'string', default: '60' },
        'no-kill': { type: 'boolean', default: false },
        seed: { type: 'string' },
        'cpu-profile': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${option} ${text}: a whole number from ${least} to ${most} is needed`);
}
