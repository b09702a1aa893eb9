/** A live copy of some tables of a database. */

import { EventEmitter } from 'node:events';
import { OvsdbError } from '../errors.ts';
import { equalValues } from '../notation/compare.ts';
import type { AnyDatabase, Row, Uuid, Value } from '../notation/values.ts';
import type { Condition } from '../operations/types.ts';
import type { RowStore } from './store.ts';

/** What to replicate: tables with the columns (all when absent) and the rows (all when absent) that are wanted. */
export type MonitorRequest<DB extends object = AnyDatabase> = {
  readonly [T in keyof DB & string]?: {
    readonly columns?: readonly (keyof DB[T] & string)[];
    /** A row is wanted when it meets one of the conditions; `[false]` wants none, `[]` all. */
    readonly where?: readonly Condition<DB[T]>[];
  };
};

/** New conditions for some of the tables of a replica. */
export type ConditionChange<DB extends object = AnyDatabase> = {
  readonly [T in keyof DB & string]?: readonly Condition<DB[T]>[];
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

/** What rows are looked for: a test, or the values that some columns must have. */
export type RowMatch<R> = ((row: R) => boolean) | Partial<R>;

export interface ReplicaEvents<DB extends object = AnyDatabase> {
  /** A whole update has been applied. */
  change: [changes: readonly RowChange<DB>[]];
  /** `synced` has changed: the replica follows the server again, or no longer. */
  synced: [synced: boolean];
  /** The replica could not be brought up to date and will be tried again. */
  delayed: [reason: Error];
  /** The replica cannot go on and is closed, for example because its table is gone from the schema. */
  error: [error: Error];
}

/** What keeps a replica up to date. */
export interface ReplicaSource {
  readonly database: string;
  readonly store: RowStore;
  readonly lastTransactionId: Uuid;
  readonly synced: boolean;
  changeConditions(changes: Readonly<Record<string, readonly Condition[]>>): Promise<void>;
  close(): Promise<void>;
}

/**
 * The rows as of one transaction of the server, always. An update is applied as a whole, then `change` is emitted once.
 * While the connection is down the last known rows stay readable and `synced` is false; afterwards the differences
 * arrive as one ordinary `change`. Rows are never modified: a changed row is a new object.
 */
export class Replica<DB extends object = AnyDatabase> extends EventEmitter<ReplicaEvents<DB>> {
  readonly #source: ReplicaSource;

  /** Replicas are made by `OvsdbClient.monitor`. */
  constructor(source: ReplicaSource) {
    super();
    this.#source = source;
  }

  get database(): string {
    return this.#source.database;
  }

  /** The last transaction that is included; the zero UUID when the server does not number them. */
  get lastTransactionId(): Uuid {
    return this.#source.lastTransactionId;
  }

  /** Whether the rows follow the server at this time. */
  get synced(): boolean {
    return this.#source.synced;
  }

  /**
   * The rows of a table by their identity. The map is live.
   *
   * @throws OvsdbError OVSDB_NO_SUCH_TABLE when the table is not monitored
   */
  table<T extends keyof DB & string>(name: T): ReadonlyMap<Uuid, DB[T]> {
    const rows = this.#source.store.table(name);
    if (rows === undefined) {
      const known = [...this.#source.store.tables.keys()].join(', ');
      throw new OvsdbError('OVSDB_NO_SUCH_TABLE', `${name} is not monitored, only ${known}`);
    }
    return rows as unknown as ReadonlyMap<Uuid, DB[T]>;
  }

  /** The first row that matches. */
  find<T extends keyof DB & string>(table: T, match: RowMatch<DB[T]>): DB[T] | undefined {
    const matches = matcher(match);
    for (const row of this.table(table).values()) {
      if (matches(row)) {
        return row;
      }
    }
    return undefined;
  }

  /** All rows that match. */
  filter<T extends keyof DB & string>(table: T, match: RowMatch<DB[T]>): DB[T][] {
    return [...this.table(table).values()].filter(matcher(match));
  }

  /**
   * Changes which rows are wanted. Resolves when the replica has the rows that the new conditions ask for; rows come and
   * go as an ordinary `change`.
   *
   * @throws OvsdbError OVSDB_UNSUPPORTED when the server knows no conditions
   */
  setConditions(changes: ConditionChange<DB>): Promise<void> {
    return this.#source.changeConditions(changes as Record<string, readonly Condition[]>);
  }

  /** Ends the replica; the rows stay readable. */
  close(): Promise<void> {
    return this.#source.close();
  }
}

function matcher<R>(match: RowMatch<R>): (row: R) => boolean {
  if (typeof match === 'function') {
    return match as (row: R) => boolean;
  }
  const wanted = Object.entries(match) as [string, Value][];
  return (row) => wanted.every(([column, value]) => equalValues((row as Row)[column], value));
}
