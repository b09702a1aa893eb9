import { execFile } from 'node:child_process';
import { AgentError } from '../errors.ts';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const maxOutputBytes = 1024 * 1024;

export interface CommandOptions {
  /** Default 10 s. */
  readonly timeoutMs?: number;
  /** Kills the program. */
  readonly signal?: AbortSignal;
}

/** Runs a program of the system to its end and gives what it said, whatever its exit code. */
export function attempt(
  command: string,
  args: readonly string[],
  { timeoutMs = 10_000, signal }: CommandOptions = {},
): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: maxOutputBytes, signal } as const;
  const child = execFile(command, [...args], options, (error, stdout, stderr) => {
    if (!error) resolve({ code: 0, stdout, stderr });
    else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
    else reject(failed(command, args, error.killed ? `no end after ${timeoutMs} ms` : error.message));
  });
  child.stdin?.end();
  return promise;
}

/** Runs a program that has to succeed, and gives what it printed. @throws AgentError `command-failed` */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await attempt(command, args);
  if (code === 0) return stdout;
  throw failed(command, args, (stderr || stdout).trim() || `exit code ${code}`);
}

function failed(command: string, args: readonly string[], reason: string): AgentError {
  const line = [command, ...args].join(' ');
  return new AgentError('command-failed', `${line}: ${reason}`, {
    value: line,
    fix: `Run it by hand to see more; is ${command} installed?`,
  });
}
