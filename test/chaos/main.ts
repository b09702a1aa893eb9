/** `npm run chaos`; see README.md. */
import { labRequirements } from '@weft/labs/hosts';
import { faultNames } from './faults.ts';
import { type ChaosOptions, parseOptions, UsageError, usage } from './options.ts';
import { runChaos } from './run.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

/** The options, or the exit status when there is nothing to run. */
function readOptions(args: readonly string[]): ChaosOptions | number {
  try {
    const options = parseOptions(args);
    if (options) return options;
    say(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    complain(`${error.message}\n\n${usage}`);
    return 2;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'number') return options;
  const missing = labRequirements();
  for (const { message } of missing) complain(message);
  if (missing.length > 0) return 1;
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(0).padStart(4);
  const journal = await runChaos({
    ...options,
    limitMs: options.minutes * 60_000,
    thinkMs: 200,
    trials: 40,
    faults: { any: options.faults ? faultNames : [] },
    say: (line) => say(`${seconds()} s  ${line}`),
  });
  say(journal.summary());
  for (const violation of journal.violations) say(`WRONG: ${violation}`);
  say(`${journal.violationCount} wrong; seed ${options.seed}`);
  return journal.violationCount === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
