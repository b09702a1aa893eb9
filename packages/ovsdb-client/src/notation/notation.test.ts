import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AtomicType, ColumnShape, ColumnType } from '../schema/types.ts';
import { applyDifference, equalValues } from './compare.ts';
import { decodeValue, defaultValue } from './decode.ts';
import { encodeMutationValue, encodeValue } from './encode.ts';
import { type Atom, isUuid, uuid, type Value } from './values.ts';

const unlimited = Number.POSITIVE_INFINITY;
const someUuid = '6b20491a-73af-4045-8423-abd48fa158b4';

function column(shape: ColumnShape, key: AtomicType, value?: AtomicType): ColumnType {
  const min = shape === 'scalar' ? 1 : 0;
  const max = shape === 'set' || shape === 'map' ? unlimited : 1;
  return { shape, key: { type: key }, ...(value === undefined ? {} : { value: { type: value } }), min, max };
}

const atomicTypes: readonly AtomicType[] = ['integer', 'real', 'boolean', 'string', 'uuid'];

function atomOf(type: AtomicType): fc.Arbitrary<Atom> {
  switch (type) {
    case 'integer':
      return fc.maxSafeInteger().map((n) => n + 0);
    case 'real':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0);
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.string({ unit: 'grapheme' });
    case 'uuid':
      return fc.uuid().map(uuid);
  }
}

function columnValue(type: ColumnType): fc.Arbitrary<Value> {
  const atom = atomOf(type.key.type);
  switch (type.shape) {
    case 'scalar':
      return atom;
    case 'optional':
      return fc.option(atom, { nil: undefined });
    case 'set':
      return fc.uniqueArray(atom, { maxLength: 8 });
    case 'map':
      return fc
        .uniqueArray(fc.tuple(atom, atomOf(type.value?.type ?? 'string')), {
          selector: ([key]) => key,
          maxLength: 8,
        })
        .map((pairs) => new Map(pairs));
  }
}

const types = fc.oneof(
  fc
    .tuple(fc.constantFrom('scalar', 'optional', 'set'), fc.constantFrom(...atomicTypes))
    .map(([s, k]) => column(s, k)),
  fc
    .tuple(fc.constantFrom(...atomicTypes), fc.constantFrom(...atomicTypes))
    .map(([k, v]) => column('map', k, v)),
);

describe('values in wire notation', () => {
  it('come back as they were', () => {
    const typeAndValue = types.chain((type) => columnValue(type).map((value) => ({ type, value })));
    fc.assert(
      fc.property(typeAndValue, ({ type, value }) => {
        const wire: unknown = JSON.parse(JSON.stringify(encodeValue(value, type, 'x')));
        assert.ok(equalValues(decodeValue(wire, type, 'x'), value));
      }),
      { numRuns: 300 },
    );
  });

  it('follow RFC 7047 section 5.1', () => {
    const cases: [unknown, ColumnType, unknown][] = [
      ['x', column('scalar', 'string'), 'x'],
      [-0, column('scalar', 'integer'), 0],
      [undefined, column('optional', 'string'), ['set', []]],
      ['x', column('optional', 'string'), 'x'],
      [[], column('set', 'integer'), ['set', []]],
      [[1, 2], column('set', 'integer'), ['set', [1, 2]]],
      [new Set([1]), column('set', 'integer'), ['set', [1]]],
      [7, column('set', 'integer'), 7],
      [new Map([['a', 'b']]), column('map', 'string', 'string'), ['map', [['a', 'b']]]],
      [{ a: 'b', c: undefined }, column('map', 'string', 'string'), ['map', [['a', 'b']]]],
      [{ 1: 'x' }, column('map', 'integer', 'string'), ['map', [[1, 'x']]]],
      [someUuid, column('scalar', 'uuid'), ['uuid', someUuid]],
      [{ namedUuid: 'row1' }, column('scalar', 'uuid'), ['named-uuid', 'row1']],
      [[{ namedUuid: 'row1' }], column('set', 'uuid'), ['set', [['named-uuid', 'row1']]]],
      [{ k: { namedUuid: 'q' } }, column('map', 'string', 'uuid'), ['map', [['k', ['named-uuid', 'q']]]]],
    ];
    for (const [value, type, wire] of cases) {
      assert.deepEqual(encodeValue(value, type, 'x'), wire);
    }
  });

  it('are refused when they do not fit the column', () => {
    const cases: [unknown, ColumnType][] = [
      [1, column('scalar', 'string')],
      ['\ud800', column('scalar', 'string')],
      ['1', column('scalar', 'integer')],
      [1.5, column('scalar', 'integer')],
      [2 ** 53, column('scalar', 'integer')],
      [1n, column('scalar', 'integer')],
      [Number.NaN, column('scalar', 'real')],
      [Number.POSITIVE_INFINITY, column('scalar', 'real')],
      ['true', column('scalar', 'boolean')],
      ['not-a-uuid', column('scalar', 'uuid')],
      [someUuid.toUpperCase(), column('scalar', 'uuid')],
      [{ namedUuid: '1x' }, column('scalar', 'uuid')],
      [{ namedUuid: 'a-b' }, column('scalar', 'uuid')],
      [undefined, column('scalar', 'string')],
      [null, column('optional', 'string')],
      [['x', 1], column('set', 'string')],
      ['x', column('map', 'string', 'string')],
      [{ a: 1 }, column('map', 'string', 'string')],
      [{ x: 'a' }, column('map', 'integer', 'string')],
      [{ '': 'a' }, column('map', 'integer', 'string')],
      [['a'], column('map', 'string', 'string')],
    ];
    for (const [value, type] of cases) {
      assert.throws(() => encodeValue(value, type, 'Port.x'), {
        code: 'OVSDB_BAD_VALUE',
        message: /Port\.x/,
      });
    }
  });

  it('from a server are refused when they do not fit the column', () => {
    const cases: [unknown, ColumnType][] = [
      [1, column('scalar', 'string')],
      [null, column('scalar', 'string')],
      [['set', []], column('scalar', 'string')],
      [['set', ['a', 'b']], column('optional', 'string')],
      [['set', 'a'], column('set', 'string')],
      [['set', ['a'], 1], column('set', 'string')],
      [['uuid', 'x'], column('scalar', 'uuid')],
      [someUuid, column('scalar', 'uuid')],
      [['named-uuid', 'x'], column('scalar', 'uuid')],
      [['map', {}], column('map', 'string', 'string')],
      [['map', [['a']]], column('map', 'string', 'string')],
      [['map', [['a', 1]]], column('map', 'string', 'string')],
      [1.5, column('scalar', 'integer')],
      ['1', column('scalar', 'real')],
      [0, column('scalar', 'boolean')],
    ];
    for (const [json, type] of cases) {
      assert.throws(() => decodeValue(json, type, 'x'), { code: 'OVSDB_BAD_VALUE' }, JSON.stringify(json));
    }
  });

  it('of scalar and optional columns may come as sets', () => {
    assert.equal(decodeValue(['set', ['a']], column('scalar', 'string'), 'x'), 'a');
    assert.equal(decodeValue(['set', ['a']], column('optional', 'string'), 'x'), 'a');
    assert.deepEqual(decodeValue('a', column('set', 'string'), 'x'), ['a']);
  });

  it('have the defaults of RFC 7047 section 5.2.1', () => {
    assert.deepEqual(
      atomicTypes.map((type) => defaultValue(column('scalar', type))),
      [0, 0, false, '', '00000000-0000-0000-0000-000000000000'],
    );
    assert.equal(defaultValue(column('optional', 'integer')), undefined);
    assert.deepEqual(defaultValue(column('set', 'integer')), []);
    assert.deepEqual(defaultValue({ ...column('set', 'integer'), min: 1 }), [0]);
    assert.deepEqual(defaultValue({ ...column('map', 'string', 'integer'), min: 1 }), new Map([['', 0]]));
  });
});

describe('mutation values', () => {
  const map = column('map', 'string', 'string');

  it('are numbers for arithmetic, even on sets', () => {
    assert.equal(encodeMutationValue(3, '+=', column('set', 'integer'), 'x'), 3);
    assert.throws(() => encodeMutationValue([3], '+=', column('set', 'integer'), 'x'), {
      code: 'OVSDB_BAD_VALUE',
    });
  });

  it('of delete on a map are keys or pairs, of insert pairs only', () => {
    assert.deepEqual(encodeMutationValue(['a'], 'delete', map, 'x'), ['set', ['a']]);
    assert.deepEqual(encodeMutationValue({ a: 'b' }, 'delete', map, 'x'), ['map', [['a', 'b']]]);
    assert.throws(() => encodeMutationValue(['a'], 'insert', map, 'x'), { code: 'OVSDB_BAD_VALUE' });
  });
});

describe('uuid', () => {
  it('takes either case and gives lower case', () => {
    assert.equal(uuid(someUuid.toUpperCase()), someUuid);
    assert.ok(isUuid(someUuid));
  });

  it('refuses what is none', () => {
    for (const text of ['', someUuid.slice(1), `${someUuid}0`, someUuid.replaceAll('-', '')]) {
      assert.throws(() => uuid(text), { code: 'OVSDB_BAD_VALUE' });
    }
  });
});

describe('applyDifference', () => {
  /** The difference as ovsdb-server(7) section 4.1.14 defines it, written down independently. */
  function difference(before: Value, after: Value, type: ColumnType): Value {
    if (type.max === 1) {
      return after;
    }
    if (before instanceof Map && after instanceof Map) {
      const removed = [...before].filter(([key]) => !after.has(key));
      return new Map([...removed, ...[...after].filter(([key, value]) => before.get(key) !== value)]);
    }
    const [old, now] = [before as Atom[], after as Atom[]];
    return [...old.filter((x) => !now.includes(x)), ...now.filter((x) => !old.includes(x))];
  }

  it('turns the value before into the value after', () => {
    const cases = types.chain((type) => fc.tuple(fc.constant(type), columnValue(type), columnValue(type)));
    fc.assert(
      fc.property(cases, ([type, before, after]) => {
        assert.ok(equalValues(applyDifference(before, difference(before, after, type), type), after));
      }),
      { numRuns: 300 },
    );
  });

  it('sorts what it gives, and leaves what it was given alone', () => {
    const before = [5, 1];
    assert.deepEqual(applyDifference(before, [3, 1], column('set', 'integer')), [3, 5]);
    assert.deepEqual(before, [5, 1]);
    const map = new Map([['b', 'x']]);
    const after = applyDifference(
      map,
      new Map([
        ['a', 'y'],
        ['b', 'z'],
      ]),
      column('map', 'string', 'string'),
    );
    assert.deepEqual(
      [...(after as Map<string, string>)],
      [
        ['a', 'y'],
        ['b', 'z'],
      ],
    );
    assert.deepEqual([...map], [['b', 'x']]);
  });
});

describe('equalValues', () => {
  it('does not mind the order', () => {
    assert.ok(equalValues([1, 2], [2, 1]));
    assert.ok(
      equalValues(
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
        new Map([
          ['b', 2],
          ['a', 1],
        ]),
      ),
    );
  });

  it('tells different values apart', () => {
    const different: [Value, Value][] = [
      [1, 2],
      [undefined, 0],
      [[1], [1, 2]],
      [
        [1, 2],
        [1, 3],
      ],
      [new Map([['a', 1]]), new Map([['a', 2]])],
      [new Map([['a', 1]]), new Map([['b', 1]])],
      [[], new Map()],
    ];
    for (const [a, b] of different) {
      assert.ok(!equalValues(a, b));
      assert.ok(!equalValues(b, a));
    }
  });
});
