import type { StoredFragment } from '../compiler/types.ts';
import type { FragmentReference, ScopeKey } from '../pipeline/index.ts';
import type { Context } from './context.ts';
import type { Parcel } from './messages.ts';
import { changeParcel } from './portion.ts';
import type { Session } from './session.ts';

/** One switch that is held up: what it has of the fragment, and the revisions that are incomplete there. */
interface Hold {
  readonly previous: StoredFragment | undefined;
  readonly revisions: Set<number>;
}

/** A fragment that is held back. Only which fragment it is: the content is read when it goes out. */
export class Gate {
  readonly scope: ScopeKey;
  readonly key: string;
  waitsFor: readonly FragmentReference[];
  /** Sessions that have not confirmed yet. */
  waitingFor = new Set<Session>();
  readonly #context: Context;
  readonly #holds = new Map<Session, Hold>();
  readonly #afterwards: (() => void)[] = [];
  #unfinished = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: Context, scope: ScopeKey, key: string, waitsFor: readonly FragmentReference[]) {
    this.#context = context;
    this.scope = scope;
    this.key = key;
    this.waitsFor = waitsFor;
  }

  startTimer(milliseconds: number, expired: () => void): void {
    this.#timer = setTimeout(expired, milliseconds);
  }

  stopTimer(): void {
    clearTimeout(this.#timer);
  }

  isHeldFor(session: Session): boolean {
    return this.#holds.has(session);
  }

  /** Holds a change back; `previous` is what the switch has unless it was held up before. */
  hold(session: Session, previous: StoredFragment | undefined, revision: number): void {
    const hold = this.#holds.get(session);
    if (hold) {
      if (hold.revisions.has(revision)) return;
      hold.revisions.add(revision);
      session.startRevision(revision);
      return;
    }
    this.#context.metrics.held++;
    this.#holds.set(session, { previous, revisions: new Set([revision]) });
    this.#unfinished++;
    session.holdScope(this.scope);
    session.startRevision(revision);
  }

  /** What the switch has, if the change was held back there; `fallback` otherwise. */
  previousOf(session: Session, fallback: StoredFragment | undefined): StoredFragment | undefined {
    const hold = this.#holds.get(session);
    return hold ? hold.previous : fallback;
  }

  /** Calls back when every switch has confirmed the fragment, or does not need it any more. */
  afterwards(callback: () => void): void {
    if (this.#unfinished === 0) callback();
    else this.#afterwards.push(callback);
  }

  /** The fragment as it is wanted now goes to all switches that were held up. */
  release(): void {
    const fragment = this.#context.desired.scope(this.scope)?.fragments.get(this.key);
    const parcels = new Map<StoredFragment | undefined, Parcel>();
    for (const [session, { previous }] of [...this.#holds]) {
      const parcel = parcels.get(previous) ?? changeParcel(previous, fragment);
      parcels.set(previous, parcel);
      session.write(parcel);
      this.letGo(session);
      session.writeMarker(this.scope);
    }
  }

  /** The change is written with the rest of this tick's: its revisions are complete when that is confirmed. */
  letGo(session: Session): void {
    const hold = this.#holds.get(session);
    if (!hold) return;
    this.#holds.delete(session);
    session.releaseScope(this.scope);
    session.whenConfirmed(() => {
      for (const revision of hold.revisions) session.finishRevision(revision);
      this.#finishOne();
    });
  }

  /** The switch is not connected, or does not have the scope any more. */
  dropSession(session: Session): void {
    const hold = this.#holds.get(session);
    if (!hold) return;
    this.#holds.delete(session);
    session.releaseScope(this.scope);
    for (const revision of hold.revisions) session.finishRevision(revision);
    this.#finishOne();
  }

  #finishOne(): void {
    this.#unfinished--;
    if (this.#unfinished > 0) return;
    for (const callback of this.#afterwards.splice(0)) callback();
  }
}
