import { parse, wholeNumber } from '../command.ts';

export const usage = `npm run chaos -- [options]

Several API clients change everything at once while programs are killed and cables are cut; then the store, the
switches and real packets must agree.

  --operations 2000   all clients together
  --clients 6
  --hosts 3
  --seed N            repeats the choices of an earlier run; default: from the clock, and printed
  --minutes 10        no more operations after this time
  --no-faults         changes only
  --help

Exit status: 0; 1 when something was wrong; 2 for wrong options.`;

export interface ChaosOptions {
  readonly operations: number;
  readonly clients: number;
  readonly hosts: number;
  readonly seed: number;
  readonly minutes: number;
  readonly faults: boolean;
}

/**
 * @param clock seconds, for a seed when none is given
 * @returns undefined when only help is wanted
 * @throws UsageError
 */
export function parseOptions(args: readonly string[], clock = Date.now() / 1000): ChaosOptions | undefined {
  const { values } = parse({
    args: [...args],
    options: {
      operations: { type: 'string', default: '2000' },
      clients: { type: 'string', default: '6' },
      hosts: { type: 'string', default: '3' },
      seed: { type: 'string', default: `${Math.floor(clock)}` },
      minutes: { type: 'string', default: '10' },
      'no-faults': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    operations: wholeNumber('--operations', values.operations, 1, 1_000_000),
    clients: wholeNumber('--clients', values.clients, 1, 64),
    hosts: wholeNumber('--hosts', values.hosts, 2, 16),
    seed: wholeNumber('--seed', values.seed, 0, 0xffff_ffff),
    minutes: wholeNumber('--minutes', values.minutes, 1, 24 * 60),
    faults: !values['no-faults'],
  };
}
