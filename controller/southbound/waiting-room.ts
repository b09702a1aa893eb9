import type { OpenFlowConnection } from 'node-openflow';
import { hangUp } from './hang-up.ts';
import type { Limits, Logger } from './types.ts';

interface Guest {
  readonly connection: OpenFlowConnection;
  readonly timer: NodeJS.Timeout;
}

/**
 * Connections of switches whose host is not registered yet: a switch often connects before its agent has told the
 * datapath id. One per datapath, bounded in number and time.
 */
export class WaitingRoom {
  readonly #guests = new Map<string, Guest>();
  readonly #limits: Limits;
  readonly #logger: Logger;

  constructor(limits: Limits, logger: Logger) {
    this.#limits = limits;
    this.#logger = logger;
  }

  /** Keeps the connection; closes it when the time is over or the room is full. */
  admit(datapathId: string, connection: OpenFlowConnection): void {
    this.#dismiss(datapathId);
    if (this.#guests.size >= this.#limits.waitingConnections) {
      this.#logger.warn({ datapathId }, 'too many unknown datapaths are waiting: connection closed');
      hangUp(connection);
      return;
    }
    const timer = setTimeout(() => {
      this.#logger.warn({ datapathId }, 'no host registered this datapath in time: connection closed');
      this.#dismiss(datapathId);
    }, this.#limits.waitingMs);
    this.#guests.set(datapathId, { connection, timer });
    connection.once('close', () => {
      if (this.#guests.get(datapathId)?.connection === connection) this.#forget(datapathId);
    });
    this.#logger.info({ datapathId }, 'switch connected, waiting for its host to register');
  }

  /** Takes out every connection whose datapath fulfils the condition. */
  *takeWhere(
    condition: (datapathId: string) => boolean,
  ): Iterable<{ datapathId: string; connection: OpenFlowConnection }> {
    for (const [datapathId, { connection }] of [...this.#guests]) {
      if (!condition(datapathId)) continue;
      this.#forget(datapathId);
      yield { datapathId, connection };
    }
  }

  closeAll(): void {
    for (const datapathId of [...this.#guests.keys()]) this.#dismiss(datapathId);
  }

  #forget(datapathId: string): void {
    clearTimeout(this.#guests.get(datapathId)?.timer);
    this.#guests.delete(datapathId);
  }

  #dismiss(datapathId: string): void {
    const guest = this.#guests.get(datapathId);
    this.#forget(datapathId);
    if (guest) hangUp(guest.connection);
  }
}
