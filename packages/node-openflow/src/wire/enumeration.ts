import { OpenFlowError } from '../errors.ts';

/** Names of consecutive or sparse numbers. */
export interface Enumeration<Name extends string> {
  /** The name of a number, or the number itself when it has none. */
  name(number: number): Name | number;
  /** The number of a name; a number stands for itself. */
  number(name: Name | number): number;
  /** The name of a number; a number without one is malformed input. */
  strictName(number: number, offset: number): Name;
}

/** Makes an enumeration from names (numbered from 0) or from names with their numbers. */
export function enumeration<const Name extends string>(
  what: string,
  entries: readonly Name[] | Readonly<Record<Name, number>>,
): Enumeration<Name> {
  const pairs: (readonly [Name, number])[] = Array.isArray(entries)
    ? entries.map((name, number) => [name as Name, number])
    : (Object.entries(entries) as [Name, number][]);
  const numbers = new Map<Name | number, number>(pairs);
  const names = new Map(pairs.map(([name, number]) => [number, name]));
  return {
    name: (number) => names.get(number) ?? number,
    number(name) {
      const number = typeof name === 'number' ? name : numbers.get(name);
      if (number !== undefined) return number;
      const known = pairs.map(([known]) => known).join(', ');
      throw new OpenFlowError('OPENFLOW_VALUE_RANGE', `"${name}" is not a ${what}: use one of ${known}`);
    },
    strictName(number, offset) {
      const name = names.get(number);
      if (name !== undefined) return name;
      throw new OpenFlowError('OPENFLOW_BAD_VALUE', `${number} is not a ${what}`, offset);
    },
  };
}

/** Names of single bits. */
export interface BitSet<Name extends string> {
  /** Names of the bits that are set, and one number for all bits without a name. */
  names(bits: number): (Name | number)[];
  bits(names: readonly (Name | number)[]): number;
}

/** Makes a set of bits from names with their bits. */
export function bitSet<const Name extends string>(
  what: string,
  bitOf: Readonly<Record<Name, number>>,
): BitSet<Name> {
  const entries = Object.entries(bitOf) as [Name, number][];
  const named = entries.reduce((sum, [, bit]) => sum | bit, 0);
  return {
    names(bits) {
      if (bits === 0) return [];
      const names: (Name | number)[] = entries.filter(([, bit]) => (bits & bit) !== 0).map(([name]) => name);
      const rest = bits & ~named;
      if (rest !== 0) names.push(rest >>> 0);
      return names;
    },
    bits(names) {
      let bits = 0;
      for (const name of names) {
        const bit = typeof name === 'number' ? name : bitOf[name];
        if (bit === undefined) {
          throw new OpenFlowError('OPENFLOW_VALUE_RANGE', `"${String(name)}" is not a ${what}`);
        }
        bits |= bit;
      }
      return bits;
    },
  };
}
