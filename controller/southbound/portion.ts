import { overwrites } from '../compiler/places.ts';
import type { StoredFragment } from '../compiler/types.ts';
import { additionOf, aftermathOf, deleteByCookie, join, type Parcel, removalOf } from './messages.ts';

/** What changes of fragments mean on the wire, in the order of writing. */
export interface Portion {
  /** Additions of what only drops. */
  readonly denials: Parcel[];
  readonly additions: Parcel[];
  readonly removals: Parcel[];
  /** Removals of what only drops. */
  readonly denialRemovals: Parcel[];
  /** Messages that follow when all flows are as they should be. */
  readonly aftermath: Parcel[];
}

export function newPortion(): Portion {
  return { denials: [], additions: [], removals: [], denialRemovals: [], aftermath: [] };
}

/** Fragments in the order in which a switch may get them: first what only drops. In the other order they may go. */
export function denialsFirst(fragments: Iterable<StoredFragment>): StoredFragment[] {
  const all = [...fragments];
  const denials = all.filter(({ denies }) => denies);
  return denials.length === 0 ? all : [...denials, ...all.filter(({ denies }) => !denies)];
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
    const additions = next.denies ? portion.denials : portion.additions;
    additions.push(additionOf(next, previous === undefined));
    portion.aftermath.push(...aftermathOf(next));
  }
  if (!previous || previous.cookie === next?.cookie) return;
  const removals = previous.denies ? portion.denialRemovals : portion.removals;
  if (!next) removals.push(removalOf(previous));
  else if (!overwrites(next.bytes, previous.bytes)) removals.push(deleteByCookie(previous.cookie));
}

/** One change of one fragment as a parcel of its own. */
export function changeParcel(previous: StoredFragment | undefined, next: StoredFragment | undefined): Parcel {
  const portion = newPortion();
  addChange(portion, previous, next);
  const { denials, additions, removals, denialRemovals, aftermath } = portion;
  return join([...denials, ...additions, ...removals, ...denialRemovals, ...aftermath]);
}
