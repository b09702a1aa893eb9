/** Runs all test files in two phases, says how it goes, and sums up. */
import { relative } from 'node:path';
import { findTestFiles } from './discover.ts';
import { missingForRealNetworks } from './requirements.ts';
import { type FileResult, runTestFile } from './run-file.ts';
import type { Outcome, TestResult } from './test-events.ts';

export interface SuiteOptions {
  /** The repository's root folder. */
  root: string;
  /** Parts of paths of the files to run; none: all. */
  patterns: readonly string[];
  /** True where the machine must be able to run every test: what cannot run has failed. */
  mustRunAll: boolean;
  print: (line: string) => void;
  unitTimeoutMs?: number;
  networkTimeoutMs?: number;
  /** What keeps tests of real networks from running here; asked of the machine when not given. */
  missing?: () => string | undefined;
  /** More of the environment of the files. */
  environment?: Readonly<Record<string, string>>;
  /** Asked after a run of everything, in which nothing was left out: what is wrong with the run as a whole. */
  judge?: () => Promise<string | undefined>;
}

export type Totals = Record<Outcome, number>;

const UNIT_TIMEOUT_MS = 180_000;
const NETWORK_TIMEOUT_MS = 420_000;
const UNIT_CONCURRENCY = 2;
/** They mostly wait: for leases, for silence, for hosts that come back. Each has a lab of its own, so none meets another. */
const NETWORK_CONCURRENCY = 3;
/** Lines shown of what a failing file printed. */
const OUTPUT_LINES = 60;
/** Told of a failure at once, of how many tests and how much of each; all of it comes at the end. */
const EARLY_TESTS = 3;
const EARLY_CHARACTERS = 300;

function countFile(result: FileResult): Totals {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  for (const { outcome } of result.results) totals[outcome] += 1;
  if (result.problem !== undefined) totals.failed += 1;
  return totals;
}

/** `N passed, N failed`, and `, N skipped` where there are any. */
export function formatTotals(totals: Totals): string {
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
  return `${totals.passed} passed, ${totals.failed} failed${skipped}`;
}

function formatFile(result: FileResult): string {
  const totals = countFile(result);
  const mark = totals.failed > 0 ? 'FAIL' : 'ok  ';
  const seconds = `${(result.durationMs / 1000).toFixed(2)} s`.padStart(9);
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
  const failed = totals.failed > 0 ? `, ${totals.failed} failed` : '';
  return `  ${mark} ${seconds}  ${result.file}  (${totals.passed} passed${failed}${skipped})`;
}

/** A first hint at what went wrong, for whoever sees only a part of a long output. */
function formatHints({ problem, results }: FileResult): string[] {
  const failures = results.filter(({ outcome, cancelled }) => outcome === 'failed' && cancelled !== true);
  const hints = failures.map(({ path, error = '' }) => `${path.at(-1)}: ${error.replace(/\s+/g, ' ')}`);
  if (problem !== undefined) hints.push(problem);
  return hints.slice(0, EARLY_TESTS).map((hint) => `         ${hint.slice(0, EARLY_CHARACTERS)}`);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

function formatFailure(test: TestResult, root: string): string[] {
  const location = test.location === undefined ? '' : `  (${relative(root, test.location)})`;
  return [`  ✖ ${test.path.join(' › ')}${location}`, indent(test.error ?? ''), ''];
}

/** Everything that went wrong in one file. */
function formatFailures(result: FileResult, root: string): string[] {
  const lines = ['', `FAIL ${result.file}${result.problem === undefined ? '' : ` ${result.problem}`}`, ''];
  const failures = result.results.filter((test) => test.outcome === 'failed');
  const cancelled = failures.filter((test) => test.cancelled === true);
  for (const test of failures) {
    if (test.cancelled !== true) lines.push(...formatFailure(test, root));
  }
  if (cancelled.length > 0) {
    lines.push(`  not run because of that: ${cancelled.map((test) => test.path.at(-1)).join('; ')}`, '');
  }
  const output = result.output.trimEnd();
  if (output !== '') {
    lines.push(`  the last it printed:`, indent(output.split('\n').slice(-OUTPUT_LINES).join('\n')));
  }
  return lines;
}

/** Runs the files, `concurrency` at a time, in order of their names. */
async function runPhase(
  files: readonly string[],
  concurrency: number,
  timeoutMs: number,
  options: SuiteOptions,
): Promise<FileResult[]> {
  const waiting = [...files];
  const results: FileResult[] = [];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await runTestFile(file, {
        root: options.root,
        timeoutMs,
        environment: options.environment ?? {},
      });
      results.push(result);
      options.print(formatFile(result));
      for (const hint of formatHints(result)) options.print(hint);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}

/** Stands for a file that this machine cannot run. */
function notRun(file: string, reason: string, mustRunAll: boolean): FileResult {
  const common = { file, durationMs: 0, output: '' };
  if (mustRunAll) return { ...common, results: [], problem: `could not run: ${reason}` };
  return { ...common, results: [{ outcome: 'skipped', path: [file] }] };
}

async function runNetworkPhase(files: readonly string[], options: SuiteOptions): Promise<FileResult[]> {
  if (files.length === 0) return [];
  const reason = (options.missing ?? missingForRealNetworks)();
  if (reason === undefined) {
    options.print(`real networks: ${files.length} files, ${NETWORK_CONCURRENCY} at a time`);
    return runPhase(files, NETWORK_CONCURRENCY, options.networkTimeoutMs ?? NETWORK_TIMEOUT_MS, options);
  }
  options.print(`real networks: ${files.length} files not run: ${reason}`);
  return files.map((file) => notRun(file, reason, options.mustRunAll));
}

/** The run as a whole, as a file of its own: nothing is said of a run of parts, or of one that has failed anyway. */
async function judged(
  results: readonly FileResult[],
  { patterns, judge, print }: SuiteOptions,
): Promise<FileResult[]> {
  const isWhole = results.every((result) => {
    const { failed, passed, skipped } = countFile(result);
    return failed === 0 && (passed > 0 || skipped === 0);
  });
  const problem = patterns.length === 0 && isWhole ? await judge?.() : undefined;
  if (problem === undefined) return [];
  const result = { file: 'all files', durationMs: 0, output: '', results: [], problem };
  print(formatFile(result));
  return [result];
}

/**
 * Runs the tests. The last line printed is the totals, alone on its line.
 * @returns the totals; `failed` is 0 only when at least one test ran and none failed
 */
export async function runSuite(options: SuiteOptions): Promise<Totals> {
  const files = findTestFiles(options.root, options.patterns);
  const results: FileResult[] = [];
  if (files.unit.length > 0) {
    options.print(`unit tests: ${files.unit.length} files, ${UNIT_CONCURRENCY} at a time`);
    const timeoutMs = options.unitTimeoutMs ?? UNIT_TIMEOUT_MS;
    results.push(...(await runPhase(files.unit, UNIT_CONCURRENCY, timeoutMs, options)));
  }
  results.push(...(await runNetworkPhase(files.network, options)));
  results.push(...(await judged(results, options)));

  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  for (const result of results) {
    const ofFile = countFile(result);
    for (const outcome of ['passed', 'failed', 'skipped'] as const) totals[outcome] += ofFile[outcome];
    if (ofFile.failed > 0) for (const line of formatFailures(result, options.root)) options.print(line);
  }
  if (results.length === 0) options.print(`no test file matches ${options.patterns.join(' ') || '(any)'}`);
  options.print('');
  options.print(formatTotals(totals));
  return totals;
}
