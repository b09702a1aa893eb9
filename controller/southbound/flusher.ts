import { encodeMessage, nextXid } from 'node-openflow';
import type { Session } from './session.ts';

/**
 * Ends what was written in one tick with one barrier per switch. Commits that follow each other without a pause thus
 * share a barrier, and all switches get the same barrier bytes.
 */
export class Flusher {
  #sessions = new Set<Session>();

  /** The session has something to flush at the end of this tick. */
  add(session: Session): void {
    if (this.#sessions.size === 0) process.nextTick(() => this.#run());
    this.#sessions.add(session);
  }

  #run(): void {
    const sessions = this.#sessions;
    this.#sessions = new Set();
    const xid = nextXid();
    const barrier = encodeMessage({ type: 'barrier-request' }, { xid });
    for (const session of sessions) session.flush(barrier, xid);
  }
}
