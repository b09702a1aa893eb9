import type { Summary } from '../bench/statistics.ts';
import type { LoadResult } from './run.ts';

/** What 99 of 100 requests may take, in milliseconds. */
const aims = { reads: 50, writes: 250 } as const;

type Times = ReadonlyMap<string, Summary>;

const limitOf = (name: string) =>
  name.endsWith(' reads') ? aims.reads : name.endsWith(' writes') ? aims.writes : undefined;

export function isInTime(times: Times): boolean {
  return [...times].every(([name, { p99 }]) => p99 <= (limitOf(name) ?? Number.POSITIVE_INFINITY));
}

export function formatReport({ counts, times, held, violations, ...rest }: LoadResult): string {
  const lines = [...times].sort().map(([name, { samples, p50, p95, p99, worst }]) => {
    const limit = limitOf(name);
    const verdict = limit === undefined ? '' : `  p99 may be ${limit} ms${p99 > limit ? ': TOO SLOW' : ''}`;
    const cells = [p50, p95, p99, worst].map((ms) => ms.toFixed(1).padStart(9));
    return `  ${name.padEnd(24)}${String(samples).padStart(8)}${cells.join('')}${verdict}`;
  });
  return [
    'milliseconds              requests      p50      p95      p99    worst',
    ...lines,
    `${[...counts].map(([what, count]) => `${what} ${count}`).join(', ')}`,
    `${held} interfaces and addresses at the end; the clients' process was busy ${Math.round(rest.clientLoad * 100)} % of the time`,
    `a watch followed every commit over ${rest.watchConnections} connections`,
    rest.violationCount === 0
      ? 'nothing lost, nothing doubled'
      : `WRONG in ${rest.violationCount} places; the first:`,
    ...violations.map((violation) => `  ${violation}`),
  ].join('\n');
}
