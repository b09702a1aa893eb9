/** `npm run bench -- BENCHMARK`; see README.md. */
import { fileURLToPath } from 'node:url';
import { labRequirements } from '@weft/labs/hosts';
import { ApplyBenchmark } from './apply.ts';
import { type ApplyOptions, parseOptions, UsageError, usage } from './options.ts';

const say = (message: string) => process.stdout.write(`${message}\n`);
const complain = (message: string) => process.stderr.write(`${message}\n`);

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'number') return options;
  const missing = labRequirements();
  for (const { message } of missing) complain(message);
  if (missing.length > 0) return 1;
  const benchmark = new ApplyBenchmark(
    options,
    fileURLToPath(new URL('../../var/bench', import.meta.url)),
    say,
  );
  let interrupted: number | undefined;
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      interrupted = code;
      // Ends what runs, so that the run below fails; errors of the closing come out there.
      benchmark.close().catch(() => undefined);
    });
  }
  try {
    return (await benchmark.run()) ? 0 : 1;
  } catch (error) {
    if (interrupted === undefined) throw error;
    return interrupted;
  } finally {
    await benchmark.close();
  }
}

/** The options, or the exit status when there is nothing to run. */
function readOptions(args: readonly string[]): ApplyOptions | number {
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

process.exitCode = await main(process.argv.slice(2));
