import { anySeed, parse, wholeNumber } from '../command.ts';

export const usage = `npm run property -- [options]

Random networks, edits and packets: the reference model, the compiled flows in simulated switches and, if asked for, a real
Open vSwitch must agree on every packet.

  --packets 20000     how many; from 100,000 on, each reason and feature must have been met 100 times
  --seed N            of the first network; default: chosen, and printed
  --incremental 1     after one in so many edits, compares the compiler's state with a full compile; 0: never
  --ofproto-trace N   also compares one in N packets, flow by flow, with ofproto/trace (needs Open vSwitch and root)
  --help

Exit status: 0; 1 when the oracles disagree or too little was met; 2 for wrong options.`;

export interface Options {
  readonly packets: number;
  readonly seed: number;
  readonly incrementalEvery: number;
  /** One in so many packets goes to Open vSwitch, too; undefined: none. */
  readonly traceEvery: number | undefined;
}

/** `undefined`: only the usage was asked for. @throws UsageError */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values } = parse({
    args: [...args],
    options: {
      packets: { type: 'string', default: '20000' },
      seed: { type: 'string', default: anySeed() },
      incremental: { type: 'string', default: '1' },
      'ofproto-trace': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const trace = values['ofproto-trace'];
  return {
    packets: wholeNumber('--packets', values.packets, 1, 100_000_000),
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 31),
    incrementalEvery: wholeNumber('--incremental', values.incremental, 0, 1_000_000),
    traceEvery: trace === undefined ? undefined : wholeNumber('--ofproto-trace', trace, 1, 1_000_000),
  };
}
