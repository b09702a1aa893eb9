import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from './errors.ts';

/** A process, told apart from a later one with the same number by the time it was started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot (field 22 of /proc/PID/stat, proc(5)). */
  readonly startTime: string;
}

/** The running process of this number; undefined when there is none, or only a zombie. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  const stat = readOrUndefined(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (stat === undefined) return undefined;
  // The command name stands in parentheses and may hold anything, so fields are counted from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || startTime === undefined) return undefined;
  return { pid, startTime };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return processIdentity(identity.pid)?.startTime === identity.startTime;
}

/** The text of a pid file: `<pid> <start time>`. */
export function formatIdentity(identity: ProcessIdentity): string {
  return `${identity.pid} ${identity.startTime}\n`;
}

/** Reads a pid file; undefined when it is missing or not in the form that `formatIdentity` writes. */
export function readIdentity(path: string): ProcessIdentity | undefined {
  const text = readOrUndefined(() => readFileSync(path, 'utf8'));
  const parts = text === undefined ? null : /^([1-9]\d*) (\d+)\n$/.exec(text);
  if (parts === null) return undefined;
  const [, pid, startTime] = parts;
  return { pid: Number(pid), startTime: startTime as string };
}

/** All processes whose network namespace is one of the named ones. */
export function processesInNamespaces(namespaces: readonly string[]): ProcessIdentity[] {
  const links = new Set<string>();
  for (const namespace of namespaces) {
    const inode = readOrUndefined(() => statSync(`/run/netns/${namespace}`).ino);
    if (inode !== undefined) links.add(`net:[${inode}]`);
  }
  if (links.size === 0) return [];
  const found: ProcessIdentity[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const link = readOrUndefined(() => readlinkSync(`/proc/${entry}/ns/net`));
    const identity = link !== undefined && links.has(link) ? processIdentity(Number(entry)) : undefined;
    if (identity !== undefined) found.push(identity);
  }
  return found;
}

/** Sends the signal if the process still is the one meant. */
export function sendSignal(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves when none of the processes runs any more; throws `not-ready` when one still does after `timeoutMs`. */
export async function waitUntilGone(
  identities: readonly ProcessIdentity[],
  timeoutMs = 5_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let left = identities.filter(isRunning);
  while (left.length > 0) {
    if (Date.now() > deadline) {
      const pids = left.map((identity) => identity.pid).join(', ');
      throw new LabError(
        'not-ready',
        `processes ${pids} still run ${timeoutMs} ms after they were told to end`,
      );
    }
    await delay(5);
    left = left.filter(isRunning);
  }
}

/** Reads from /proc and /run/netns, where everything may vanish between two looks. */
function readOrUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return undefined;
    throw error;
  }
}
