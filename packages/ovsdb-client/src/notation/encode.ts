/** From JavaScript values to RFC 7047 section 5.1 notation, guided by the type of the column. */

import { OvsdbError } from '../errors.ts';
import { excerpt } from '../excerpt.ts';
import type { AtomicType, ColumnType } from '../schema/types.ts';
import { isNamedUuid, isUuid } from './values.ts';

/** `<id>` of RFC 7047 section 3.1, which a uuid-name must be. */
const idPattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Encodes one value.
 *
 * Sets may be given as arrays, `Set`s or a single element, maps as `Map`s or plain objects, and "no value" of an optional
 * column as `undefined`. Bounds and enumerations are left to the server, which knows them best.
 *
 * @param place what is encoded, for the message of an error
 * @throws OvsdbError OVSDB_BAD_VALUE when the value does not fit the type
 */
export function encodeValue(value: unknown, type: ColumnType, place: string): unknown {
  switch (type.shape) {
    case 'scalar':
      return encodeAtom(value, type.key.type, place);
    case 'optional':
      return value === undefined ? ['set', []] : encodeSet(value, type.key.type, place);
    case 'set':
      return encodeSet(value, type.key.type, place);
    case 'map':
      return encodeMap(value, type, place);
  }
}

/** Encodes what a mutator takes: for `delete` on a map, keys as well as pairs; for arithmetic, one number. */
export function encodeMutationValue(
  value: unknown,
  mutator: string,
  type: ColumnType,
  place: string,
): unknown {
  if (mutator !== 'insert' && mutator !== 'delete') {
    return encodeAtom(value, type.key.type, place);
  }
  if (type.shape === 'map' && mutator === 'delete' && isSetLike(value)) {
    return encodeSet(value, type.key.type, place);
  }
  return encodeValue(value, type, place);
}

function encodeSet(value: unknown, type: AtomicType, place: string): unknown {
  if (!isSetLike(value)) {
    return encodeAtom(value, type, place);
  }
  return ['set', Array.from(value, (element) => encodeAtom(element, type, place))];
}

function encodeMap(value: unknown, type: ColumnType, place: string): unknown {
  const keyType = type.key.type;
  const valueType = type.value?.type ?? keyType;
  const pairs = mapEntries(value, keyType);
  if (pairs === undefined) {
    throw mismatch(place, 'a Map or a plain object', value);
  }
  return [
    'map',
    pairs.map(([key, item]) => [
      encodeAtom(key, keyType, place),
      encodeAtom(item, valueType, `${place}[${excerpt(key)}]`),
    ]),
  ];
}

function mapEntries(
  value: unknown,
  keyType: AtomicType,
): readonly (readonly [unknown, unknown])[] | undefined {
  if (value instanceof Map) {
    return [...value];
  }
  if (typeof value !== 'object' || value === null || isSetLike(value) || isNamedUuid(value)) {
    return undefined;
  }
  const numeric = keyType === 'integer' || keyType === 'real';
  // A member that is present but undefined is left out, as JSON would.
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => [numeric && key.trim() !== '' ? Number(key) : key, item] as const);
}

function encodeAtom(value: unknown, type: AtomicType, place: string): unknown {
  switch (type) {
    case 'string':
      if (typeof value === 'string' && value.isWellFormed()) {
        return value;
      }
      break;
    case 'integer':
      if (Number.isSafeInteger(value)) {
        return Object.is(value, -0) ? 0 : value;
      }
      break;
    case 'real':
      if (Number.isFinite(value)) {
        return value;
      }
      break;
    case 'boolean':
      if (typeof value === 'boolean') {
        return value;
      }
      break;
    case 'uuid':
      if (isNamedUuid(value)) {
        return ['named-uuid', checkUuidName(value.namedUuid, place)];
      }
      if (typeof value === 'string' && isUuid(value)) {
        return ['uuid', value];
      }
  }
  throw mismatch(place, type === 'integer' ? 'an integer that a double holds exactly' : type, value);
}

/** Checks that a uuid-name is an `<id>`. */
export function checkUuidName(name: unknown, place: string): string {
  if (typeof name !== 'string' || !idPattern.test(name)) {
    throw mismatch(place, 'a name of letters, digits and "_" that begins with no digit', name);
  }
  return name;
}

function isSetLike(value: unknown): value is Iterable<unknown> {
  return Array.isArray(value) || value instanceof Set;
}

function mismatch(place: string, expected: string, value: unknown): OvsdbError {
  const shown = typeof value === 'bigint' ? `${value}n` : value === undefined ? 'undefined' : excerpt(value);
  return new OvsdbError('OVSDB_BAD_VALUE', `${place} should be ${expected} and is ${shown}`);
}
