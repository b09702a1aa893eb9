import { overwrites } from '../compiler/places.ts';
import type { StoredFragment } from '../compiler/types.ts';
import { additionOf, aftermathOf, deleteByCookie, join, type Parcel, removalOf } from './messages.ts';

/** What changes of fragments mean on the wire, in the order of writing. */
export interface Portion {
  readonly additions: Parcel[];
  readonly removals: Parcel[];
  /** Messages that follow when all flows are as they should be. */
  readonly aftermath: Parcel[];
}

export function newPortion(): Portion {
  return { additions: [], removals: [], aftermath: [] };
}

/**
 * Adds one change of a fragment: `previous` is the version that the switch has. An addition over the same match
 * takes the new cookie, so that deleting the old cookie afterwards removes only what is no longer there; where that is
 * nothing, the deletion is spared.
 */
export function addChange(
  portion: Portion,
  previous: StoredFragment | undefined,
  next: StoredFragment | undefined,
): void {
  if (next && next.cookie !== previous?.cookie) {
    portion.additions.push(additionOf(next, previous === undefined));
    portion.aftermath.push(...aftermathOf(next));
  }
  if (!previous || previous.cookie === next?.cookie) return;
  if (!next) portion.removals.push(removalOf(previous));
  else if (!overwrites(next.bytes, previous.bytes)) portion.removals.push(deleteByCookie(previous.cookie));
}

/** One change of one fragment as a parcel of its own. */
export function changeParcel(previous: StoredFragment | undefined, next: StoredFragment | undefined): Parcel {
  const portion = newPortion();
  addChange(portion, previous, next);
  return join([...portion.additions, ...portion.removals, ...portion.aftermath]);
}
