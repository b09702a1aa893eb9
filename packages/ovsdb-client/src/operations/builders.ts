/** Builders for operations: short to write, frozen when made. */

import type { AnyDatabase, NamedUuid, Row, Uuid } from '../notation/values.ts';
import type {
  AbortOperation,
  AssertOperation,
  CommentOperation,
  CommitOperation,
  Condition,
  DeleteOperation,
  InsertOperation,
  MutateOperation,
  Mutation,
  SelectOperation,
  UpdateOperation,
  WaitOperation,
  WritableRow,
} from './types.ts';

/** The builders, bound to the tables of `DB`. */
export interface OperationBuilders<DB extends object> {
  /** Adds a row; `uuidName` names it for the rest of the transaction, see `namedUuid`. */
  insert<T extends keyof DB & string>(
    table: T,
    row: WritableRow<DB[T]>,
    uuidName?: string,
  ): InsertOperation<T, WritableRow<DB[T]>>;
  /** Adds a row whose identity the caller chooses (Open vSwitch 2.13 and later). */
  insertWithUuid<T extends keyof DB & string>(
    table: T,
    row: WritableRow<DB[T]>,
    uuid: Uuid,
  ): InsertOperation<T, WritableRow<DB[T]>>;
  /** Reads rows; an empty `where` reads all. */
  select<T extends keyof DB & string>(
    table: T,
    where: readonly Condition<DB[T]>[],
    columns?: readonly (keyof DB[T] & string)[],
  ): SelectOperation<T, DB[T]>;
  /** Sets columns of every row that meets all conditions. */
  update<T extends keyof DB & string>(
    table: T,
    where: readonly Condition<DB[T]>[],
    row: WritableRow<DB[T]>,
  ): UpdateOperation<T, DB[T], WritableRow<DB[T]>>;
  /** Changes columns relative to their value. */
  mutate<T extends keyof DB & string>(
    table: T,
    where: readonly Condition<DB[T]>[],
    mutations: readonly Mutation<DB[T]>[],
  ): MutateOperation<T, DB[T]>;
  delete<T extends keyof DB & string>(
    table: T,
    where: readonly Condition<DB[T]>[],
  ): DeleteOperation<T, DB[T]>;
  /** Holds the transaction back until the columns of the rows are (`==`) or are not (`!=`) as given. */
  wait<T extends keyof DB & string>(
    table: T,
    where: readonly Condition<DB[T]>[],
    until: '==' | '!=',
    rows: readonly WritableRow<DB[T]>[],
    options?: { readonly columns?: readonly string[]; readonly timeoutMs?: number },
  ): WaitOperation<T, DB[T], WritableRow<DB[T]>>;
  /** With `durable`, the reply waits until the transaction is on disk. */
  commit(durable: boolean): CommitOperation;
  /** Makes the transaction fail; useful to try whether it would succeed. */
  abort(): AbortOperation;
  /** Adds text to the server's log of the transaction. */
  comment(comment: string): CommentOperation;
  /** Makes the transaction fail unless this client owns the lock. */
  assert(lock: string): AssertOperation;
  /** Refers to the row of the insert that has this `uuidName`. */
  namedUuid(name: string): NamedUuid;
  /** The condition that picks one row. */
  byUuid(uuid: Uuid): readonly [readonly ['_uuid', '==', Uuid]];
}

type WaitOptions = { readonly columns?: readonly string[]; readonly timeoutMs?: number };
type Conditions = readonly Condition[];

/** Columns of a wait that names none: every column that the rows mention. */
function mentionedColumns(rows: readonly object[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** Builders without knowledge of a schema; values are still checked against the schema before they are sent. */
export const ops: OperationBuilders<AnyDatabase> = Object.freeze({
  insert: <T extends string>(table: T, row: WritableRow<Row>, uuidName?: string) =>
    Object.freeze({ op: 'insert' as const, table, row, uuidName }),
  insertWithUuid: <T extends string>(table: T, row: WritableRow<Row>, uuid: Uuid) =>
    Object.freeze({ op: 'insert' as const, table, row, uuid }),
  select: <T extends string>(table: T, where: Conditions, columns?: readonly (string | number)[]) =>
    Object.freeze({ op: 'select' as const, table, where, columns: columns?.map(String) }),
  update: <T extends string>(table: T, where: Conditions, row: WritableRow<Row>) =>
    Object.freeze({ op: 'update' as const, table, where, row }),
  mutate: <T extends string>(table: T, where: Conditions, mutations: readonly Mutation[]) =>
    Object.freeze({ op: 'mutate' as const, table, where, mutations }),
  delete: <T extends string>(table: T, where: Conditions) =>
    Object.freeze({ op: 'delete' as const, table, where }),
  wait: <T extends string>(
    table: T,
    where: Conditions,
    until: '==' | '!=',
    rows: readonly WritableRow<Row>[],
    options: WaitOptions = {},
  ) =>
    Object.freeze({
      op: 'wait' as const,
      table,
      where,
      until,
      rows,
      columns: options.columns ?? mentionedColumns(rows),
      timeoutMs: options.timeoutMs,
    }),
  commit: (durable: boolean) => Object.freeze({ op: 'commit' as const, durable }),
  abort: () => Object.freeze({ op: 'abort' as const }),
  comment: (comment: string) => Object.freeze({ op: 'comment' as const, comment }),
  assert: (lock: string) => Object.freeze({ op: 'assert' as const, lock }),
  namedUuid: (name: string) => Object.freeze({ namedUuid: name }),
  byUuid: (uuid: Uuid) => [['_uuid', '==', uuid]] as const,
});

/**
 * The same builders with the table and column types of `DB`:
 * `const ovs = opsFor<OpenVSwitch>(); ovs.insert('Bridge', { name: 'br0' })`.
 */
export function opsFor<DB extends object>(): OperationBuilders<DB> {
  return ops as unknown as OperationBuilders<DB>;
}
