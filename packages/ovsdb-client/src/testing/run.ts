/** Running Open vSwitch's tools in tests, with a time limit on everything. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Runs a tool to its end and gives what it printed.
 *
 * @throws Error when it fails or takes longer than `timeoutMs`
 */
export async function run(command: string, args: readonly string[], timeoutMs = 10_000): Promise<string> {
  const { stdout } = await execute(command, args, { timeout: timeoutMs, killSignal: 'SIGKILL' });
  return stdout;
}

/** Whether Open vSwitch's database tools are installed. */
export async function hasOvsdbTools(): Promise<boolean> {
  try {
    await run('ovsdb-server', ['--version']);
    await run('ovsdb-tool', ['--version']);
    return true;
  } catch {
    return false; // Whatever the cause, the tools cannot be used here.
  }
}

/** Waits until `condition` gives something other than `undefined` or `false`. */
export async function eventually<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
  timeoutMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) {
      return value;
    }
    if (performance.now() > deadline) {
      throw new Error(`after ${timeoutMs} ms still not: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) {
    child.kill('SIGKILL');
  }
});

/** Starts a process in the background that does not outlive this one. */
export function start(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: 'ignore' });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Sends a signal to a process that was started here and waits for its end. */
export async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
