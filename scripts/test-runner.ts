/**
 * Runs the tests of the whole repository: `npm test [-- PART_OF_PATH…]`.
 * Exit code 0 only when at least one test passed and none failed.
 */
import { fileURLToPath } from 'node:url';
import { killRunningFiles } from './testing/run-file.ts';
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

const totals = await runSuite({
  root: fileURLToPath(new URL('..', import.meta.url)),
  patterns: process.argv.slice(2),
  mustRunAll: process.env.CI === 'true',
  print: (line) => console.log(line),
});
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
