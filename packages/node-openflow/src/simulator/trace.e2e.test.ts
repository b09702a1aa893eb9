import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { formatMatch } from '../fields/match-format.ts';
import { encodePacket } from './packet-encode.ts';
import { randomFlows } from './random-flows.test-generators.ts';
import { randomArrival } from './random-packets.test-generators.ts';
import { portCount, SwitchPair } from './random-switches.test-support.ts';
import { noOpenVswitch, RealSwitch } from './real-switch.test-support.ts';
import type { SimulationResult } from './types.ts';

/** How many flow tables are tried; more of them when asked. */
const runs = Number(process.env.SIMULATOR_RUNS ?? 150);
const seed = process.env.SIMULATOR_SEED === undefined ? {} : { seed: Number(process.env.SIMULATOR_SEED) };
const tracked = 0x20;
const isNew = 0x01;

/** Splits at the commas that are outside of parentheses. */
function splitList(text: string): string[] {
  const parts: string[] = [];
  let level = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const character = text.charAt(i);
    if (character === '(') level++;
    if (character === ')') level--;
    if ((character === ',' && level === 0) || i === text.length) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return parts;
}

/** Numbers of the datapath's ports in a list of its actions. */
function outputsIn(actions: string): string[] {
  return splitList(actions).flatMap((action) => {
    if (/^\d+$/.test(action)) return [action];
    const nested = /^clone\((.*)\)$/.exec(action);
    return nested ? outputsIn(nested[1] as string) : [];
  });
}

interface Outcome {
  /** Ports, sorted: Open vSwitch traces what comes back from the connection tracker last. */
  readonly ports: string[];
  /** Registers and metadata at the end of each way through the tables, sorted. */
  readonly registers: string[];
}

function registersIn(flow: string): string {
  return [...flow.matchAll(/\b(reg\d+|metadata)=(0x[0-9a-f]+)/g)]
    .map(([text]) => text)
    .sort()
    .join();
}

/** What `ofproto/trace` says. */
function readTrace(text: string, portOf: ReadonlyMap<string, string>): Outcome {
  const ports: string[] = [];
  const registers: string[] = [];
  let flow = '';
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^(Flow|Final flow|Datapath actions): (.*)$/.exec(line) ?? [];
    if (name === 'Flow') flow = value;
    if (name === 'Final flow') registers.push(registersIn(value === 'unchanged' ? flow : value));
    if (name === 'Datapath actions') ports.push(...outputsIn(value).map((port) => portOf.get(port) ?? port));
  }
  return { ports: ports.sort(), registers: registers.sort() };
}

function readResult({ outputs, trace }: SimulationResult): Outcome {
  const registers = trace.flatMap((step) =>
    step.type === 'final'
      ? [registersIn(formatMatch([...step.fields].map(([field, value]) => ({ field, value }))))]
      : [],
  );
  return { ports: outputs.map(({ port }) => String(port)).sort(), registers: registers.sort() };
}

/** Ways that a packet over the limits does not go. The tracer follows them all the same, round and round for ever. */
function isEndless({ trace }: SimulationResult): boolean {
  const resumes = trace.filter(({ type }) => type === 'resume').length;
  return (
    resumes > 4 || trace.some((step) => step.type === 'note' && step.text.endsWith('the packet is dropped'))
  );
}

/** Tells the tracer what the connection tracker says each time. */
function nextStates({ trace }: SimulationResult): string[] {
  return trace.flatMap((step) => {
    if (step.type !== 'resume') return [];
    const state = Number(step.fields.get('ct_state') ?? 0);
    assert.ok(state & tracked);
    return ['--ct-next', state & isNew ? 'trk,new' : 'trk,inv'];
  });
}

describe('the simulator against ofproto/trace', { skip: noOpenVswitch }, () => {
  let real: RealSwitch;
  let portOf: ReadonlyMap<string, string>;
  before(async () => {
    real = await RealSwitch.start(portCount);
    const shown = await real.call('dpif/show');
    portOf = new Map(
      [...shown.matchAll(/ p\d+ (\d+)\/(\d+):/g)].map(([, port, number]) => [
        number as string,
        port as string,
      ]),
    );
  });
  after(() => real.stop());

  for (const conntrack of ['none', 'uncommitted'] as const) {
    it(`agrees on ports and registers, connection tracking ${conntrack}`, async () => {
      let compared = 0;
      let tried = 0;
      const property = fc.asyncProperty(
        randomFlows({ conntrack, nat: false, lengths: false }),
        fc.array(randomArrival(true), { minLength: 3, maxLength: 6 }),
        async (flows, arrivals) => {
          const pair = await SwitchPair.loadFlows(real, flows);
          for (const arrival of arrivals) {
            tried++;
            const result = pair.simulate(arrival);
            if (!result || isEndless(result)) continue;
            const bytes = Buffer.from(encodePacket(arrival.packet)).toString('hex');
            const text = await real.call(
              'ofproto/trace',
              'br0',
              `in_port=${arrival.port}`,
              bytes,
              ...nextStates(result),
            );
            assert.deepEqual(readResult(result), readTrace(text, portOf), `${arrival.text}\n${text}`);
            compared++;
          }
        },
      );
      await fc.assert(property, { numRuns: runs, ...seed });
      assert.ok(compared > tried / 2, `only ${compared} of ${tried} packets could be compared`);
    });
  }
});
