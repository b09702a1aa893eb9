import type { OvsdbError } from '../errors.ts';
import type { JsonRpcConnection } from '../jsonrpc/connection.ts';
import type { StoreChange } from '../replica/store.ts';
import type { DatabaseSchema } from '../schema/types.ts';
import type { MonitorSession } from './monitor-session.ts';

/** What a session needs of the client. */
export interface MonitorHost {
  readonly monitorTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** The schema as the server of this connection has it. */
  schemaOf(connection: JsonRpcConnection, database: string): Promise<DatabaseSchema>;
  /** Has the notifications for a monitor delivered to `session`, until `forget`. */
  register(monitorId: string, session: MonitorSession): void;
  forget(monitorId: string): void;
}

export interface MonitorListener {
  /** The first contents are there. */
  onReady(): void;
  onChange(changes: readonly StoreChange[]): void;
  onSynced(synced: boolean): void;
  /** Bringing the replica up to date failed and will be tried again. */
  onDelayed(reason: OvsdbError): void;
  /** The session has ended: with a reason when it could not go on, without when it was closed. */
  onEnd(reason: OvsdbError | undefined): void;
}
