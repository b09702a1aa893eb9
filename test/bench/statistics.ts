/** What a list of measurements comes to, in the unit of the measurements. */
export interface Summary {
  readonly samples: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly worst: number;
}

/**
 * The smallest value that at least `percent` of the values do not exceed (nearest rank): always one that was measured.
 * @throws RangeError without values
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('there is no percentile of no values');
  return value;
}

export function summarise(values: readonly number[]): Summary {
  return {
    samples: values.length,
    p50: percentile(values, 50),
    p95: percentile(values, 95),
    p99: percentile(values, 99),
    worst: percentile(values, 100),
  };
}
