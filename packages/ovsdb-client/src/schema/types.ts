/** A database schema after parsing, RFC 7047 section 3.2. */

import type { Atom } from '../notation/values.ts';

export type AtomicType = 'integer' | 'real' | 'boolean' | 'string' | 'uuid';

/** RFC 7047 `<base-type>`: the type of one element, key or value, with its constraints. */
export interface BaseType {
  readonly type: AtomicType;
  readonly enum?: readonly Atom[];
  /** Lower bound of an integer or real. */
  readonly min?: number;
  /** Upper bound of an integer or real. */
  readonly max?: number;
  /** Bounds of the number of characters of a string. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** The table that a uuid points into. A strong reference keeps its row alive; a weak one is dropped with its row. */
  readonly refTable?: string;
  readonly refType?: 'strong' | 'weak';
}

/**
 * How a column's values look: `scalar` (exactly one), `optional` (zero or one), `set` (may hold more than one) or `map`.
 */
export type ColumnShape = 'scalar' | 'optional' | 'set' | 'map';

/** RFC 7047 `<type>`. */
export interface ColumnType {
  readonly shape: ColumnShape;
  readonly key: BaseType;
  /** Present for maps only. */
  readonly value?: BaseType;
  readonly min: number;
  /** `Infinity` when unlimited. */
  readonly max: number;
}

export interface ColumnSchema {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether the value is lost when the server restarts. */
  readonly ephemeral: boolean;
  readonly mutable: boolean;
}

export interface TableSchema {
  readonly name: string;
  readonly columns: ReadonlyMap<string, ColumnSchema>;
  /** `Infinity` when unlimited. */
  readonly maxRows: number;
  /** Whether rows live without being referred to. */
  readonly isRoot: boolean;
  /** Sets of columns whose values are unique together. */
  readonly indexes: readonly (readonly string[])[];
}

export interface DatabaseSchema {
  readonly name: string;
  readonly version: string;
  readonly cksum?: string;
  readonly tables: ReadonlyMap<string, TableSchema>;
}
