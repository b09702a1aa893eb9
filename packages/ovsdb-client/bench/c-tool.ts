/** The same monitor by `ovsdb-client`, the tool in C of Open vSwitch, for comparison. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** Clock ticks a second in /proc, fixed in Linux's interface to programs. */
const ticksPerSecond = 100;

export interface ToolResult {
  readonly loadMs: number;
  readonly loadCpuMs: number;
  readonly changeCpuMs: number;
  /** How many changes were printed. */
  readonly updates: number;
}

/**
 * Runs `ovsdb-client monitor-cond-since` for all rows of a table.
 *
 * @param change makes changes; resolves when all of them are committed
 */
export async function measureTool(
  endpoint: string,
  database: string,
  table: string,
  change: () => Promise<void>,
): Promise<ToolResult> {
  const start = performance.now();
  const args = ['--format=json', 'monitor-cond-since', endpoint, database, '[true]', table];
  const tool = spawn('ovsdb-client', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let lines = 0;
  tool.stdout.on('data', (chunk: Buffer) => {
    // With JSON, every update of the table is one line; the first has all rows.
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) {
      lines++;
    }
    tool.stdout.emit('lines');
  });
  const linesSettle = async (wanted: number) => {
    while (lines < wanted) {
      await once(tool.stdout, 'lines', { signal: AbortSignal.timeout(60_000) });
    }
  };
  try {
    await linesSettle(1);
    const loadMs = performance.now() - start;
    const loadCpuMs = await cpuMs(tool.pid);
    await change();
    // The last update is on its way when its transaction has been acknowledged.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const changeCpuMs = (await cpuMs(tool.pid)) - loadCpuMs;
    return { loadMs, loadCpuMs, changeCpuMs, updates: lines - 1 };
  } finally {
    tool.kill();
    await once(tool, 'exit');
  }
}

/** User and system time of a process. */
async function cpuMs(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}
