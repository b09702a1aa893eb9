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

/** What is aimed at: at most `limit`, where there is one for all. Members and rules aim lower than bindings. */
export const aims = {
  applied: { title: 'API call to the last barrier, p50', limit: 10, unit: 'ms' },
  appliedFast: { title: 'API call to the last barrier, p50, for members and rules', limit: 5, unit: 'ms' },
  ratio: { title: 'the same in the largest network and in the smallest, p50', limit: 1.3, unit: '×' },
  flowMods: { title: 'flow-mods in the largest network: as many as in the smallest', unit: 'flow-mods' },
  flows: { title: 'flows on a host', limit: 30_000, unit: 'flows' },
  firstPacket: { title: 'binding call to first packet, p95', limit: 15, unit: 'ms' },
} as const satisfies Record<string, { title: string; limit?: number; unit: string }>;
export type AimName = keyof typeof aims;

/** A measurement held against an aim. */
export interface Finding {
  readonly aim: AimName;
  readonly what: string;
  readonly limit: number;
  readonly measured: number;
  /** How far off: 1 or less is what is wanted. */
  readonly factor: number;
  readonly verdict: Verdict;
}

export type Verdict = 'met' | 'missed' | 'far off';

/** Beyond this factor a missed aim makes the benchmark fail. */
const tolerance = 2;

/** All findings; results in ascending order of size. */
export function findingsOf(results: readonly BedResult[]): Finding[] {
  const [smallest, largest] = [results[0], results.at(-1)];
  if (!smallest || !largest) return [];
  const names = Object.keys(operations) as OperationName[];
  return [
    ...results.flatMap((result) =>
      names.map((name) => limited(appliedAim(name), `${name}, ${interfaces(result)}`, p50(result, name))),
    ),
    ...(smallest === largest ? [] : names.flatMap((name) => comparison(name, smallest, largest))),
    ...results.map((result) => limited('flows', interfaces(result), result.realFlows)),
    ...results.map((result) => limited('firstPacket', interfaces(result), result.firstPacket.p95)),
  ];
}

function appliedAim(name: OperationName): 'applied' | 'appliedFast' {
  return name.startsWith('member') || name.startsWith('rule') ? 'appliedFast' : 'applied';
}

/** Size must not matter: neither for the time nor for what is sent. */
function comparison(name: OperationName, smallest: BedResult, largest: BedResult): Finding[] {
  const [few, many] = [smallest.operations[name].flowMods, largest.operations[name].flowMods];
  return [
    limited('ratio', name, p50(largest, name) / p50(smallest, name)),
    judged({ aim: 'flowMods', what: name, limit: few, measured: many, factor: difference(few, many) }),
  ];
}

/** 1 for equal numbers, more in either direction. */
function difference(a: number, b: number): number {
  if (a === b) return 1;
  const [less, more] = [Math.min(a, b), Math.max(a, b)];
  return less > 0 ? more / less : 1 + more;
}

function limited(aim: Exclude<AimName, 'flowMods'>, what: string, measured: number): Finding {
  const { limit } = aims[aim];
  return judged({ aim, what, limit, measured, factor: measured / limit });
}

function judged(finding: Omit<Finding, 'verdict'>): Finding {
  const { factor } = finding;
  return { ...finding, verdict: factor <= 1 ? 'met' : factor <= tolerance ? 'missed' : 'far off' };
}

const p50 = (result: BedResult, name: OperationName) => result.operations[name].time.p50;
const interfaces = ({ size }: BedResult) => `${size.toLocaleString('en')} interfaces`;
