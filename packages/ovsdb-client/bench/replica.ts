/**
 * How fast a replica loads, and how well it keeps up: 100,000 rows, then 10,000 changed rows a second, from a real
 * ovsdb-server. The changes are made by a process of their own.
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

function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

async function fill(client: OvsdbClient, rows: number): Promise<void> {
  for (let first = 0; first < rows; first += batch) {
    const inserts = Array.from({ length: batch }, (_, i) => ops.insert('Item', item(first + i)));
    await client.transact(database, inserts);
  }
}

async function measure(endpoint: string, rows: number, seconds: number): Promise<Record<string, number>> {
  const filler = new OvsdbClient({ endpoints: [endpoint], requestTimeoutMs: 120_000 });
  await filler.connect();
  await fill(filler, rows);
  await filler.close();
  globalThis.gc?.();

  const heapBefore = process.memoryUsage().heapUsed;
  const client = new OvsdbClient({ endpoints: [endpoint] });
  await client.connect();
  const loadStart = performance.now();
  const loadCpu = process.cpuUsage();
  const replica = await client.monitor(database, { Item: {} });
  const loadMs = performance.now() - loadStart;
  const loadCpuMs = process.cpuUsage(loadCpu).user / 1000;
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
  const writer = fork(fileURLToPath(import.meta.url), ['write', endpoint, String(rows), String(seconds)]);
  await once(writer, 'exit');
  await client.echo();
  const changeSeconds = (performance.now() - changeStart) / 1000;
  const changeCpuMs = process.cpuUsage(changeCpu).user / 1000;
  lags.sort((a, b) => a - b);
  await client.close();
  return {
    rows: replica.table('Item').size,
    loadMs,
    loadCpuMs,
    heapMiB,
    changedRows: changed,
    changedRowsPerSecond: changed / changeSeconds,
    cpuMicrosecondsPerChangedRow: (changeCpuMs * 1000) / changed,
    lagMsMedian: quantile(lags, 0.5),
    lagMs99: quantile(lags, 0.99),
  };
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
    const result = await measure(server.endpoint, Number(mode ?? 100_000), Number(rest[0] ?? 5));
    for (const [name, value] of Object.entries(result)) {
      console.log(`${name.padEnd(30)} ${Number.isInteger(value) ? value : value.toFixed(1)}`);
    }
  } finally {
    await server.remove();
    await rm(directory, { recursive: true, force: true });
  }
}
