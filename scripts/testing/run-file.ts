/** Runs one test file in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { EVENTS_FILE_VARIABLE, type FileEvents, readTestEvents, type TestResult } from './test-events.ts';

/** Kept of what a file prints, from its end. */
const OUTPUT_LIMIT_BYTES = 64 * 1024;
/** Between the polite and the final signal to a file that took too long. */
const KILL_DELAY_MS = 3_000;
/** A daemon that inherited the output pipe may hold it open after the file has ended. */
const OUTPUT_GRACE_MS = 500;

const TEST_FAILED = 'ended with exit code 1';

export interface FileResult {
  /** As given to {@link runTestFile}. */
  file: string;
  durationMs: number;
  results: TestResult[];
  /** What is wrong with the file as a whole: crash, timeout, no test in it. */
  problem?: string;
  /** The end of what it printed, stdout and stderr together. */
  output: string;
}

export interface RunFileOptions {
  /** Working directory of the test. */
  root: string;
  timeoutMs: number;
  /** More of its environment. */
  environment?: Readonly<Record<string, string>>;
}

/** Process groups of the files that run now, for {@link killRunningFiles}. */
const runningGroups = new Set<number>();

/** Ends every test file that is running, with the processes it started. For when the runner itself is told to stop. */
export function killRunningFiles(): void {
  for (const group of runningGroups) signalGroup(group, 'SIGKILL');
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    // Nobody left in the group: that is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function startTestFile(
  file: string,
  { root, environment: more = {} }: RunFileOptions,
  eventsFile: string,
): ChildProcess {
  const reporter = fileURLToPath(new URL('./test-events.ts', import.meta.url));
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  return spawn(
    process.execPath,
    [
      '--conditions=source',
      '--disable-warning=ExperimentalWarning',
      `--test-reporter=${reporter}`,
      '--test-reporter-destination=stdout',
      file,
    ],
    {
      cwd: root,
      env: { ...environment, ...more, [EVENTS_FILE_VARIABLE]: eventsFile },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that a timeout ends its children too.
      detached: true,
    },
  );
}

/** Collects what the process prints. @returns a function that gives the end of it */
function collectOutput(child: ChildProcess): () => string {
  let output = Buffer.alloc(0);
  const append = (chunk: Buffer) => {
    output = Buffer.concat([output, chunk]).subarray(-OUTPUT_LIMIT_BYTES);
  };
  child.stdout?.on('data', append);
  child.stderr?.on('data', append);
  return () => output.toString('utf8');
}

interface Ending {
  /** Why the process ended, when that alone makes it a failure. */
  problem?: string;
}

/** Waits until the process has ended and its output is read; ends it when the time is over. */
function waitForEnd(child: ChildProcess, timeoutMs: number): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const group = child.pid;
    if (group !== undefined) runningGroups.add(group);
    let timedOut = false;
    let killTimer: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      timedOut = true;
      if (group === undefined) return;
      signalGroup(group, 'SIGTERM');
      killTimer = setTimeout(() => signalGroup(group, 'SIGKILL'), KILL_DELAY_MS);
    }, timeoutMs);

    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      if (group !== undefined) {
        signalGroup(group, 'SIGKILL');
        runningGroups.delete(group);
      }
      const grace = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, OUTPUT_GRACE_MS);
      child.on('close', () => {
        clearTimeout(grace);
        resolve(describeEnding(timedOut, timeoutMs, code, signal));
      });
    });
  });
}

function describeEnding(
  timedOut: boolean,
  timeoutMs: number,
  code: number | null,
  signal: string | null,
): Ending {
  if (timedOut) {
    return {
      problem: `did not end within ${timeoutMs / 1000} s, and was killed (a server or timer left open?)`,
    };
  }
  if (signal !== null) return { problem: `was killed by ${signal}` };
  return code === 0 ? {} : { problem: `ended with exit code ${code}` };
}

/**
 * Runs one test file to its end. Failing tests, crashes and timeouts are in the result; it throws only when the
 * process cannot be started at all.
 * @param file path of the test file, absolute or below `options.root`
 */
export async function runTestFile(file: string, options: RunFileOptions): Promise<FileResult> {
  const directory = mkdtempSync(join(tmpdir(), 'weft-test-'));
  const eventsFile = join(directory, 'events.jsonl');
  writeFileSync(eventsFile, '');
  try {
    const started = performance.now();
    const child = startTestFile(file, options, eventsFile);
    const output = collectOutput(child);
    const ending = await waitForEnd(child, options.timeoutMs);
    const events = readTestEvents(eventsFile);
    const problem = judge(ending, events);
    return {
      file,
      durationMs: performance.now() - started,
      results: events.results,
      ...(problem === undefined ? {} : { problem }),
      output: output(),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** @returns what is wrong with the file besides its failing tests */
function judge(ending: Ending, { results, unfinished, complete }: FileEvents): string | undefined {
  // A failing test makes the exit code 1 all by itself: then the test is the news, not the exit code.
  const told = ending.problem === TEST_FAILED && results.some((result) => result.outcome === 'failed');
  if (ending.problem === undefined || told) {
    if (complete) return results.length === 0 ? 'has no test that came to its end' : undefined;
    return results.length + unfinished.length === 0
      ? 'has no test that came to its end'
      : 'ended before all of its tests did';
  }
  return unfinished.length === 0
    ? ending.problem
    : `${ending.problem}; not finished: ${unfinished.join(', ')}`;
}
