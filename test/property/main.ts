/** `npm run property -- [options]`; see README.md. */
import { complain, runCommand, say } from '../command.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { describeFinding, run } from './run.ts';
import { cannotTrace, Tracer } from './trace/tracer.ts';

/** From so many packets on, everything must have been met so often. */
const longRun = { packets: 100_000, least: 100 } as const;
const leastDelivered = 0.3;

async function main({ packets, seed, incrementalEvery, traceEvery }: Options): Promise<number> {
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
    incrementalEvery,
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

await runCommand(usage, parseOptions, main);
