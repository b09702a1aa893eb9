import { OvsdbError } from '../errors.ts';
import type { JsonRpcConnection } from '../jsonrpc/connection.ts';
import type { Uuid } from '../notation/values.ts';
import type { Condition } from '../operations/types.ts';
import { ReplicaContents, type TableUpdates } from '../replica/contents.ts';
import { makeLayouts, type TableLayout } from '../replica/layout.ts';
import type { ReplicaSource } from '../replica/replica.ts';
import type { RowStore, StoreChange } from '../replica/store.ts';
import { ConditionChanges, conditionRequests } from './condition-changes.ts';
import type { MonitorHost, MonitorListener } from './monitor-host.ts';
import {
  cancelMonitor,
  type MonitorMethod,
  monitorRequests,
  olderMethod,
  readMonitorReply,
  readUpdate,
  type WantedTable,
} from './monitor-methods.ts';

const firstRetryMs = 250;
const maxRetryMs = 8000;

/** Errors that trying again does not cure. */
const finalErrors: ReadonlySet<string> = new Set([
  'OVSDB_NO_SUCH_TABLE',
  'OVSDB_NO_SUCH_COLUMN',
  'OVSDB_BAD_OPERATION',
  'OVSDB_BAD_VALUE',
  'OVSDB_UNSUPPORTED',
]);

let sessionCount = 0;

/** Keeps one replica up to date over any number of connections. */
export class MonitorSession implements ReplicaSource {
  readonly database: string;
  readonly #host: MonitorHost;
  readonly #listener: MonitorListener;
  readonly #name = ++sessionCount;
  readonly #contents = new ReplicaContents();
  readonly #conditions = new ConditionChanges(this.#contents);
  #wanted: Readonly<Record<string, WantedTable>>;
  #layouts: ReadonlyMap<string, TableLayout> | undefined;
  #synced = false;
  #closed = false;
  #connection: JsonRpcConnection | undefined;
  /** The monitor on the connection. Every attempt has a new one, so that no late message can be mistaken for its. */
  #monitorId: string | undefined;
  #attempts = 0;
  #method: MonitorMethod = 'monitor_cond_since';
  #retryMs = firstRetryMs;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(
    database: string,
    wanted: Readonly<Record<string, WantedTable>>,
    host: MonitorHost,
    listener: MonitorListener,
  ) {
    this.database = database;
    this.#wanted = wanted;
    this.#host = host;
    this.#listener = listener;
  }

  get store(): RowStore {
    return this.#contents.store;
  }

  get lastTransactionId(): Uuid {
    return this.#contents.lastTransactionId;
  }

  get synced(): boolean {
    return this.#synced;
  }

  /** Follows the server over a fresh connection. */
  attach(connection: JsonRpcConnection): void {
    this.#connection = connection;
    this.#method = 'monitor_cond_since';
    void this.#establish(connection);
  }

  /** The connection is gone; the rows stay as they are. */
  detach(): void {
    this.#forgetMonitor();
    this.#connection = undefined;
    this.#setSynced(false);
  }

  /** An update notification for the current monitor has arrived. */
  update(method: string, params: readonly unknown[]): void {
    const changes = this.#takeIn(() => this.#contents.update(readUpdate(method, params)));
    if (changes !== undefined && changes.length > 0) {
      this.#listener.onChange(changes);
    }
  }

  /** The server dropped the monitor: its database was removed or converted (ovsdb-server(7) section 4.1.7). */
  canceledByServer(): void {
    this.#forgetMonitor();
    this.#setSynced(false);
    this.#retry(
      new OvsdbError('OVSDB_DATABASE_UNAVAILABLE', `the server dropped the monitor of ${this.database}`),
    );
  }

  /** See `Replica.setConditions`. */
  async changeConditions(changes: Readonly<Record<string, readonly Condition[]>>): Promise<void> {
    if (this.#closed) {
      throw new OvsdbError('OVSDB_CLOSED', 'the replica is closed');
    }
    if (this.#method === 'monitor') {
      throw new OvsdbError('OVSDB_UNSUPPORTED', 'the server is too old for conditions');
    }
    const requests = conditionRequests(changes, this.#layouts);
    const wanted = { ...this.#wanted };
    for (const [table, where] of Object.entries(changes)) {
      wanted[table] = { ...wanted[table], where };
    }
    this.#wanted = wanted;
    return this.#connection === undefined || this.#monitorId === undefined
      ? this.#conditions.awaitContents()
      : this.#conditions.send(this.#connection, this.#monitorId, requests, this.#host.monitorTimeoutMs);
  }

  /** Ends the session for a reason, without waiting for the server. */
  abandon(reason: OvsdbError): void {
    const connection = this.#connection;
    const monitorId = this.#monitorId;
    this.#end(reason);
    if (connection !== undefined && !connection.ended && monitorId !== undefined) {
      connection.send('monitor_cancel', [monitorId], this.#host.requestTimeoutMs, () => undefined);
    }
  }

  /** Ends the session, and the monitor on the server. */
  async close(): Promise<void> {
    const connection = this.#connection;
    const monitorId = this.#monitorId;
    this.#end(undefined);
    if (connection !== undefined && !connection.ended && monitorId !== undefined) {
      await cancelMonitor(connection, monitorId, this.#host.requestTimeoutMs);
    }
  }

  async #establish(connection: JsonRpcConnection): Promise<void> {
    try {
      const schema = await this.#host.schemaOf(connection, this.database);
      if (this.#connection === connection && !connection.ended) {
        this.#layouts = makeLayouts(schema, this.#wanted);
        this.#requestContents(connection, this.#layouts);
      }
    } catch (error) {
      this.#establishFailed(connection, error as OvsdbError);
    }
  }

  #requestContents(connection: JsonRpcConnection, layouts: ReadonlyMap<string, TableLayout>): void {
    const method = this.#method;
    const monitorId = `${this.#name}.${++this.#attempts}`;
    const params = [this.database, monitorId, monitorRequests(method, layouts, this.#wanted)];
    if (method === 'monitor_cond_since') {
      params.push(this.#contents.since(layouts));
    }
    this.#monitorId = monitorId;
    this.#host.register(monitorId, this);
    connection.send(method, params, this.#host.monitorTimeoutMs, (error, result) => {
      if (this.#monitorId !== monitorId) {
        return; // The connection or the session has ended meanwhile.
      }
      if (error === undefined) {
        this.#applyContents(() => readMonitorReply(method, result), layouts);
        return;
      }
      if (error.code !== 'OVSDB_TIMEOUT') {
        this.#forgetMonitor(); // After a time-out it may still come into being.
      }
      const older = olderMethod(method);
      if (error.code === 'OVSDB_UNKNOWN_METHOD' && older !== undefined) {
        this.#method = older;
        void this.#establish(connection);
      } else {
        this.#establishFailed(connection, error);
      }
    });
  }

  #establishFailed(connection: JsonRpcConnection, error: OvsdbError): void {
    if (this.#connection !== connection || connection.ended) {
      return; // The next connection will do.
    }
    if (!this.#contents.loaded || finalErrors.has(error.code)) {
      this.abandon(error);
    } else if (error.code === 'OVSDB_TIMEOUT') {
      // The server may still be at work on the monitor. Without the connection nothing of it is left over.
      connection.end(error);
    } else {
      this.#retry(error);
    }
  }

  #retry(reason: OvsdbError): void {
    const connection = this.#connection;
    clearTimeout(this.#retryTimer);
    if (connection !== undefined) {
      this.#retryTimer = setTimeout(() => void this.#establish(connection), this.#retryMs);
      this.#retryMs = Math.min(maxRetryMs, this.#retryMs * 2);
      this.#listener.onDelayed(reason);
    }
  }

  #applyContents(read: () => TableUpdates, layouts: ReadonlyMap<string, TableLayout>): void {
    const wasLoaded = this.#contents.loaded;
    const changes = this.#takeIn(() => this.#contents.load(read(), layouts));
    if (changes === undefined) {
      return;
    }
    this.#retryMs = firstRetryMs;
    this.#conditions.fulfilled();
    if (!wasLoaded) {
      this.#synced = true;
      this.#listener.onReady();
      return;
    }
    if (changes.length > 0) {
      this.#listener.onChange(changes);
    }
    this.#setSynced(true);
  }

  /** Runs a change of the contents. One that the server's messages do not allow costs the connection: all starts anew. */
  #takeIn(change: () => StoreChange[]): StoreChange[] | undefined {
    try {
      return change();
    } catch (error) {
      if (!(error instanceof OvsdbError)) {
        throw error;
      }
      this.#contents.distrust();
      this.#connection?.end(error);
      return undefined;
    }
  }

  #setSynced(synced: boolean): void {
    if (this.#synced !== synced) {
      this.#synced = synced;
      this.#listener.onSynced(synced);
    }
  }

  #forgetMonitor(): void {
    clearTimeout(this.#retryTimer);
    if (this.#monitorId !== undefined) {
      this.#host.forget(this.#monitorId);
      this.#monitorId = undefined;
    }
  }

  #end(reason: OvsdbError | undefined): void {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.detach();
    this.#conditions.abandoned(reason ?? new OvsdbError('OVSDB_CLOSED', 'the replica was closed'));
    this.#listener.onEnd(reason);
  }
}
