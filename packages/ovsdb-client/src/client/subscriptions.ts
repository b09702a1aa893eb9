/** What outlives a connection: replicas and locks. They are brought to every new connection and told of every end. */

import type { OvsdbError } from '../errors.ts';
import type { OvsdbLock } from './lock.ts';
import { isUpdateMethod } from './monitor-methods.ts';
import type { MonitorSession } from './monitor-session.ts';
import type { Server } from './server.ts';

export class Subscriptions {
  readonly #sessions = new Set<MonitorSession>();
  /** Sessions by the id of their monitor on the current connection. */
  readonly #monitors = new Map<unknown, MonitorSession>();
  readonly #locks = new Map<unknown, OvsdbLock>();

  addSession(session: MonitorSession): void {
    this.#sessions.add(session);
  }

  removeSession(session: MonitorSession): void {
    this.#sessions.delete(session);
  }

  registerMonitor(monitorId: string, session: MonitorSession): void {
    this.#monitors.set(monitorId, session);
  }

  forgetMonitor(monitorId: string): void {
    this.#monitors.delete(monitorId);
  }

  lock(name: string): OvsdbLock | undefined {
    return this.#locks.get(name);
  }

  addLock(lock: OvsdbLock): void {
    this.#locks.set(lock.name, lock);
  }

  removeLock(lock: OvsdbLock): void {
    this.#locks.delete(lock.name);
  }

  /** A connection is ready: locks are asked for again, replicas brought up to date. */
  attach(server: Server): void {
    const { connection } = server;
    for (const lock of this.#locks.values()) {
      lock.request(connection, 'lock').catch((error: OvsdbError) => connection.end(error));
    }
    for (const session of this.#sessions) {
      session.attach(connection);
    }
  }

  detach(): void {
    for (const lock of this.#locks.values()) {
      lock.detach();
    }
    for (const session of this.#sessions) {
      session.detach();
    }
  }

  /** Hands a notification to whom it concerns; gives whether there is anybody. */
  deliver(server: Server, method: string, params: readonly unknown[]): boolean {
    const [id] = params;
    if (method === 'locked' || method === 'stolen') {
      const lock = this.#locks.get(id);
      lock?.setOwned(method === 'locked');
      return lock !== undefined;
    }
    const session = this.#monitors.get(id);
    if (session === undefined) {
      return false;
    }
    if (isUpdateMethod(method)) {
      session.update(method, params);
      return true;
    }
    if (method === 'monitor_canceled') {
      server.forgetSchema(session.database);
      session.canceledByServer();
      return true;
    }
    return false;
  }

  /** Ends all replicas and forgets all locks. */
  async closeAll(): Promise<void> {
    this.#locks.clear();
    await Promise.all([...this.#sessions].map((session) => session.close()));
  }
}
