import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { listeners, type Sample, type SampleInstance } from './cloud.ts';

const run = promisify(execFile);
const inside = (namespace: string, ...command: string[]) => [`--net=/run/netns/${namespace}`, ...command];

/** What one instance can do to another: seen, and what the security groups say it should be. */
export interface Finding {
  readonly from: string;
  readonly to: string;
  readonly what: string;
  readonly expected: boolean;
  readonly seen: boolean;
}

async function succeeds(namespace: string, ...command: string[]): Promise<boolean> {
  try {
    await run('nsenter', inside(namespace, ...command), { timeout: 5000 });
    return true;
  } catch (error) {
    // A refusal is an exit status; a program that is missing is not an answer.
    if (typeof (error as { code?: unknown }).code === 'number') return false;
    throw error;
  }
}

/** Listens on an instance's port until `close`. */
export async function startListeners(sample: Sample): Promise<{ close(): void }> {
  const children: ChildProcess[] = [];
  for (const { name, namespace } of sample.instances) {
    const port = listeners[name];
    if (port === undefined) continue;
    children.push(
      spawn('nsenter', inside(namespace, 'nc', '-l', '-k', '-p', String(port)), { stdio: 'ignore' }),
    );
    await listening(namespace, port);
  }
  return {
    close() {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

async function listening(namespace: string, port: number): Promise<void> {
  const deadline = Date.now() + 3000;
  for (;;) {
    const { stdout } = await run('nsenter', inside(namespace, 'ss', '-Hltn', `sport = :${port}`), {
      timeout: 5000,
    });
    if (stdout.trim() !== '') return;
    if (Date.now() > deadline) throw new Error(`nothing listens on port ${port} in ${namespace}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The rules of the sample, said a second time by hand: the table shows where the network disagrees. */
function mayPing(from: SampleInstance, to: SampleInstance): boolean {
  if (to.name.startsWith('web')) return true;
  return to.name === 'visitor' && from.address.startsWith('10.0.1.');
}
function mayConnect(from: SampleInstance, to: SampleInstance): boolean {
  return to.name.startsWith('web') || from.name.startsWith('web');
}

/** Tries ping and TCP between all pairs of instances. */
export async function observe(sample: Sample): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const from of sample.instances) {
    const row = sample.instances
      .filter((to) => to !== from)
      .flatMap((to): Promise<Finding>[] => {
        const finding = async (what: string, expected: boolean, command: string[]) => ({
          from: from.name,
          to: to.name,
          what,
          expected,
          seen: await succeeds(from.namespace, ...command),
        });
        const port = listeners[to.name];
        return [
          finding('ping', mayPing(from, to), ['ping', '-c1', '-W1', to.address]),
          ...(port === undefined
            ? []
            : [finding(`tcp ${port}`, mayConnect(from, to), ['nc', '-z', '-w1', to.address, String(port)])]),
        ];
      });
    findings.push(...(await Promise.all(row)));
  }
  return findings;
}

/** A table: a row for each sender, a column for each receiver. `!` marks what is not as it should be. */
export function formatTable(sample: Sample, findings: readonly Finding[]): string {
  const cell = (from: string, to: string) =>
    findings
      .filter((finding) => finding.from === from && finding.to === to)
      .map(({ what, seen, expected }) => `${what} ${seen ? 'yes' : 'no'}${seen === expected ? '' : ' !'}`)
      .join(', ') || '—';
  const names = sample.instances.map(({ name }) => name);
  const rows = [
    ['from \\ to', ...names],
    ...sample.instances.map(({ name, host }) => [`${name} (${host})`, ...names.map((to) => cell(name, to))]),
  ];
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length))) ?? [];
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] as number))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
