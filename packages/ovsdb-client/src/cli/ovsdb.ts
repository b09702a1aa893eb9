#!/usr/bin/env node
/** The command `ovsdb`. */

import { main } from './main.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupted.abort());
}
// A reader that goes away, as `head` does, ends the command.
process.stdout.on('error', () => interrupted.abort());

process.exitCode = await main(process.argv.slice(2), {
  out: process.stdout,
  error: process.stderr,
  signal: interrupted.signal,
});
