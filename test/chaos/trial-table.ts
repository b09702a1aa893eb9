import { type Sort, sorts, type Verdict, verdicts } from './trials.ts';

/** How many trials of a sort, with one verdict, were made. */
export interface TrialCount {
  readonly sort: Sort;
  readonly verdict: Verdict;
  readonly count: number;
}

/** What a long run should have tried of each sort, and with each verdict: with less it proves little. */
const least = 3;

function countOf(
  trials: readonly TrialCount[],
  sort: Sort | undefined,
  verdict: Verdict | undefined,
): number {
  return trials
    .filter((one) => [undefined, one.sort].includes(sort) && [undefined, one.verdict].includes(verdict))
    .reduce((sum, { count }) => sum + count, 0);
}

/** A line for each sort, a column for each verdict. */
export function trialTable(trials: readonly TrialCount[]): string {
  const rows = [
    ['', ...verdicts],
    ...sorts.map((sort) => [sort, ...verdicts.map((verdict) => `${countOf(trials, sort, verdict)}`)]),
  ];
  const widths = ['', ...verdicts].map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map(([name = '', ...cells]) =>
      [
        name.padEnd(widths[0] ?? 0),
        ...cells.map((cell, index) => cell.padStart(widths[index + 1] ?? 0)),
      ].join('  '),
    )
    .join('\n');
}

/** The sorts and verdicts of which there were too few trials. */
export function rareTrials(trials: readonly TrialCount[]): string[] {
  return [
    ...sorts.filter((sort) => countOf(trials, sort, undefined) < least),
    ...verdicts.filter((verdict) => countOf(trials, undefined, verdict) < least),
  ];
}
