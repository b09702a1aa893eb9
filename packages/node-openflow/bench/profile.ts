/*
 * Where encoding and decoding of a typical flow-mod spend their time and make their garbage:
 *   node --conditions=source packages/node-openflow/bench/profile.ts [rows]
 */
import { type HeapProfiler, type Profiler, Session } from 'node:inspector/promises';
import { basename } from 'node:path';
import { decodeMessage, encodeMessage, nextXid } from '../src/index.ts';
import { repeat } from './repeat.ts';
import { typicalFlow } from './typical-flow.ts';

const rows = Number(process.argv[2] ?? 12);
const warmUpMs = 500;
const measureMs = 2000;
/** Mean distance of samples. */
const cpuIntervalUs = 200;
const heapIntervalBytes = 4096;

const session = new Session();
session.connect();

function place({ functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? name : `${name} ${basename(url)}:${lineNumber + 1}`;
}

/** Adds up what belongs to the same function, and prints the largest. */
function report(
  title: string,
  unit: string,
  amounts: Iterable<readonly [place: string, amount: number]>,
): void {
  const sums = new Map<string, number>();
  let total = 0;
  for (const [name, amount] of amounts) {
    sums.set(name, (sums.get(name) ?? 0) + amount);
    total += amount;
  }
  process.stdout.write(`\n${title}, ${total.toFixed(0)} ${unit} in all\n`);
  const largest = [...sums].sort(([, a], [, b]) => b - a).slice(0, rows);
  for (const [name, amount] of largest) {
    const share = `${((amount / total) * 100).toFixed(1)}%`;
    process.stdout.write(`${share.padStart(7)} ${amount.toFixed(0).padStart(8)} ${unit}  ${name}\n`);
  }
}

/** Nanoseconds of processor time of each call that are spent in each function itself. */
async function profileTime(name: string, run: () => unknown): Promise<void> {
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: cpuIntervalUs });
  await session.post('Profiler.start');
  const { calls, cpuMs } = repeat(run, measureMs);
  const { profile } = await session.post('Profiler.stop');
  await session.post('Profiler.disable');
  // Samples count rather than the time between them, which goes by while the machine does something else.
  const hits = profile.nodes.reduce((sum, { hitCount = 0 }) => sum + hitCount, 0);
  const eachNs = (cpuMs * 1e6) / calls / hits;
  const amounts = profile.nodes.map(
    ({ callFrame, hitCount = 0 }) => [place(callFrame), hitCount * eachNs] as const,
  );
  report(`${name}: processor time by function`, 'ns a call', amounts);
}

function* sitesOf(node: HeapProfiler.SamplingHeapProfileNode): Generator<readonly [string, number]> {
  yield [place(node.callFrame), node.selfSize];
  for (const child of node.children) yield* sitesOf(child);
}

/** Bytes that each function allocates in each call, those included that are garbage by the end. */
async function profileMemory(name: string, run: () => unknown): Promise<void> {
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: heapIntervalBytes,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  const { calls } = repeat(run, measureMs);
  const { profile } = await session.post('HeapProfiler.stopSampling');
  const sites = [...sitesOf(profile.head)].map(([site, bytes]) => [site, bytes / calls] as const);
  report(`${name}: memory by function`, 'bytes a call', sites);
}

const flow = typicalFlow();
const bytes = encodeMessage(flow);
const runs: readonly (readonly [name: string, run: () => unknown])[] = [
  ['encode', () => encodeMessage(flow, { xid: nextXid() })],
  ['decode', () => decodeMessage(bytes)],
];
for (const [name, run] of runs) {
  repeat(run, warmUpMs);
  await profileTime(name, run);
  await profileMemory(name, run);
}
session.disconnect();
