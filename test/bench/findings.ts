import type { Measured } from './measure.ts';
import { type OperationName, operations } from './operations.ts';
import type { Summary } from './statistics.ts';

/** All that was measured on one bed. */
export interface BedResult {
  /** Interfaces of the VPC. */
  readonly size: number;
  readonly loadSeconds: number;
  /** What the controller's memory grew by while the interfaces were created and bound, in bytes of VmRSS. */
  readonly memoryGrowth: number;
  /** Flows on the host with Open vSwitch, and on all test switches together. */
  readonly realFlows: number;
  readonly testFlows: number;
  readonly operations: Readonly<Record<OperationName, Measured>>;
  /** Milliseconds from the binding call to the first packet. */
  readonly firstPacket: Summary;
}

/** A measurement held against what is aimed at. */
export interface Finding {
  readonly what: string;
  readonly unit: 'ms' | 'flows' | 'flow-mods' | '×';
  /** At most so much. */
  readonly aim: number;
  readonly measured: number;
  /** How many times the aim was measured: 1 or less is what is wanted. */
  readonly factor: number;
}

export type Verdict = 'met' | 'missed' | 'far off';

export const aims = {
  /** API call to the last barrier, p50. */
  appliedMs: 10,
  /** The same operation in the largest network compared with the smallest, p50. */
  ratio: 1.3,
  flowsOnHost: 30_000,
  firstPacketMs: 15,
} as const;

/** Beyond this factor a missed aim makes the benchmark fail. */
const tolerance = 2;

export function verdictOf({ factor }: Finding): Verdict {
  if (factor <= 1) return 'met';
  return factor <= tolerance ? 'missed' : 'far off';
}

/** All findings; results in ascending order of size. */
export function findingsOf(results: readonly BedResult[]): Finding[] {
  const [smallest, largest] = [results[0], results.at(-1)];
  if (!smallest || !largest) return [];
  const names = Object.keys(operations) as OperationName[];
  return [
    ...results.flatMap((result) =>
      names.map((name) =>
        finding(`${name}, ${count(result.size)} interfaces, p50`, 'ms', aims.appliedMs, p50(result, name)),
      ),
    ),
    ...(smallest === largest ? [] : names.flatMap((name) => comparison(name, smallest, largest))),
    finding(
      `flows on a host, ${count(largest.size)} interfaces`,
      'flows',
      aims.flowsOnHost,
      largest.realFlows,
    ),
    ...results.flatMap(({ size, firstPacket }) => [
      finding(`first packet, ${count(size)} interfaces, p50`, 'ms', aims.firstPacketMs, firstPacket.p50),
      finding(`first packet, ${count(size)} interfaces, p95`, 'ms', aims.firstPacketMs, firstPacket.p95),
    ]),
  ];
}

/** Size must not matter: neither for the time nor for what is sent. */
function comparison(name: OperationName, smallest: BedResult, largest: BedResult): Finding[] {
  const between = `${count(largest.size)} / ${count(smallest.size)} interfaces`;
  return [
    finding(`${name}, ${between}, p50`, '×', aims.ratio, p50(largest, name) / p50(smallest, name)),
    finding(
      `${name}, flow-mods at ${count(largest.size)} as at ${count(smallest.size)}`,
      'flow-mods',
      smallest.operations[name].flowMods,
      largest.operations[name].flowMods,
    ),
  ];
}

const p50 = (result: BedResult, name: OperationName) => result.operations[name].time.p50;
const count = (value: number) => value.toLocaleString('en');

function finding(what: string, unit: Finding['unit'], aim: number, measured: number): Finding {
  // Nothing where nothing is aimed at is exactly right.
  return { what, unit, aim, measured, factor: measured === aim ? 1 : measured / aim };
}
