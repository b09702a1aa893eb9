/** From RFC 7047 section 5.1 notation to JavaScript values, guided by the type of the column. */

import { OvsdbError } from '../errors.ts';
import { excerpt } from '../excerpt.ts';
import type { AtomicType, ColumnType } from '../schema/types.ts';
import { type Atom, isUuid, type Uuid, type Value, zeroUuid } from './values.ts';

/**
 * Decodes one value.
 *
 * @param place what is decoded, for the message of an error
 * @throws OvsdbError OVSDB_BAD_VALUE when the JSON does not fit the type
 */
export function decodeValue(json: unknown, type: ColumnType, place: string): Value {
  switch (type.shape) {
    case 'scalar':
      return decodeScalar(json, type, place);
    case 'optional':
      return decodeOptional(json, type, place);
    case 'set':
      return decodeSet(json, type.key.type, place);
    case 'map':
      return decodeMap(json, type, place);
  }
}

function decodeScalar(json: unknown, type: ColumnType, place: string): Value {
  if (!Array.isArray(json) || json[0] !== 'set') {
    return decodeAtom(json, type.key.type, place);
  }
  const elements = decodeSet(json, type.key.type, place);
  if (elements.length !== 1) {
    throw mismatch(place, 'exactly one value', json);
  }
  return elements[0];
}

function decodeOptional(json: unknown, type: ColumnType, place: string): Value {
  if (!Array.isArray(json) || json[0] !== 'set') {
    return decodeAtom(json, type.key.type, place);
  }
  const elements = decodeSet(json, type.key.type, place);
  if (elements.length > 1) {
    throw mismatch(place, 'at most one value', json);
  }
  return elements[0];
}

/** A set of one element may stand as the bare element. */
function decodeSet(json: unknown, type: AtomicType, place: string): readonly Atom[] {
  if (!Array.isArray(json) || json[0] !== 'set') {
    return [decodeAtom(json, type, place)];
  }
  const elements: unknown = json[1];
  if (json.length !== 2 || !Array.isArray(elements)) {
    throw mismatch(place, '["set", [...]]', json);
  }
  return elements.map((element) => decodeAtom(element, type, place));
}

function decodeMap(json: unknown, type: ColumnType, place: string): ReadonlyMap<Atom, Atom> {
  const valueType = type.value?.type ?? type.key.type;
  if (!Array.isArray(json) || json[0] !== 'map' || json.length !== 2 || !Array.isArray(json[1])) {
    throw mismatch(place, '["map", [...]]', json);
  }
  const map = new Map<Atom, Atom>();
  for (const pair of json[1] as unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw mismatch(place, '[key, value]', pair);
    }
    map.set(decodeAtom(pair[0], type.key.type, place), decodeAtom(pair[1], valueType, place));
  }
  return map;
}

function decodeAtom(json: unknown, type: AtomicType, place: string): Atom {
  switch (type) {
    case 'string':
      if (typeof json === 'string') {
        return json;
      }
      break;
    case 'integer':
      if (Number.isInteger(json)) {
        return json as number;
      }
      break;
    case 'real':
      if (typeof json === 'number') {
        return json;
      }
      break;
    case 'boolean':
      if (typeof json === 'boolean') {
        return json;
      }
      break;
    case 'uuid':
      if (Array.isArray(json) && json.length === 2 && json[0] === 'uuid') {
        return decodeUuidText(json[1], place);
      }
  }
  throw mismatch(place, type, json);
}

/** Checks the text of a UUID, as it stands in `["uuid", text]` and as the name of a row in an update. */
export function decodeUuidText(json: unknown, place: string): Uuid {
  if (typeof json !== 'string' || !isUuid(json)) {
    throw mismatch(place, 'a UUID', json);
  }
  return json;
}

/** The value of a column to which nothing has been written, RFC 7047 section 5.2.1. */
export function defaultValue(type: ColumnType): Value {
  switch (type.shape) {
    case 'scalar':
      return defaultAtom(type.key.type);
    case 'optional':
      return undefined;
    case 'set':
      return type.min === 0 ? [] : [defaultAtom(type.key.type)];
    case 'map':
      return type.min === 0
        ? new Map()
        : new Map([[defaultAtom(type.key.type), defaultAtom(type.value?.type ?? type.key.type)]]);
  }
}

function defaultAtom(type: AtomicType): Atom {
  switch (type) {
    case 'string':
      return '';
    case 'integer':
    case 'real':
      return 0;
    case 'boolean':
      return false;
    case 'uuid':
      return zeroUuid;
  }
}

function mismatch(place: string, expected: string, json: unknown): OvsdbError {
  return new OvsdbError('OVSDB_BAD_VALUE', `${place} should be ${expected} and is ${excerpt(json)}`);
}
