/** Equality of values, and the differences in which `update2` and `update3` express a change. */

import type { ColumnType } from '../schema/types.ts';
import type { Atom, Value } from './values.ts';

/** Whether two values of one column are the same. The order of sets and maps does not matter. */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) {
    return true;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return equalSets(a, b);
  }
  return a instanceof Map && b instanceof Map && equalMaps(a, b);
}

function equalSets(a: readonly Atom[], b: readonly Atom[]): boolean {
  if (a.length !== b.length) {
    return false;
  }
  if (a.every((element, i) => element === b[i])) {
    return true;
  }
  const members = new Set(a);
  return members.size === new Set(b).size && b.every((element) => members.has(element));
}

function equalMaps(a: ReadonlyMap<Atom, Atom>, b: ReadonlyMap<Atom, Atom>): boolean {
  if (a.size !== b.size) {
    return false;
  }
  for (const [key, value] of a) {
    if (b.get(key) !== value) {
      return false;
    }
  }
  return true;
}

/**
 * The value after a `modify`, ovsdb-server(7) section 4.1.14: a column that holds at most one value is replaced; of a set,
 * the elements named change sides; of a map, a pair named is removed when it was there with the same value, else it is
 * set. The result is sorted, as the server keeps it.
 */
export function applyDifference(before: Value, difference: Value, type: ColumnType): Value {
  if (type.max === 1) {
    return difference;
  }
  return type.shape === 'map'
    ? applyMapDifference(before as ReadonlyMap<Atom, Atom>, difference as ReadonlyMap<Atom, Atom>)
    : applySetDifference(before as readonly Atom[], difference as readonly Atom[]);
}

function applySetDifference(before: readonly Atom[], difference: readonly Atom[]): readonly Atom[] {
  const members = new Set(before);
  for (const element of difference) {
    if (!members.delete(element)) {
      members.add(element);
    }
  }
  return [...members].sort(compareAtoms);
}

function applyMapDifference(
  before: ReadonlyMap<Atom, Atom>,
  difference: ReadonlyMap<Atom, Atom>,
): ReadonlyMap<Atom, Atom> {
  const pairs = new Map(before);
  for (const [key, value] of difference) {
    if (pairs.has(key) && pairs.get(key) === value) {
      pairs.delete(key);
    } else {
      pairs.set(key, value);
    }
  }
  return new Map([...pairs].sort(([a], [b]) => compareAtoms(a, b)));
}

/** Orders atoms of one type. */
function compareAtoms(a: Atom, b: Atom): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
