/** `npm run chaos`; see README.md. */
import { labRequirements } from '@weft/labs/hosts';
import { complain, runCommand, say } from '../command.ts';
import { faultNames } from './faults.ts';
import { type ChaosOptions, parseOptions, usage } from './options.ts';
import { runChaos } from './run.ts';

async function main(options: ChaosOptions): Promise<number> {
  const missing = labRequirements();
  for (const { message } of missing) complain(message);
  if (missing.length > 0) return 1;
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(0).padStart(4);
  const journal = await runChaos({
    ...options,
    limitMs: options.minutes * 60_000,
    thinkMs: 200,
    trials: 8,
    faults: { any: options.faults ? faultNames : [] },
    say: (line) => say(`${seconds()} s  ${line}`),
  });
  say(journal.summary());
  for (const violation of journal.violations) say(`WRONG: ${violation}`);
  say(`${journal.violationCount} wrong; seed ${options.seed}`);
  return journal.violationCount === 0 ? 0 : 1;
}

await runCommand(usage, parseOptions, main);
