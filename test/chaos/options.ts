import { parseArgs } from 'node:util';

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

/** The arguments cannot be used; the message says which and why. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

const numbers = {
  operations: { first: 1, last: 1_000_000, preset: 2000 },
  clients: { first: 1, last: 64, preset: 6 },
  hosts: { first: 2, last: 16, preset: 3 },
  minutes: { first: 1, last: 24 * 60, preset: 10 },
  seed: { first: 0, last: 0xffff_ffff, preset: undefined },
} as const;

/**
 * @param clock seconds, for a seed when none is given
 * @returns undefined when only help is wanted
 * @throws UsageError
 */
export function parseOptions(args: readonly string[], clock = Date.now() / 1000): ChaosOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const number = (name: keyof typeof numbers): number => {
    const { first, last, preset = Math.floor(clock) } = numbers[name];
    const text = values[name];
    const value = text === undefined ? preset : Number(text);
    if (Number.isInteger(value) && value >= first && value <= last) return value;
    throw new UsageError(`--${name} ${text}: must be a whole number from ${first} to ${last}`);
  };
  return {
    operations: number('operations'),
    clients: number('clients'),
    hosts: number('hosts'),
    seed: number('seed'),
    minutes: number('minutes'),
    faults: !values['no-faults'],
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    ...{ operations: text, clients: text, hosts: text, seed: text, minutes: text },
    ...{ 'no-faults': flag, help: flag },
  };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
