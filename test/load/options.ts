import { anySeed, parse, wholeNumber } from '../command.ts';

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

/** `undefined`: only the usage was asked for. @throws UsageError */
export function parseOptions(args: readonly string[]): LoadOptions | undefined {
  const { values } = parse({
    args: [...args],
    options: {
      clients: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '60' },
      'no-kill': { type: 'boolean', default: false },
      seed: { type: 'string', default: anySeed() },
      'cpu-profile': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    clients: wholeNumber('--clients', values.clients, 2, 5_000),
    seconds: wholeNumber('--seconds', values.seconds, 1, 86_400),
    kill: !values['no-kill'],
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
    cpuProfile: values['cpu-profile'],
  };
}
