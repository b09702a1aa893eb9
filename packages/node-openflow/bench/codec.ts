/*
 * How many typical flow-mods one core encodes and decodes per second, and one with a field that the library does not know:
 *   node --conditions=source packages/node-openflow/bench/codec.ts
 */
import { decodeMessage, encodeMessage, formatFlow, nextXid, parseFlow } from '../src/index.ts';
import { repeat } from './repeat.ts';
import { typicalFlow, typicalFlowText } from './typical-flow.ts';

interface Measurement {
  readonly name: string;
  readonly run: () => unknown;
}

const flow = typicalFlow();
const bytes = encodeMessage(flow);
const unknownField = { ...flow, match: [...flow.match, { field: 'oxm_1_127', value: 5n, size: 4 }] } as const;
const unknownBytes = encodeMessage(unknownField);

const measurements: readonly Measurement[] = [
  { name: 'encode', run: () => encodeMessage(flow, { xid: nextXid() }) },
  { name: 'decode', run: () => decodeMessage(bytes) },
  { name: 'encode, unknown field', run: () => encodeMessage(unknownField, { xid: nextXid() }) },
  { name: 'decode, unknown field', run: () => decodeMessage(unknownBytes) },
  { name: 'parse text', run: () => parseFlow(typicalFlowText) },
  { name: 'format text', run: () => formatFlow(flow) },
];

const warmUpMs = 500;
const measureMs = 1500;

/** Calls in a second of processor time. */
function rate(run: () => unknown): number {
  repeat(run, warmUpMs);
  const { calls, cpuMs } = repeat(run, measureMs);
  return (calls / cpuMs) * 1000;
}

for (const { name, run } of measurements) {
  process.stdout.write(
    `${name.padEnd(22)} ${Math.round(rate(run)).toLocaleString('en')} per second of one core\n`,
  );
}
