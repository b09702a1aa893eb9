import { EventEmitter } from 'node:events';
import type { AnyDatabase, Uuid } from '../notation/values.ts';
import type { Condition } from '../operations/types.ts';

/** What to replicate: tables with the columns (all when absent) and the rows (all when absent) that are wanted. */
export type MonitorRequest<DB extends object = AnyDatabase> = {
  readonly [T in keyof DB & string]?: {
    readonly columns?: readonly (keyof DB[T] & string)[];
    readonly where?: readonly Condition<DB[T]>[];
  };
};

/** One row that an update added (no `before`), changed (both), or removed (no `after`). */
export type RowChange<DB extends object = AnyDatabase> = {
  [T in keyof DB & string]: {
    readonly table: T;
    readonly uuid: Uuid;
    readonly before?: DB[T];
    readonly after?: DB[T];
  };
}[keyof DB & string];

export interface ReplicaEvents<DB extends object = AnyDatabase> {
  /** A whole update has been applied. */
  change: [changes: readonly RowChange<DB>[]];
  /** `synced` has changed: the replica follows the server again, or no longer. */
  synced: [synced: boolean];
  /** The replica cannot go on and is closed, for example because its table is gone from the schema. */
  error: [error: Error];
}

export declare class Replica<DB extends object = AnyDatabase> extends EventEmitter<ReplicaEvents<DB>> {
  readonly database: string;
  get lastTransactionId(): Uuid;
  get synced(): boolean;
  table<T extends keyof DB & string>(name: T): ReadonlyMap<Uuid, DB[T]>;
  find<T extends keyof DB & string>(
    table: T,
    match: ((row: DB[T]) => boolean) | Partial<DB[T]>,
  ): DB[T] | undefined;
  filter<T extends keyof DB & string>(table: T, match: ((row: DB[T]) => boolean) | Partial<DB[T]>): DB[T][];
  close(): Promise<void>;
}
