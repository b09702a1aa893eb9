import { parse, UsageError, wholeNumber } from '../command.ts';

export const usage = `npm run bench -- apply [options]
npm run bench -- lists [options]

apply measures how long an API write takes until every switch that it touches has confirmed it, and what a network costs;
lists how long filtered lists of ten interfaces take, which must not depend on how many there are.

  --sizes 1000,10000   interfaces in the VPC; one controller and one set of hosts for each size
  --samples 300        measurements of each operation and size
  --warm-ups 30        unmeasured ones before them
  --rounds 20          apply: measurements of the first packet, for each size
  --switches 50        apply: test switches beside the host with Open vSwitch
  --cpu-profile        apply: write a CPU profile of each controller to var/bench
  --help

Exit status: 0; 1 when an aim is missed by more than a factor of two, or something fails; 2 for wrong options.`;

export interface BenchOptions {
  readonly benchmark: 'apply' | 'lists';
  /** Ascending. */
  readonly sizes: readonly number[];
  readonly samples: number;
  readonly warmUps: number;
  readonly rounds: number;
  readonly switches: number;
  readonly cpuProfile: boolean;
}

/** A host reports at most so many ports at a time. */
const mostPortsOfHost = 10_000;

/** The large subnet of the lists has so many addresses. */
const mostListed = 32_000;

/** `undefined`: only the usage was asked for. @throws UsageError */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: {
      sizes: { type: 'string', default: '1000,10000' },
      samples: { type: 'string', default: '300' },
      'warm-ups': { type: 'string', default: '30' },
      rounds: { type: 'string', default: '20' },
      switches: { type: 'string', default: '50' },
      'cpu-profile': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const [benchmark, ...more] = positionals;
  if ((benchmark !== 'apply' && benchmark !== 'lists') || more.length > 0) {
    throw new UsageError(`${positionals.join(' ') || 'nothing'}: the benchmarks are called apply and lists`);
  }
  const sizes = values.sizes.split(',').map((size) => wholeNumber('--sizes', size, 10, 60_000));
  const switches = wholeNumber('--switches', values.switches, 1, 250);
  const largest = sizes.find((size) => benchmark === 'lists' && size > mostListed);
  if (largest !== undefined) throw new UsageError(`--sizes ${largest}: more than ${mostListed} in a subnet`);
  const tooMany = sizes.find((size) => size > mostPortsOfHost * (switches + 1));
  if (tooMany !== undefined) {
    throw new UsageError(
      `--sizes ${tooMany}: more than ${mostPortsOfHost} a host; add test switches with --switches`,
    );
  }
  return {
    benchmark,
    sizes: [...new Set(sizes)].sort((a, b) => a - b),
    samples: wholeNumber('--samples', values.samples, 1, 100_000),
    warmUps: wholeNumber('--warm-ups', values['warm-ups'], 0, 10_000),
    rounds: wholeNumber('--rounds', values.rounds, 1, 10_000),
    switches,
    cpuProfile: values['cpu-profile'],
  };
}
