import { LabError } from './errors.ts';
import type { CommandResult, ExecOptions, PingOptions, PingResult } from './types.ts';

interface Runner {
  readonly name: string;
  exec(command: string, args: readonly string[], options?: ExecOptions): Promise<CommandResult>;
}

/** Pings and counts. No answer is a result, not an error; `unexpected-output` is thrown when ping itself refuses. */
export async function ping(runner: Runner, address: string, options: PingOptions): Promise<PingResult> {
  const { count = 3, interval = 0.2, timeout = 1, size, df = false } = options;
  const args = ['-n', '-c', String(count), '-i', String(interval), '-W', String(timeout)];
  if (size !== undefined) args.push('-s', String(size));
  if (df) args.push('-M', 'do');
  // Without answers ping waits for the last packet's time-out; the rest is room for a busy machine.
  const timeoutMs = 1_000 * (count * interval + timeout) + 10_000;
  const result = await runner.exec('ping', [...args, address], { timeoutMs });
  return parsePing(result, `${runner.name}: ping ${address}`);
}

/** Reads what iputils ping printed. */
export function parsePing(result: CommandResult, what: string): PingResult {
  const output = `${result.stdout}${result.stderr}`;
  const counts = /^(\d+) packets transmitted, (\d+) received/m.exec(output);
  if (counts !== null) {
    const average = /^rtt [^=]*= [\d.]+\/([\d.]+)\//m.exec(output);
    return {
      sent: Number(counts[1]),
      received: Number(counts[2]),
      averageMs: average === null ? undefined : Number(average[1]),
      output,
    };
  }
  // Without a route ping sends nothing and prints no statistics.
  if (/unreachable/i.test(output)) return { sent: 0, received: 0, averageMs: undefined, output };
  throw new LabError('unexpected-output', `${what}: ${output.trim()}`);
}
