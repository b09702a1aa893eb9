/** Starting a replica: from the request to the first contents. */

import { OvsdbError } from '../errors.ts';
import type { JsonRpcConnection } from '../jsonrpc/connection.ts';
import { Replica, type RowChange } from '../replica/replica.ts';
import type { MonitorHost } from './monitor-host.ts';
import type { WantedTable } from './monitor-methods.ts';
import { MonitorSession } from './monitor-session.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface ReplicaStart {
  readonly database: string;
  readonly tables: Readonly<Record<string, WantedTable>>;
  readonly host: MonitorHost;
  readonly subscriptions: Subscriptions;
  /** The connection, if there is one at this moment; the next will do as well. */
  readonly connection: JsonRpcConnection | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** See `OvsdbClient.monitor`. */
export function startReplica<DB extends object>(start: ReplicaStart): Promise<Replica<DB>> {
  const { database, subscriptions, timeoutMs, signal } = start;
  return new Promise((resolve, reject) => {
    let ready = false;
    const session = new MonitorSession(database, start.tables, start.host, {
      onReady: () => {
        ready = true;
        stopWaiting();
        resolve(replica);
      },
      onChange: (changes) => replica.emit('change', changes as unknown as readonly RowChange<DB>[]),
      onSynced: (synced) => replica.emit('synced', synced),
      onDelayed: (reason) => replica.emit('delayed', reason),
      onEnd: (reason) => {
        subscriptions.removeSession(session);
        stopWaiting();
        if (!ready) {
          reject(reason ?? new OvsdbError('OVSDB_CLOSED', 'the client was closed'));
        } else if (reason !== undefined) {
          replica.emit('error', reason);
        }
      },
    });
    const replica = new Replica<DB>(session);
    const giveUp = (code: 'OVSDB_TIMEOUT' | 'OVSDB_CANCELED', what: string) =>
      session.abandon(new OvsdbError(code, `monitoring ${database} was given up: ${what}`));
    const cancel = () => giveUp('OVSDB_CANCELED', 'canceled');
    const timer = setTimeout(() => giveUp('OVSDB_TIMEOUT', `no contents within ${timeoutMs} ms`), timeoutMs);
    const stopWaiting = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    };
    signal?.addEventListener('abort', cancel);
    subscriptions.addSession(session);
    if (start.connection !== undefined) {
      session.attach(start.connection);
    }
  });
}
