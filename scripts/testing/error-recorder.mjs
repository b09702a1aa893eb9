/**
 * Loaded by `--import` into every process that the tests start, also into the programs that tests run: writes down which
 * error codes the code itself has made. An error that a test makes proves nothing, and is left out.
 *
 * JavaScript, for npm and others may run by an older Node, which reads no types.
 */
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

/** Where the error classes of controller, APIs, CLI and agent publish what is made of them. */
const channel = 'weft:error';
const tests = /\.test(-[a-z]+)?\.ts|\/testing\/|\/test\//;

/** The first frame of a stack that is not the constructor of the error. */
function makerOf({ stack = '' }) {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.find((line) => !/^\s+at new /.test(line)) ?? '';
}

const file = process.env.WEFT_TEST_ERRORS;
if (file !== undefined) {
  const known = new Set();
  subscribe(channel, (error) => {
    const line = `${error.name} ${error.code}\n`;
    if (known.has(line) || tests.test(makerOf(error))) return;
    known.add(line);
    try {
      // At once: the process may be killed, and one short line is appended as a whole.
      appendFileSync(file, line);
    } catch {
      // A program of another user, or of another file system: it must not fail because it is watched.
    }
  });
}
