import { join } from 'node:path';
import { LabError } from './errors.ts';
import type { CommandResult, ConnectOptions, ConnectResult, ExecOptions } from './types.ts';

/** The servers and clients of peer.py, as commands. */
export type Transport = 'tcp' | 'udp';

interface Command {
  readonly command: string;
  readonly args: string[];
}

export interface NumberedAnswer {
  readonly number: number;
  readonly result: ConnectResult;
}

interface Runner {
  readonly name: string;
  exec(command: string, args: readonly string[], options?: ExecOptions): Promise<CommandResult>;
}

const defaultTimeoutMs = 2_000;

export function serverCommand(transport: Transport, port: number, name: string): Command {
  return python(`${transport}-listen`, String(port), name);
}

export function clientCommand(
  transport: Transport,
  address: string,
  port: number,
  timeoutMs = defaultTimeoutMs,
): Command {
  return python(`${transport}-connect`, address, String(port), String(timeoutMs));
}

/** How long to wait for a client that itself waits `timeoutMs`: room for a busy machine. */
export function patience(timeoutMs = defaultTimeoutMs): number {
  return timeoutMs + 8_000;
}

/** One line of a client; undefined when it is something else, such as a Python traceback. */
export function parseAnswer(line: string): NumberedAnswer | undefined {
  if (!line.startsWith('[')) return undefined;
  const [number, { connected, answer, error }] = JSON.parse(line) as [
    number,
    { connected: boolean; answer: string; error: string | null },
  ];
  return { number, result: { connected, answer, error: error ?? undefined } };
}

/** Connects, sends one message, waits for its answer, closes. */
export async function exchangeOnce(
  runner: Runner,
  transport: Transport,
  address: string,
  port: number,
  options: ConnectOptions,
): Promise<ConnectResult> {
  const { command, args } = clientCommand(transport, address, port, options.timeoutMs);
  const result = await runner.exec(command, args, {
    input: `${options.message ?? 'hello'}\n`,
    timeoutMs: patience(options.timeoutMs) + (options.timeoutMs ?? defaultTimeoutMs),
  });
  const answers = result.stdout.split('\n').map(parseAnswer);
  const last = answers.filter((answer) => answer !== undefined).at(-1);
  if (result.code === 0 && last !== undefined) return last.result;
  throw new LabError(
    'unexpected-output',
    `${runner.name}: ${transport} client: ${result.stderr || result.stdout}`,
  );
}

function python(...args: string[]): Command {
  return { command: '/usr/bin/python3', args: ['-I', '-u', join(import.meta.dirname, 'peer.py'), ...args] };
}
