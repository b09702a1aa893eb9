/*
 * How many typical flow-mods (five fields, a conntrack action, three set-fields) one core encodes and decodes per second:
 *   node --conditions=source packages/node-openflow/bench/codec.ts
 */
import { decodeMessage, encodeMessage, type FlowMod, formatFlow, nextXid, parseFlow } from '../src/index.ts';

const text =
  'table=12,priority=2000,cookie=0xfeed000100020003,tcp,metadata=0x5,reg1=0x10001,nw_dst=10.0.1.5,tp_dst=443 ' +
  'actions=ct(commit,zone=reg5[0..15],exec(set_field:0x1->ct_mark)),set_field:02:00:00:00:00:01->eth_dst,' +
  'set_field:0x7->reg2,set_field:0x9->reg3,resubmit(,13)';

interface Measurement {
  readonly name: string;
  readonly run: () => unknown;
}

const flow: FlowMod = parseFlow(text);
const bytes = encodeMessage(flow);

const measurements: readonly Measurement[] = [
  { name: 'encode', run: () => encodeMessage(flow, { xid: nextXid() }) },
  { name: 'decode', run: () => decodeMessage(bytes) },
  { name: 'parse text', run: () => parseFlow(text) },
  { name: 'format text', run: () => formatFlow(flow) },
];

const warmUpMs = 500;
const measureMs = 1500;

/** Calls per second, in steps large enough that the clock costs nothing. */
function rate(run: () => unknown, forMs: number): number {
  const step = 200;
  const start = performance.now();
  let calls = 0;
  let now = start;
  while (now - start < forMs) {
    for (let i = 0; i < step; i++) run();
    calls += step;
    now = performance.now();
  }
  return (calls / (now - start)) * 1000;
}

for (const { name, run } of measurements) {
  rate(run, warmUpMs);
  process.stdout.write(
    `${name.padEnd(12)} ${Math.round(rate(run, measureMs)).toLocaleString('en')} per second\n`,
  );
}
