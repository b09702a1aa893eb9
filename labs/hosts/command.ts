import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { LabError } from './errors.ts';
import type { CommandResult, ExecOptions } from './types.ts';

const defaultTimeoutMs = 10_000;
/** Enough for a dump of 100,000 flows, which is about 14 MB. */
const maximumOutputBytes = 64 * 1024 * 1024;

/** How shells count: 128 + n for a process that signal n ended. */
export function exitStatus(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/**
 * Runs one command to its end, without a shell. Any exit status is an answer.
 *
 * Throws `command-timeout` when it runs longer than `timeoutMs` (default 10,000; the command is then killed),
 * `requirement-missing` when there is no such command, `unexpected-output` when it prints more than 64 MiB.
 */
export async function execute(
  command: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<CommandResult> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const child = spawn(command, [...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  const chunks: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  let bytes = 0;
  return await new Promise<CommandResult>((resolve, reject) => {
    const giveUp = (error: LabError): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      // Grandchildren may hold the pipes open; nobody reads them any more.
      child.stdout.destroy();
      child.stderr.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => giveUp(new LabError('command-timeout', `${shown(command, args)}: no end after ${timeoutMs} ms`)),
      timeoutMs,
    );
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= maximumOutputBytes) chunks[name].push(chunk);
        else giveUp(new LabError('unexpected-output', `${shown(command, args)}: printed more than 64 MiB`));
      });
    }
    child.on('error', (error) =>
      giveUp(
        new LabError('requirement-missing', `${command}: ${error.message}; is it installed?`, {
          cause: error,
        }),
      ),
    );
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const text = (name: 'stdout' | 'stderr'): string => Buffer.concat(chunks[name]).toString();
      resolve({ code: exitStatus(code, signal), stdout: text('stdout'), stderr: text('stderr') });
    });
    // A command that ends without reading its input is no error: its exit status tells.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** As `execute`, but returns standard output and throws `command-failed` on any exit status except 0. */
export async function run(
  command: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<string> {
  const result = await execute(command, args, options);
  if (result.code === 0) return result.stdout;
  const said = (result.stderr || result.stdout).trim() || 'it printed nothing';
  throw new LabError('command-failed', `${shown(command, args)}: exit status ${result.code}: ${said}`);
}

/** The command and arguments that run something in a network namespace. */
export function insideNamespace(
  namespace: string,
  command: string,
  args: readonly string[],
): [string, string[]] {
  // Not `ip netns exec`: it takes a mount namespace of its own, where namespaces made by the command would stay hidden.
  return ['nsenter', [`--net=/run/netns/${namespace}`, command, ...args]];
}

function shown(command: string, args: readonly string[]): string {
  return [command, ...args].join(' ');
}
