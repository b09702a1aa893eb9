import { OpenFlowError } from '../errors.ts';
import type { Version } from '../messages/types.ts';
import { decodeProperties, wholeProperty, writeProperty, writeWholeProperty } from './properties.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** How a value is laid out behind the header of its property. */
export interface Payload<Value> {
  /** `name` is that of the value, for errors. */
  write(writer: Writer, value: Value, version: Version, name: string): void;
  read(reader: Reader, version: Version): Value;
}

/** All there is to know about one property of a structure. */
export interface Property {
  readonly type: number;
  /** The value of the object that the property holds. */
  readonly name: string;
  readonly payload: Payload<never>;
  /** For type 0xffff: what the payload begins with. */
  readonly experimenter?: { readonly id: number; readonly type: number };
  /** First and last version that have it; all that have the structure when absent. */
  readonly versions?: readonly [first: Version, last: Version];
}

interface WithUnknown {
  /** Properties that the table does not have, whole. */
  readonly unknown?: readonly Uint8Array[];
}

/** The properties of one structure: writes those that an object has, and reads them into a new object. */
export interface PropertyTable<T> {
  /** Name of the structure in the specification, such as `ofp_queue_desc`. */
  readonly structure: string;
  readonly properties: readonly Property[];
  encode(writer: Writer, object: T & WithUnknown, version: Version): void;
  decode(reader: Reader, version: Version): Partial<T> & WithUnknown;
}

const experimenterType = 0xffff;

/** One row of a property table; the payload must be of the value that it is for. */
export function property<T>() {
  return <Name extends keyof T & string>(
    type: number,
    name: Name,
    payload: Payload<NonNullable<T[Name]>>,
    rest: Pick<Property, 'experimenter' | 'versions'> = {},
  ): Property => ({ type, name, payload: payload as unknown as Payload<never>, ...rest });
}

function isIn({ versions: [first, last] = [4, 6] }: Property, version: Version): boolean {
  return version >= first && version <= last;
}

function writeOne(writer: Writer, row: Property, value: unknown, version: Version): void {
  if (!isIn(row, version)) {
    throw new OpenFlowError(
      'OPENFLOW_NOT_IN_VERSION',
      `there is no property "${row.name}" in version ${version} of the protocol`,
    );
  }
  writeProperty(writer, row.type, () => {
    if (row.experimenter) {
      writer.u32(row.experimenter.id);
      writer.u32(row.experimenter.type);
    }
    row.payload.write(writer, value as never, version, row.name);
  });
}

/**
 * Makes a table out of its rows, in the order in which they are written. A property is kept whole, as an unknown one, when
 * the table or the version does not have it, when it came before, or when it goes on behind what its layout says.
 */
export function propertyTable<T>(structure: string, rows: readonly Property[]): PropertyTable<T> {
  const byType = new Map(rows.filter((row) => !row.experimenter).map((row) => [row.type, row]));
  const ofExperimenters = rows.filter((row) => row.experimenter);

  function find(type: number, reader: Reader): Property | undefined {
    if (type !== experimenterType || reader.remaining < 8) return byType.get(type);
    const id = reader.u32();
    const subtype = reader.u32();
    return ofExperimenters.find(
      ({ experimenter }) => experimenter?.id === id && experimenter.type === subtype,
    );
  }

  return {
    structure,
    properties: rows,
    encode(writer, object, version) {
      for (const row of rows) {
        const value = (object as Record<string, unknown>)[row.name];
        if (value !== undefined) writeOne(writer, row, value, version);
      }
      for (const whole of object.unknown ?? []) writeWholeProperty(writer, whole);
    },
    decode(reader, version) {
      const object: Record<string, unknown> = {};
      const unknown: Uint8Array[] = [];
      decodeProperties(reader, (type, payload, start) => {
        const row = find(type, payload);
        const value =
          row && isIn(row, version) && !(row.name in object) ? row.payload.read(payload, version) : undefined;
        if (row && value !== undefined && payload.remaining === 0) object[row.name] = value;
        else unknown.push(wholeProperty(payload, start));
      });
      if (unknown.length > 0) object.unknown = unknown;
      return object as Partial<T> & WithUnknown;
    },
  };
}

type Size = 'u8' | 'u16' | 'u32' | 'u64' | 'u128';
type NumberOf<S extends Size> = S extends 'u64' | 'u128' ? bigint : number;

/** A number, with zeros before and behind it that count as part of the property. Zeros at the end may be missing. */
export function number<S extends Size>(
  size: S,
  padding: { before?: number; after?: number } = {},
): Payload<NumberOf<S>> {
  const { before = 0, after = 0 } = padding;
  return {
    write(writer, value, _, name) {
      writer.pad(before);
      writer[size](value as never, name);
      writer.pad(after);
    },
    read(reader) {
      reader.skip(before);
      const value = reader[size]();
      reader.skip(Math.min(after, reader.remaining));
      return value as NumberOf<S>;
    },
  };
}

/** Everything there is in the property. */
export const rawBytes: Payload<Uint8Array> = {
  write: (writer, value) => writer.raw(value),
  read: (reader) => reader.rest(),
};

interface Fixed<Value> {
  encode(writer: Writer, value: Value): void;
  decode(reader: Reader): Value;
}

/** A structure of fixed length, made by `layout`. */
export function structure<Value>(fixed: Fixed<Value>): Payload<Value> {
  return { write: (writer, value) => fixed.encode(writer, value), read: (reader) => fixed.decode(reader) };
}

/** The same behind four zeros, so that its values of 64 bits are aligned. */
export function behindZeros<Value>(fixed: Fixed<Value>): Payload<Value> {
  return {
    write(writer, value) {
      writer.pad(4);
      fixed.encode(writer, value);
    },
    read(reader) {
      reader.skip(4);
      return fixed.decode(reader);
    },
  };
}
