import type { StoredFragment } from '../compiler/types.ts';
import type { FragmentReference, ScopeKey } from '../pipeline/index.ts';
import type { Context } from './context.ts';
import { Gate } from './gate.ts';
import type { Session } from './session.ts';

/** How many changed fragments are remembered with their revision; older ones count as confirmed. */
const rememberedChanges = 10_000;

/**
 * Holds fragments back until others stand: a fragment with `waitsFor` goes to its switches only when every live
 * subscriber of the named fragments has confirmed their newest version, so that a live connection never meets rules
 * that are not there yet.
 */
export class Gates {
  readonly #context: Context;
  readonly #gates = new Map<string, Gate>();
  readonly #waitingFor = new Map<Session, Set<Gate>>();
  /** Revision of the newest change of a fragment, newest last. */
  readonly #changes = new Map<string, number>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** To be called for every change that goes out, before gates are asked about the same commit. */
  noteChange(scope: ScopeKey, key: string, revision: number): void {
    const id = gateId(scope, key);
    this.#changes.delete(id);
    this.#changes.set(id, revision);
    const [oldest] = this.#changes.keys();
    if (this.#changes.size > rememberedChanges && oldest !== undefined) this.#changes.delete(oldest);
  }

  /** The gate behind which a fragment is held back. */
  find(scope: ScopeKey, key: string): Gate | undefined {
    return this.#gates.get(gateId(scope, key));
  }

  /** A new gate, when something that the fragment waits for is unconfirmed. */
  close(fragment: StoredFragment, scope: ScopeKey): Gate | undefined {
    const waiting = this.#unconfirmed(fragment.waitsFor);
    if (waiting.size === 0) return undefined;
    const gate = new Gate(this.#context, scope, fragment.key, fragment.waitsFor);
    this.#gates.set(gateId(scope, fragment.key), gate);
    gate.startTimer(this.#context.limits.gateMs, () => this.#passAnyway(gate));
    this.#wait(gate, waiting);
    return gate;
  }

  /** The held fragment has another version. False: nothing is left to wait for, and the gate is gone. */
  stillClosed(gate: Gate, waitsFor: readonly FragmentReference[]): boolean {
    gate.waitsFor = waitsFor;
    this.#stopWaiting(gate);
    const waiting = this.#unconfirmed(waitsFor);
    if (waiting.size > 0) this.#wait(gate, waiting);
    else this.remove(gate);
    return waiting.size > 0;
  }

  /** Forgets a gate without sending anything. */
  remove(gate: Gate): void {
    this.#stopWaiting(gate);
    gate.stopTimer();
    this.#gates.delete(gateId(gate.scope, gate.key));
  }

  sessionConfirmed(session: Session): void {
    for (const gate of [...(this.#waitingFor.get(session) ?? [])]) {
      if (!this.#isUnconfirmed(session, gate.waitsFor)) this.#arrived(gate, session);
    }
  }

  sessionClosed(session: Session): void {
    for (const gate of this.#gates.values()) gate.dropSession(session);
    for (const gate of [...(this.#waitingFor.get(session) ?? [])]) this.#arrived(gate, session);
  }

  /** The session left the scope: what is held of it there is not wanted any more. */
  scopeLeft(session: Session, scope: ScopeKey): void {
    for (const gate of this.#gates.values()) if (gate.scope === scope) gate.dropSession(session);
  }

  closeAll(): void {
    for (const gate of [...this.#gates.values()]) this.remove(gate);
  }

  #wait(gate: Gate, sessions: Set<Session>): void {
    gate.waitingFor = sessions;
    for (const session of sessions) {
      const gates = this.#waitingFor.get(session) ?? new Set();
      gates.add(gate);
      this.#waitingFor.set(session, gates);
    }
  }

  #stopWaiting(gate: Gate): void {
    for (const session of gate.waitingFor) this.#unlink(gate, session);
    gate.waitingFor.clear();
  }

  #unlink(gate: Gate, session: Session): void {
    const gates = this.#waitingFor.get(session);
    gates?.delete(gate);
    if (gates?.size === 0) this.#waitingFor.delete(session);
  }

  /** One of those waited for is done. When it was the last, the question is asked anew: versions may be newer. */
  #arrived(gate: Gate, session: Session): void {
    this.#unlink(gate, session);
    gate.waitingFor.delete(session);
    if (gate.waitingFor.size === 0 && !this.stillClosed(gate, gate.waitsFor)) gate.release();
  }

  #passAnyway(gate: Gate): void {
    const { limits, logger, metrics } = this.#context;
    const unconfirmed = [...gate.waitingFor].slice(0, 10).map(({ host }) => host.hostId);
    logger.warn(
      { scope: gate.scope, fragment: gate.key, unconfirmed },
      `hosts did not confirm for ${limits.gateMs} ms what a fragment waits for: it is sent nevertheless`,
    );
    metrics.heldTooLong++;
    this.remove(gate);
    gate.release();
  }

  #unconfirmed(references: readonly FragmentReference[]): Set<Session> {
    const sessions = new Set<Session>();
    for (const reference of references) {
      const located = this.#context.desired.locate(reference);
      if (!located || !this.#changes.has(gateId(located.scope, located.key))) continue;
      for (const session of this.#context.hosts.liveSessions(located.scope)) {
        if (this.#lacks(session, located.scope, located.key)) sessions.add(session);
      }
    }
    return sessions;
  }

  #isUnconfirmed(session: Session, references: readonly FragmentReference[]): boolean {
    return references.some((reference) => {
      const located = this.#context.desired.locate(reference);
      return located !== undefined && this.#lacks(session, located.scope, located.key);
    });
  }

  /** True when the live subscriber has not confirmed the newest change of the fragment. */
  #lacks(session: Session, scope: ScopeKey, key: string): boolean {
    const revision = this.#changes.get(gateId(scope, key));
    if (revision === undefined || session.state !== 'live' || !session.host.scopes.has(scope)) return false;
    if (this.find(scope, key)?.isHeldFor(session)) return true;
    return Math.max(session.confirmedRevision, session.liveRevision) < revision;
  }
}

function gateId(scope: ScopeKey, key: string): string {
  return `${scope} ${key}`;
}
