import type { CloseReason, DecodedMessage, ErrorMessage, OpenFlowConnection } from 'node-openflow';
import type { ScopeKey } from '../pipeline/index.ts';
import type { Context } from './context.ts';
import { hangUp } from './hang-up.ts';
import type { HostState } from './hosts.ts';
import { deleteAllMarkers, type Parcel } from './messages.ts';

/** What was written between two barriers. */
interface Batch {
  readonly xid: number;
  /** Oldest and newest revision that it may hold parts of. */
  readonly first: number;
  readonly last: number;
  /** Called when the switch has confirmed the batch, or will never do so. */
  readonly finishes: readonly (() => void)[];
  rejections: number;
}

export interface SessionHooks {
  /** The switch has confirmed a batch. */
  confirmed(session: Session): void;
  rejected(session: Session, message: ErrorMessage, batch: { last: number; rejections: number }): void;
  closed(session: Session, reason: string): void;
}

/** Remembered ranges of revisions that the switch refused parts of. */
const rememberedRejections = 1_000;

/**
 * One adopted connection: writes, barriers and what they confirm. It starts in the state `resyncing`, in which only
 * the resync writes; `live` means that changes are written as they come.
 */
export class Session {
  readonly host: HostState;
  readonly datapathId: string;
  readonly connection: OpenFlowConnection;
  state: 'resyncing' | 'live' | 'closed' = 'resyncing';
  /** Something of this host's scopes changed since the resync last looked. */
  changedMeanwhile = false;
  /** Newest revision that the switch had or was sent when it became live. */
  liveRevision = -1;
  /** Newest revision of a confirmed batch. */
  confirmedRevision = -1;
  readonly #context: Context;
  readonly #hooks: SessionHooks;
  readonly #batches: Batch[] = [];
  #open: { first: number; finishes: (() => void)[] } | undefined;
  /** How many parts of a scope are held back; its marker must not promise them. */
  readonly #heldParts = new Map<ScopeKey, number>();
  /** Revisions with parts that are held back or not confirmed yet, with how many. */
  readonly #unfinished = new Map<number, number>();
  readonly #rejectedRanges: { readonly first: number; readonly last: number; readonly error: string }[] = [];
  #hasWritten = false;
  /** Refusals of what the resync wrote, which has no batch yet. */
  #rejectionsOfResync = 0;

  constructor(
    context: Context,
    identity: { host: HostState; datapathId: string },
    connection: OpenFlowConnection,
    hooks: SessionHooks,
  ) {
    this.#context = context;
    this.host = identity.host;
    this.datapathId = identity.datapathId;
    this.connection = connection;
    this.#hooks = hooks;
    connection.on('message', (message) => this.#onMessage(message));
    connection.on('error-message', (message) => this.#onError(message));
    connection.on('close', (reason, error) => this.#end(error ? `${reason}: ${error.message}` : reason));
  }

  /** Writes at once; a barrier follows at the end of the tick. */
  write(parcel: Parcel): void {
    if (this.state === 'closed' || parcel.bytes.length === 0) return;
    this.#openBatch();
    this.writeWithoutBarrier(parcel);
  }

  /** For the resync, whose last write brings the barrier. False: wait for `drain`. */
  writeWithoutBarrier(parcel: Parcel): boolean {
    if (this.state === 'closed') return false;
    this.#hasWritten = true;
    this.#context.metrics.flowModsSent += parcel.flowMods;
    this.#context.metrics.bytesSent += parcel.bytes.length;
    return this.connection.write(parcel.bytes);
  }

  /** Writes the marker of a scope as it should be now, unless parts of the scope are missing on the switch. */
  writeMarker(key: ScopeKey): void {
    if (this.#heldParts.has(key) || this.#rejectedRanges.length > 0) return;
    const content = this.#context.desired.scope(key);
    if (content) this.write({ bytes: content.marker, flowMods: 1 });
  }

  /** Calls back when the switch has confirmed everything written so far in this tick, or the connection ended. */
  whenConfirmed(callback: () => void): void {
    if (this.state === 'closed') callback();
    else this.#openBatch().finishes.push(callback);
  }

  /** A part of this scope is held back: no marker until `releaseScope` was called as often. */
  holdScope(key: ScopeKey): void {
    increment(this.#heldParts, key);
  }

  releaseScope(key: ScopeKey): void {
    decrement(this.#heldParts, key);
  }

  /** A part of this revision is missing, although later ones may be confirmed. */
  startRevision(revision: number): void {
    increment(this.#unfinished, revision);
  }

  finishRevision(revision: number): void {
    decrement(this.#unfinished, revision);
  }

  /** The switch has everything, by its own word (`alreadyEqual`) or by what the resync wrote before. */
  goLive(alreadyEqual: boolean): void {
    if (this.state !== 'resyncing') return;
    this.state = 'live';
    this.liveRevision = this.#context.revision;
    if (alreadyEqual) this.confirmedRevision = this.liveRevision;
    else this.#openBatch().first = 0;
  }

  /** Called by the flusher at the end of the tick. */
  flush(barrier: Uint8Array, xid: number): void {
    const open = this.#open;
    if (this.state === 'closed' || !open) return;
    this.#open = undefined;
    this.#batches.push({ ...open, xid, last: this.#context.revision, rejections: 0 });
    this.#context.metrics.barriers++;
    this.writeWithoutBarrier({ bytes: barrier, flowMods: 0 });
    this.connection.socket.uncork();
    if (this.#batches.length > this.#context.limits.outstandingBarriers) {
      this.close('too many barriers without a reply');
    }
  }

  /** What the switch says of a revision that touches it. */
  stateOf(revision: number): 'applied' | 'pending' | 'rejected' {
    if (this.rejectionOf(revision) !== undefined) return 'rejected';
    if (this.state !== 'live' || this.#unfinished.has(revision)) return 'pending';
    return this.#isIdle() || this.confirmedRevision >= revision ? 'applied' : 'pending';
  }

  /** The first error of the switch about a message that may be of the revision; undefined when there was none. */
  rejectionOf(revision: number): string | undefined {
    return this.#rejectedRanges.find(({ first, last }) => first <= revision && revision <= last)?.error;
  }

  /** Newest revision up to which nothing is missing. */
  get appliedRevision(): number {
    let applied =
      this.#isIdle() && this.state === 'live' ? this.#context.revision : Math.max(this.confirmedRevision, 0);
    for (const revision of this.#unfinished.keys()) applied = Math.min(applied, revision - 1);
    return applied;
  }

  close(reason: string): void {
    this.#end(reason);
    hangUp(this.connection);
  }

  #isIdle(): boolean {
    return this.#batches.length === 0 && this.#open === undefined;
  }

  #openBatch(): { first: number; finishes: (() => void)[] } {
    if (!this.#open) {
      this.#open = { first: this.#context.revision, finishes: [] };
      this.connection.socket.cork();
      this.#context.flusher.add(this);
    }
    return this.#open;
  }

  #onMessage(message: DecodedMessage): void {
    if (this.state === 'closed') return;
    if (message.type === 'barrier-reply') this.#onBarrierReply(message.xid);
    if (message.type === 'role-status' && message.role !== 'primary') {
      this.close(`the switch made this controller ${message.role}`);
    }
  }

  /** A switch answers barriers in order, so a reply also confirms what was written before that batch. */
  #onBarrierReply(xid: number): void {
    const position = this.#batches.findIndex((batch) => batch.xid === xid);
    const confirmed = this.#batches.splice(0, position + 1);
    for (const batch of confirmed) {
      this.confirmedRevision = Math.max(this.confirmedRevision, batch.last);
      for (const finish of batch.finishes) finish();
    }
    if (confirmed.length > 0) this.#hooks.confirmed(this);
  }

  /** Errors come before the reply of the barrier behind the refused message: they belong to the oldest batch. */
  #onError(message: ErrorMessage): void {
    if (this.state === 'closed') return;
    this.#context.metrics.errors++;
    const batch = this.#batches[0];
    const rejections = batch ? ++batch.rejections : ++this.#rejectionsOfResync;
    const last = batch?.last ?? this.#context.revision;
    // Before the first flow only the handshake can be meant, which looks at the outcome itself.
    const error = message.codeName ?? `error ${message.errorType} code ${message.errorCode}`;
    if (this.#hasWritten) this.#rememberRejection(batch?.first ?? 0, last, error);
    this.#hooks.rejected(this, message, { last, rejections });
  }

  /** From now on no marker is on this switch, so that its next connection is compared in full. */
  #rememberRejection(first: number, last: number, error: string): void {
    const newest = this.#rejectedRanges.at(-1);
    if (newest?.first === first && newest.last === last) return;
    if (this.#rejectedRanges.length === 0) this.write(deleteAllMarkers());
    this.#rejectedRanges.push({ first, last, error });
    if (this.#rejectedRanges.length > rememberedRejections) this.#rejectedRanges.shift();
  }

  #end(reason: CloseReason | string): void {
    if (this.state === 'closed') return;
    const { host } = this;
    if (this.state === 'live') {
      host.confirmedBefore = Math.max(host.confirmedBefore, this.appliedRevision);
      host.uncertain = !this.#isIdle() || this.#heldParts.size > 0 || this.#rejectedRanges.length > 0;
    }
    this.state = 'closed';
    const finishes = [...this.#batches, ...(this.#open ? [this.#open] : [])].flatMap(
      (batch) => batch.finishes,
    );
    this.#batches.length = 0;
    this.#open = undefined;
    this.#hooks.closed(this, reason);
    for (const finish of finishes) finish();
  }
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function decrement<K>(counts: Map<K, number>, key: K): void {
  const count = counts.get(key) ?? 0;
  if (count > 1) counts.set(key, count - 1);
  else counts.delete(key);
}
