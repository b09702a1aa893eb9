/** Rows as plain JSON. */

import type { Row, Value } from '../notation/values.ts';

/** Maps become objects, and "no value" becomes `null`. */
export function plainRow(row: Row): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plainValue(value)]));
}

function plainValue(value: Value): unknown {
  return value instanceof Map ? Object.fromEntries(value) : (value ?? null);
}
