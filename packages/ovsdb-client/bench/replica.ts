/**
 * How fast a replica loads, and how well it keeps up: 100,000 rows, then 10,000 changed rows a second, from a real
 * ovsdb-server. The changes are made by a process of their own. Beside it, the same monitor by Open vSwitch's own tool in
 * C, which decodes and prints the rows and keeps none.
 *
 *   node --conditions=source bench/replica.ts [ROWS] [SECONDS]
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OvsdbClient, ops } from '../src/index.ts';
import { startRealServer } from '../src/testing/index.ts';
import { measureTool, type ToolResult } from './c-tool.ts';

const database = 'bench';
const batch = 1000;
const changesPerSecond = 10_000;

const strings = { key: 'string', value: 'string', min: 0, max: 'unlimited' };
const schema = {
  name: database,
  version: '1.0.0',
  tables: {
    Item: {
      columns: {
        name: { type: 'string' },
        number: { type: 'integer' },
        sentAt: { type: 'real' },
        tag: { type: { key: 'integer', min: 0 } },
        addresses: { type: { key: 'string', min: 0, max: 'unlimited' } },
        labels: { type: strings },
      },
      indexes: [['name']],
      isRoot: true,
    },
  },
};

const item = (i: number) => ({
  name: `item-${i}`,
  number: i,
  addresses: [`10.0.${(i >> 8) & 255}.${i & 255}`, `02:00:00:00:00:${(i & 255).toString(16)}`],
  labels: { owner: `tenant-${i % 100}`, kind: 'interface' },
});

/** The process that changes rows: `batch` rows a transaction, at the rate asked for. */
async function change(endpoint: string, rows: number, seconds: number): Promise<void> {
  const client = new OvsdbClient({ endpoints: [endpoint] });
  await client.connect();
  const start = performance.now();
  const transactions = (seconds * changesPerSecond) / batch;
  for (let i = 0; i < transactions; i++) {
    const due = start + (i * batch * 1000) / changesPerSecond;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const first = (i * batch) % rows;
    await client.transact(database, [
      ops.update(
        'Item',
        [
          ['number', '>=', first],
          ['number', '<', first + batch],
        ],
        { sentAt: Date.now() },
      ),
    ]);
  }
  await client.close();
}

/** Runs `change` in a process of its own. */
async function changeElsewhere(endpoint: string, rows: number, seconds: number): Promise<void> {
  const writer = fork(fileURLToPath(import.meta.url), ['write', endpoint, String(rows), String(seconds)]);
  const [code] = await once(writer, 'exit');
  if (code !== 0) {
    throw new Error(`the writer ended with code ${code}`);
  }
}

function cpuMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

async function fill(client: OvsdbClient, rows: number): Promise<void> {
  for (let first = 0; first < rows; first += batch) {
    const inserts = Array.from({ length: batch }, (_, i) => ops.insert('Item', item(first + i)));
    await client.transact(database, inserts);
  }
}

async function prepare(endpoint: string, rows: number): Promise<void> {
  const filler = new OvsdbClient({ endpoints: [endpoint], requestTimeoutMs: 120_000 });
  await filler.connect();
  await fill(filler, rows);
  await filler.close();
}

interface Result {
  readonly rows: number;
  readonly loadMs: number;
  readonly loadCpuMs: number;
  readonly heapMiB: number;
  readonly changedRows: number;
  readonly changedRowsPerSecond: number;
  readonly changeCpuMs: number;
  readonly lagMsMedian: number;
  readonly lagMs99: number;
}

async function measure(endpoint: string, rows: number, seconds: number): Promise<Result> {
  globalThis.gc?.();

  const heapBefore = process.memoryUsage().heapUsed;
  const client = new OvsdbClient({ endpoints: [endpoint] });
  await client.connect();
  const loadStart = performance.now();
  const loadCpu = process.cpuUsage();
  const replica = await client.monitor(database, { Item: {} });
  const loadMs = performance.now() - loadStart;
  const loadCpuMs = cpuMsSince(loadCpu);
  globalThis.gc?.();
  const heapMiB = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20;

  const lags: number[] = [];
  let changed = 0;
  replica.on('change', (changes) => {
    changed += changes.length;
    lags.push(Date.now() - Number(changes[0]?.after?.sentAt));
  });
  const changeStart = performance.now();
  const changeCpu = process.cpuUsage();
  await changeElsewhere(endpoint, rows, seconds);
  await client.echo();
  const changeSeconds = (performance.now() - changeStart) / 1000;
  const changeCpuMs = cpuMsSince(changeCpu);
  lags.sort((a, b) => a - b);
  await client.close();
  return {
    rows: replica.table('Item').size,
    loadMs,
    loadCpuMs,
    heapMiB,
    changedRows: changed,
    changedRowsPerSecond: changed / changeSeconds,
    changeCpuMs,
    lagMsMedian: quantile(lags, 0.5),
    lagMs99: quantile(lags, 0.99),
  };
}

function printResult(ours: Result, theirs: ToolResult): void {
  const perRow = (cpuMs: number) => (cpuMs * 1000) / ours.changedRows;
  const lines: [string, number, number?][] = [
    ['load, ms', ours.loadMs, theirs.loadMs],
    ['load, ms of CPU', ours.loadCpuMs, theirs.loadCpuMs],
    ['follow, µs of CPU a row', perRow(ours.changeCpuMs), perRow(theirs.changeCpuMs)],
    ['rows', ours.rows],
    ['heap, MiB', ours.heapMiB],
    ['changed rows a second', ours.changedRowsPerSecond],
    ['lag, median ms', ours.lagMsMedian],
    ['lag, 99th percentile ms', ours.lagMs99],
  ];
  console.log(`${''.padEnd(26)}${'replica'.padStart(10)}${'C tool'.padStart(10)}${'ratio'.padStart(8)}`);
  for (const [name, own, other] of lines) {
    const compared =
      other === undefined ? '' : `${other.toFixed(1).padStart(10)}${(own / other).toFixed(2).padStart(8)}`;
    console.log(`${name.padEnd(26)}${own.toFixed(1).padStart(10)}${compared}`);
  }
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === 'write') {
  await change(rest[0] ?? '', Number(rest[1]), Number(rest[2]));
} else {
  const directory = await mkdtemp(join(tmpdir(), 'ovsdb-bench-'));
  const schemaPath = join(directory, 'bench.ovsschema');
  await writeFile(schemaPath, JSON.stringify(schema));
  const server = await startRealServer({ schemas: [schemaPath] });
  try {
    const rows = Number(mode ?? 100_000);
    const seconds = Number(rest[0] ?? 5);
    const { endpoint } = server;
    await prepare(endpoint, rows);
    const theirs = await measureTool(endpoint, database, 'Item', () =>
      changeElsewhere(endpoint, rows, seconds),
    );
    const ours = await measure(endpoint, rows, seconds);
    if (theirs.updates === 0 || ours.changedRows === 0) {
      throw new Error('one of the two saw no change: there is nothing to compare');
    }
    printResult(ours, theirs);
  } finally {
    await server.remove();
    await rm(directory, { recursive: true, force: true });
  }
}
