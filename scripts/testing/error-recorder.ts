/**
 * Loaded by `--import` into every process that the tests start, also into the programs that tests run: writes down which
 * error codes the code itself has made. An error that a test makes proves nothing, and is left out.
 */
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

/** Environment variable that names the file for the codes, of a run of tests. */
export const ERRORS_FILE_VARIABLE = 'WEFT_TEST_ERRORS';
/** Where the error classes of controller, APIs, CLI and agent publish what is made of them. */
const CHANNEL = 'weft:error';
const TESTS = /\.test(-[a-z]+)?\.ts|\/testing\/|\/test\//;

/** The first frame of a stack that is not the constructor of the error. */
function makerOf({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.find((line) => !/^\s+at new /.test(line)) ?? '';
}

const file = process.env[ERRORS_FILE_VARIABLE];
if (file !== undefined) {
  const known = new Set<string>();
  subscribe(CHANNEL, (message) => {
    const error = message as Error & { readonly code: string };
    const line = `${error.name} ${error.code}\n`;
    if (known.has(line) || TESTS.test(makerOf(error))) return;
    known.add(line);
    // At once: the process may be killed, and one short line is appended as a whole.
    appendFileSync(file, line);
  });
}
