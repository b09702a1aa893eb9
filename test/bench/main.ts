/** `npm run bench -- BENCHMARK`; see README.md. */
import { fileURLToPath } from 'node:url';
import { labRequirements } from '@weft/labs/hosts';
import { complain, runCommand, say } from '../command.ts';
import { ApplyBenchmark } from './apply.ts';
import { benchLists } from './lists.ts';
import { type BenchOptions, parseOptions, usage } from './options.ts';

async function main(options: BenchOptions): Promise<number> {
  if (options.benchmark === 'lists') return (await benchLists(options, say)) ? 0 : 1;
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

await runCommand(usage, parseOptions, main);
