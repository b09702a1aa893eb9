import type { ChangeSet, FragmentChange, StoredFragment } from '../compiler/types.ts';
import type { ScopeKey } from '../pipeline/index.ts';
import type { Context } from './context.ts';
import { deferRemovals } from './deferral.ts';
import type { Gate } from './gate.ts';
import type { Gates } from './gates.ts';
import { additionOf, aftermathOf, deleteMarker, deleteVpc, join, type Parcel } from './messages.ts';
import { addChange, denialsFirst, newPortion, type Portion } from './portion.ts';
import type { Session } from './session.ts';

/** The changes of one scope: `shared` goes to all sessions as the same bytes, `own` to those that were held up. */
interface Delivery {
  readonly key: ScopeKey;
  readonly sessions: readonly Session[];
  readonly shared: Portion;
  readonly own: Map<Session, Portion>;
  readonly removed: StoredFragment[];
  /** Deletes the marker when nothing is left of the scope. */
  readonly markerRemoval: Parcel | undefined;
}

const rank = { global: 0, vpc: 1, host: 2 } as const;
function rankOf(key: ScopeKey): number {
  return rank[key.split(':', 1)[0] as keyof typeof rank];
}

/**
 * Writes commits to the switches that they touch. On one switch: scopes that it newly has, then additions from the
 * widest scope to the narrowest, then removals the other way round, then the markers, then scopes that it leaves. What only
 * drops comes before all other additions, and goes after all other removals.
 */
export class Broadcaster {
  readonly #context: Context;
  readonly #gates: Gates;

  constructor(context: Context, gates: Gates) {
    this.#context = context;
    this.#gates = gates;
  }

  /** Returns lists of the hosts that the commit touches; a host may be in several. */
  apply(changes: ChangeSet): (readonly string[])[] {
    const { hosts } = this.#context;
    this.#context.revision = changes.revision;
    const newcomers = this.#subscribe(changes);
    const keys = [...changes.scopes.keys()].sort((a, b) => rankOf(a) - rankOf(b));
    for (const key of keys) this.#announce(key, changes.scopes.get(key) ?? [], changes.revision);
    const newGates: Gate[] = [];
    const deliveries = keys.map((key) => this.#prepare(key, changes, newcomers.get(key), newGates));
    for (const delivery of deliveries) this.#settleRemoved(delivery, newGates, changes.revision);
    for (const delivery of deliveries) this.#write(delivery, 'denials');
    for (const delivery of deliveries) this.#write(delivery, 'additions');
    for (const delivery of deliveries.toReversed()) this.#write(delivery, 'removals');
    for (const delivery of deliveries.toReversed()) this.#writeRest(delivery);
    const touched = keys.map((key) => hosts.hostIds(key));
    touched.push(changes.subscribe.map(({ hostId }) => hostId));
    touched.push(changes.unsubscribe.map(({ hostId }) => hostId));
    this.#unsubscribe(changes);
    return touched.filter((list) => list.length > 0);
  }

  /** New subscribers get all of the scope, as it is after this commit. */
  #subscribe({ subscribe }: ChangeSet): Map<ScopeKey, Set<Session>> {
    const { hosts, desired } = this.#context;
    const newcomers = new Map<ScopeKey, Set<Session>>();
    const encoded = new Map<ScopeKey, Parcel>();
    for (const { hostId, scope } of subscribe) {
      const host = hosts.ensure(hostId, () => desired.scopesOfHost(hostId));
      hosts.subscribe(host, scope);
      const { session } = host;
      if (session?.state === 'resyncing') session.changedMeanwhile = true;
      if (session?.state !== 'live') continue;
      const parcel = encoded.get(scope) ?? this.#wholeScope(scope);
      encoded.set(scope, parcel);
      session.write(parcel);
      session.writeMarker(scope);
      const sessions = newcomers.get(scope) ?? new Set();
      newcomers.set(scope, sessions.add(session));
    }
    return newcomers;
  }

  #wholeScope(key: ScopeKey): Parcel {
    const fragments = denialsFirst(this.#context.desired.scope(key)?.fragments.values() ?? []);
    return join([
      ...fragments.map((fragment) => additionOf(fragment, true)),
      ...fragments.flatMap((fragment) => aftermathOf(fragment)),
    ]);
  }

  /** Lets everybody know what changes before the first byte is written. */
  #announce(key: ScopeKey, list: readonly FragmentChange[], revision: number): void {
    const { hosts, desired } = this.#context;
    if (key.startsWith('host:')) {
      const hostId = key.slice('host:'.length);
      hosts.subscribe(
        hosts.ensure(hostId, () => desired.scopesOfHost(hostId)),
        key,
      );
    }
    for (const { session } of hosts.subscribers(key)) if (session) session.changedMeanwhile = true;
    for (const { after } of list) if (after) this.#gates.noteChange(key, after.key, revision);
  }

  #prepare(
    key: ScopeKey,
    { scopes, revision }: ChangeSet,
    newcomers: ReadonlySet<Session> | undefined,
    newGates: Gate[],
  ): Delivery {
    const { hosts, desired } = this.#context;
    const list = scopes.get(key) ?? [];
    const sessions = [...hosts.liveSessions(key)].filter((session) => !newcomers?.has(session));
    const scope = (list[0]?.after ?? list[0]?.before)?.scope;
    const markerRemoval = scope && !desired.scope(key) ? deleteMarker(scope) : undefined;
    const delivery = { key, sessions, shared: newPortion(), own: new Map(), removed: [], markerRemoval };
    if (sessions.length > 0) {
      for (const change of list) this.#prepareChange(delivery, change, revision, newGates);
    }
    return delivery;
  }

  #prepareChange(
    delivery: Delivery,
    { before, after }: FragmentChange,
    revision: number,
    newGates: Gate[],
  ): void {
    const { key, sessions, shared, removed } = delivery;
    const fragmentKey = (after ?? before)?.key ?? '';
    const closed = this.#gates.find(key, fragmentKey);
    if (closed && after && this.#gates.stillClosed(closed, after.waitsFor)) {
      for (const session of sessions) closed.hold(session, before, revision);
    } else if (closed) {
      this.#prepareFreed(delivery, closed, before, after);
    } else if (!after) {
      if (before) removed.push(before);
    } else {
      const gate = after.waitsFor.length > 0 ? this.#gates.close(after, key) : undefined;
      if (gate) newGates.push(gate);
      if (gate) for (const session of sessions) gate.hold(session, before, revision);
      else addChange(shared, before, after);
    }
  }

  /** A fragment that was held back and now goes out, or is removed: each switch may have another version of it. */
  #prepareFreed(
    { sessions, own }: Delivery,
    gate: Gate,
    before: StoredFragment | undefined,
    after: StoredFragment | undefined,
  ): void {
    this.#gates.remove(gate);
    for (const session of sessions) {
      const portion = own.get(session) ?? newPortion();
      own.set(session, portion);
      addChange(portion, gate.previousOf(session, before), after);
      gate.letGo(session);
    }
  }

  /**
   * While something of this commit is held back, live connections still use what it replaces: fragments of a VPC
   * that this commit removes stay until then.
   */
  #settleRemoved(delivery: Delivery, newGates: readonly Gate[], revision: number): void {
    const { key, sessions, shared, removed } = delivery;
    if (removed.length === 0) return;
    if (newGates.length > 0 && rankOf(key) === rank.vpc) {
      deferRemovals(this.#context, { key, sessions, removed, revision }, newGates);
    } else {
      for (const fragment of removed) addChange(shared, fragment, undefined);
    }
  }

  #write({ sessions, shared, own }: Delivery, part: 'denials' | 'additions' | 'removals'): void {
    const parcel = join(shared[part]);
    for (const session of sessions) {
      session.write(parcel);
      session.write(join(own.get(session)?.[part] ?? []));
    }
  }

  /** What comes last: removals of what only drops, messages that follow, and the marker. */
  #writeRest({ key, sessions, shared, own, markerRemoval }: Delivery): void {
    const parcel = join([...shared.denialRemovals, ...shared.aftermath]);
    for (const session of sessions) {
      const { denialRemovals, aftermath } = own.get(session) ?? nothing;
      session.write(parcel);
      session.write(join([...denialRemovals, ...aftermath]));
      if (markerRemoval) session.write(markerRemoval);
      else session.writeMarker(key);
    }
  }

  #unsubscribe({ unsubscribe }: ChangeSet): void {
    const { hosts } = this.#context;
    for (const { hostId, scope, vpcNumber } of unsubscribe) {
      const host = hosts.get(hostId);
      if (!host) continue;
      hosts.unsubscribe(host, scope);
      const { session } = host;
      if (!session) continue;
      session.changedMeanwhile = true;
      if (session.state === 'live') session.write(deleteVpc(vpcNumber));
      this.#gates.scopeLeft(session, scope);
    }
  }
}

const nothing: Portion = newPortion();
