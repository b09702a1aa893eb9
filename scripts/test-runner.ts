/**
 * Runs the tests of the whole repository: `npm test [-- PART_OF_PATH…]`.
 * Exit code 0 only when at least one test passed and none failed.
 */
import { fileURLToPath } from 'node:url';
import { killRunningFiles } from './testing/run-file.ts';
import { ErrorRecord } from './testing/seen-errors.ts';
import { runSuite } from './testing/suite.ts';

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    killRunningFiles();
    process.exit(code);
  });
}

using errors = new ErrorRecord();
const totals = await runSuite({
  root: fileURLToPath(new URL('..', import.meta.url)),
  patterns: process.argv.slice(2),
  mustRunAll: process.env.CI === 'true',
  print: (line) => console.log(line),
  environment: errors.environment,
  judge: async () => {
    const { registries } = await import('./testing/registries.ts');
    const missing = errors.missing(registries);
    return missing.length === 0
      ? undefined
      : `have never met these error codes: ${missing.join(', ')}. Test them, or take them out.`;
  },
});
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
