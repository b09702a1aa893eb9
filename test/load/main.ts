/** `npm run load`; see README.md. */
import { fileURLToPath } from 'node:url';
import { type LoadOptions, parseOptions, UsageError, usage } from './options.ts';
import { formatReport, isInTime } from './report.ts';
import { runLoad } from './run.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** The options, or the exit status when there is nothing to run. */
function readOptions(args: readonly string[]): LoadOptions | number {
  try {
    const options = parseOptions(args);
    if (options) return options;
    say(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    return 2;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'number') return options;
  const result = await runLoad(options, fileURLToPath(new URL('../../var/load', import.meta.url)), say);
  say(formatReport(result));
  return result.violationCount === 0 && isInTime(result.times) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
