/**
 * Column values as a program sees them. What travels on the wire is in `wire.ts`; the schema decides which is which:
 *
 * | column type                        | value                                 |
 * |------------------------------------|---------------------------------------|
 * | exactly one string, real, …        | `string`, `number`, `boolean`, `Uuid` |
 * | zero or one                        | the value, or `undefined`             |
 * | a set that may hold more than one  | a readonly array                      |
 * | a map                              | a `ReadonlyMap`                       |
 *
 * Integers beyond `Number.MAX_SAFE_INTEGER` are rounded when read and refused when written.
 */

import { OvsdbError } from '../errors.ts';

declare const uuidBrand: unique symbol;

/** A row's identity in the canonical lower-case text form. `uuid()` makes one from a string. */
export type Uuid = string & { readonly [uuidBrand]: true };

/** A reference to a row that an earlier or later insert of the same transaction makes, RFC 7047 section 5.1. */
export interface NamedUuid {
  readonly namedUuid: string;
}

export type Atom = string | number | boolean | Uuid;

/** Any value a column can have when read. */
export type Value = Atom | readonly Atom[] | ReadonlyMap<Atom, Atom> | undefined;

/** An atom as it may be written: a reference can be to a row of the same transaction. */
export type InputAtom = Atom | NamedUuid;

/** Any value that can be written to a column; maps may be given as plain objects. */
export type InputValue =
  | InputAtom
  | readonly InputAtom[]
  | ReadonlySet<InputAtom>
  | ReadonlyMap<InputAtom, InputAtom>
  | { readonly [key: string]: InputAtom }
  | undefined;

/** What may be written to a column that reads as `T`. */
export type Input<T> =
  T extends ReadonlyMap<infer Key, infer Item>
    ? ReadonlyMap<Input<Key>, Input<Item>> | InputRecord<Key, Input<Item>>
    : T extends readonly (infer Item)[]
      ? readonly Input<Item>[] | ReadonlySet<Input<Item>>
      : T extends Uuid
        ? T | NamedUuid
        : T;

type InputRecord<Key, Item> = Key extends string | number
  ? { readonly [K in Key & (string | number)]?: Item }
  : never;

/** A row as it is read. `_uuid` is always there, other columns as far as they were asked for. */
export interface Row {
  readonly _uuid: Uuid;
  readonly [column: string]: Value;
}

/** The database type of untyped access: any table, any column. */
export interface AnyDatabase {
  readonly [table: string]: Row;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is a UUID in the canonical form that OVSDB uses. */
export function isUuid(text: string): text is Uuid {
  return uuidPattern.test(text);
}

/** Makes a `Uuid` of its text; throws `OVSDB_BAD_VALUE` when the text is none. */
export function uuid(text: string): Uuid {
  const lower = text.toLowerCase();
  if (!isUuid(lower)) {
    throw new OvsdbError('OVSDB_BAD_VALUE', `${JSON.stringify(text)} is not a UUID`);
  }
  return lower;
}

export function isNamedUuid(value: unknown): value is NamedUuid {
  return typeof value === 'object' && value !== null && 'namedUuid' in value;
}

/** The transaction id that stands for "none". */
export const zeroUuid = '00000000-0000-0000-0000-000000000000' as Uuid;
