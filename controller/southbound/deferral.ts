import type { StoredFragment } from '../compiler/types.ts';
import type { ScopeKey } from '../pipeline/index.ts';
import type { Context } from './context.ts';
import type { Gate } from './gate.ts';
import { join, removalOf } from './messages.ts';
import { denialsFirst } from './portion.ts';
import type { Session } from './session.ts';

interface Removals {
  readonly key: ScopeKey;
  readonly sessions: readonly Session[];
  readonly removed: readonly StoredFragment[];
  readonly revision: number;
}

/** Removes fragments only when the gates are passed and what was behind them is confirmed. */
export function deferRemovals(context: Context, removals: Removals, gates: readonly Gate[]): void {
  const { key, sessions, revision } = removals;
  for (const session of sessions) {
    session.holdScope(key);
    session.startRevision(revision);
  }
  let remaining = gates.length;
  for (const gate of gates) {
    gate.afterwards(() => {
      remaining--;
      if (remaining === 0) remove(context, removals);
    });
  }
}

function remove(context: Context, { key, sessions, removed, revision }: Removals): void {
  const wanted = context.desired.scope(key)?.fragments;
  const gone = removed.filter((fragment) => wanted?.get(fragment.key)?.cookie !== fragment.cookie);
  const parcel = join(denialsFirst(gone).toReversed().map(removalOf));
  for (const session of sessions) {
    session.releaseScope(key);
    if (session.host.scopes.has(key)) {
      session.write(parcel);
      session.writeMarker(key);
    }
    session.whenConfirmed(() => session.finishRevision(revision));
  }
}
