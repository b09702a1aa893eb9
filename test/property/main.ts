/** `npm run property -- [options]`; see README.md. */
import { type Options, parseOptions, UsageError, usage } from './options.ts';
import { describeFinding, run } from './run.ts';
import { cannotTrace, Tracer } from './trace/tracer.ts';

/** From so many packets on, everything must have been met so often. */
const longRun = { packets: 100_000, least: 100 } as const;
const leastDelivered = 0.3;

const say = (message: string) => process.stdout.write(`${message}\n`);
const complain = (message: string) => process.stderr.write(`${message}\n`);

function readOptions(args: readonly string[]): Options | number {
  try {
    const options = parseOptions(args);
    if (options) return options;
    say(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    complain(error.message);
    return 2;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'number') return options;
  const { packets, seed, traceEvery } = options;
  if (traceEvery !== undefined && cannotTrace !== false) {
    complain(cannotTrace);
    return 1;
  }
  say(`${packets} packets from seed ${seed}`);
  await using tracer = new Tracer(traceEvery ?? 1);
  const started = performance.now();
  const { coverage, finding } = await run({
    packets,
    seed,
    onNetwork: ({ packets: sent }) => say(`${sent} packets agree`),
    ...(traceEvery === undefined ? {} : { onSent: (sent, rig) => tracer.check(sent, rig) }),
  });
  const seconds = (performance.now() - started) / 1000;
  say(`${coverage}`);
  say(`${seconds.toFixed(1)} s, ${Math.round(coverage.packets / seconds)} packets a second`);
  if (traceEvery !== undefined)
    say(`${tracer.traced} of them traced in Open vSwitch, in ${tracer.segments} parts`);
  if (finding) {
    complain(describeFinding(finding));
    return 1;
  }
  const problems = [
    ...(coverage.delivered < leastDelivered
      ? [`fewer than ${100 * leastDelivered} % of the packets arrived`]
      : []),
    ...(packets >= longRun.packets ? coverage.rarerThan(longRun.least) : []).map(
      (name) => `rarely met: ${name}`,
    ),
  ];
  for (const problem of problems) complain(problem);
  return problems.length > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
