/** The operations of a transaction, RFC 7047 section 5.2, as plain data with JavaScript values. */

import type { AnyDatabase, Input, InputValue, Row, Uuid } from '../notation/values.ts';

/** Columns of a row, with `_uuid`. */
export type ColumnName<R> = keyof R & string;

/** Columns that can be written. */
export type WritableRow<R> = { readonly [C in Exclude<ColumnName<R>, '_uuid'>]?: Input<R[C]> };

export type ConditionFunction = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'includes' | 'excludes';

/** RFC 7047 section 5.1 `<condition>`: `['name', '==', 'br0']`, or Open vSwitch's `true` and `false`. */
export type Condition<R = Row> =
  | boolean
  | {
      [C in ColumnName<R>]: readonly [column: C, compare: ConditionFunction, value: Input<R[C]>];
    }[ColumnName<R>];

export type Mutator = '+=' | '-=' | '*=' | '/=' | '%=' | 'insert' | 'delete';

/** What a mutator takes: numbers, elements of a set, pairs of a map, or keys of a map to be deleted. */
export type MutationValue<T> = Input<T> | MutationPart<T>;

type MutationPart<T> =
  T extends ReadonlyMap<infer Key, unknown>
    ? readonly Input<Key>[] | ReadonlySet<Input<Key>>
    : T extends readonly (infer Item)[]
      ? Input<Item>
      : never;

/** RFC 7047 section 5.1 `<mutation>`: `['ports', 'insert', [uuid]]`. */
export type Mutation<R = Row> = {
  [C in Exclude<ColumnName<R>, '_uuid'>]: readonly [column: C, mutator: Mutator, value: MutationValue<R[C]>];
}[Exclude<ColumnName<R>, '_uuid'>];

export interface InsertOperation<
  T extends string = string,
  Values = { readonly [column: string]: InputValue },
> {
  readonly op: 'insert';
  readonly table: T;
  readonly row: Values;
  /** A name by which other operations of the transaction can refer to the row. */
  readonly uuidName?: string | undefined;
  /** The identity that the row is to have; Open vSwitch 2.13 and later. */
  readonly uuid?: Uuid | undefined;
}

export interface SelectOperation<T extends string = string, R = Row> {
  readonly op: 'select';
  readonly table: T;
  readonly where: readonly Condition<R>[];
  /** All columns of the schema when absent. */
  readonly columns?: readonly string[] | undefined;
}

export interface UpdateOperation<
  T extends string = string,
  R = Row,
  Values = { readonly [column: string]: InputValue },
> {
  readonly op: 'update';
  readonly table: T;
  readonly where: readonly Condition<R>[];
  readonly row: Values;
}

export interface MutateOperation<T extends string = string, R = Row> {
  readonly op: 'mutate';
  readonly table: T;
  readonly where: readonly Condition<R>[];
  readonly mutations: readonly Mutation<R>[];
}

export interface DeleteOperation<T extends string = string, R = Row> {
  readonly op: 'delete';
  readonly table: T;
  readonly where: readonly Condition<R>[];
}

export interface WaitOperation<
  T extends string = string,
  R = Row,
  Values = { readonly [column: string]: InputValue },
> {
  readonly op: 'wait';
  readonly table: T;
  readonly where: readonly Condition<R>[];
  readonly columns: readonly string[];
  readonly until: '==' | '!=';
  readonly rows: readonly Values[];
  /** Milliseconds until the transaction fails with `timed out`; 0 checks once; absent waits for ever. */
  readonly timeoutMs?: number | undefined;
}

export interface CommitOperation {
  readonly op: 'commit';
  /** Whether the reply waits until the transaction is on disk. */
  readonly durable: boolean;
}

export interface AbortOperation {
  readonly op: 'abort';
}

export interface CommentOperation {
  readonly op: 'comment';
  readonly comment: string;
}

export interface AssertOperation {
  readonly op: 'assert';
  readonly lock: string;
}

export type TableOperation<T extends string, R> =
  | InsertOperation<T, WritableRow<R>>
  | SelectOperation<T, R>
  | UpdateOperation<T, R, WritableRow<R>>
  | MutateOperation<T, R>
  | DeleteOperation<T, R>
  | WaitOperation<T, R, WritableRow<R>>;

export type ControlOperation = CommitOperation | AbortOperation | CommentOperation | AssertOperation;

/** One step of a transaction on the database type `DB`. */
export type Operation<DB extends object = AnyDatabase> =
  | { [T in keyof DB & string]: TableOperation<T, DB[T]> }[keyof DB & string]
  | ControlOperation;

/**
 * What one operation gave: `uuid` after insert, `rows` after select, `count` after update, mutate and delete, nothing
 * after the others.
 */
export interface OperationResult {
  readonly uuid?: Uuid;
  readonly count?: number;
  readonly rows?: readonly Row[];
}
