/**
 * What one test file says while it runs: a custom reporter of Node's test runner (named with `--test-reporter`)
 * inside the test's process, and the reader of what it wrote.
 *
 * Events go to a file, one JSON line each and written at once, so that a process that crashes, exits early or is
 * killed has still told everything up to that moment.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

/** Environment variable that names the file for the events. */
export const EVENTS_FILE_VARIABLE = 'WEFT_TEST_EVENTS';

export type Outcome = 'passed' | 'failed' | 'skipped';

/** The end of one test; suites (`describe`) are told only when they fail by themselves, as with a failing hook. */
export interface TestResult {
  outcome: Outcome;
  /** Names from the outermost suite to the test. */
  path: string[];
  /** `file:line` of the test's definition; failures only. */
  location?: string;
  /** The error as Node prints it; failures only. */
  error?: string;
  /** It did not run, because what it stands in had failed before. */
  cancelled?: true;
}

/** What is known of a test file from its events. */
export interface FileEvents {
  results: TestResult[];
  /** Names of tests that began and did not end: where a file that was killed hung. */
  unfinished: string[];
  /** The runner inside the file has seen the end of all its tests. */
  complete: boolean;
}

/** One line of the events file. */
type Line = { result: TestResult } | { began: string } | { ended: string } | { complete: true };

type Ended = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;

/** @returns undefined for an event that only repeats what others tell: a suite, or a failure of something inside. */
function resultOf(event: Ended, path: string[]): TestResult | undefined {
  const { data } = event;
  const isSuite = data.details.type === 'suite';
  if (data.skip !== undefined || data.todo !== undefined) {
    return isSuite ? undefined : { outcome: 'skipped', path };
  }
  if (event.type === 'test:pass') return isSuite ? undefined : { outcome: 'passed', path };
  const { error } = event.data.details as { error: Error & { failureType?: string } };
  if (error.failureType === 'subtestsFailed') return undefined;
  if (error.failureType === 'cancelledByParent') return { outcome: 'failed', path, cancelled: true };
  return {
    outcome: 'failed',
    path,
    location: `${data.file ?? '?'}:${data.line ?? '?'}`,
    error: inspect(error.cause ?? error, { depth: 8, breakLength: 110 }),
  };
}

/** The reporter. It yields no text: all goes to the events file. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const file = process.env[EVENTS_FILE_VARIABLE];
  if (file === undefined) throw new Error(`${EVENTS_FILE_VARIABLE} is not set: name the file for the events`);
  const write = (line: Line) => appendFileSync(file, `${JSON.stringify(line)}\n`);
  const names: string[] = [];
  for await (const event of events) {
    // Sent at once, whereas the others wait until all that stands before them in the file is done.
    if (event.type === 'test:dequeue' && event.data.type === 'test') write({ began: event.data.name });
    if (event.type === 'test:complete' && event.data.details.type !== 'suite')
      write({ ended: event.data.name });
    if (event.type === 'test:start') {
      names.length = event.data.nesting;
      names.push(event.data.name);
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const result = resultOf(event, [...names.slice(0, event.data.nesting), event.data.name]);
    if (result !== undefined) write({ result });
  }
  write({ complete: true });
  yield '';
}

/** Reads what {@link report} wrote. A last line that a kill has cut is left out. */
export function readTestEvents(file: string): FileEvents {
  const results: TestResult[] = [];
  const unfinished: string[] = [];
  let complete = false;
  for (const text of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
    const line = JSON.parse(text) as Line;
    if ('result' in line) results.push(line.result);
    else if ('began' in line) unfinished.push(line.began);
    else if ('complete' in line) complete = true;
    else if (unfinished.includes(line.ended)) unfinished.splice(unfinished.indexOf(line.ended), 1);
  }
  return { results, unfinished, complete };
}
