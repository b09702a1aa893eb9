import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { openVSwitchSchemaPath } from '../testing/real-server.ts';
import { generateTypes } from './generate.ts';
import { columnOf, tableOf } from './lookup.ts';
import { parseSchema } from './parse.ts';

const schemaJson: unknown = JSON.parse(readFileSync(openVSwitchSchemaPath, 'utf8'));
const schema = parseSchema(schemaJson);

function withColumn(type: unknown): unknown {
  return { name: 'db', version: '1.0.0', tables: { T: { columns: { c: { type } } } } };
}

describe('parseSchema', () => {
  it('reads the schema of Open vSwitch', () => {
    assert.equal(schema.name, 'Open_vSwitch');
    assert.equal(schema.tables.size, 19);
    const bridge = tableOf(schema, 'Bridge');
    assert.deepEqual(bridge.indexes, [['name']]);
    assert.equal(bridge.isRoot, false);
    assert.equal(tableOf(schema, 'Open_vSwitch').maxRows, 1);
    assert.deepEqual(columnOf(bridge, 'name'), {
      name: 'name',
      type: { shape: 'scalar', key: { type: 'string' }, min: 1, max: 1 },
      ephemeral: false,
      mutable: false,
    });
    assert.deepEqual(columnOf(bridge, 'ports').type, {
      shape: 'set',
      key: { type: 'uuid', refTable: 'Port', refType: 'strong' },
      min: 0,
      max: Number.POSITIVE_INFINITY,
    });
    assert.deepEqual(columnOf(bridge, 'fail_mode').type.key.enum, ['standalone', 'secure']);
    assert.equal(columnOf(bridge, 'fail_mode').type.shape, 'optional');
    assert.equal(columnOf(bridge, 'flow_tables').type.shape, 'map');
    assert.equal(columnOf(tableOf(schema, 'Interface'), 'ofport').type.shape, 'optional');
  });

  it('reads bounds, lengths, weak references and enumerations of one', () => {
    const typeOf = (type: unknown) => columnOf(tableOf(parseSchema(withColumn(type)), 'T'), 'c').type;
    assert.deepEqual(typeOf({ key: { type: 'integer', minInteger: 1, maxInteger: 9 } }).key, {
      type: 'integer',
      min: 1,
      max: 9,
    });
    assert.deepEqual(typeOf({ key: { type: 'real', minReal: 0.5 } }).key, { type: 'real', min: 0.5 });
    assert.deepEqual(typeOf({ key: { type: 'string', minLength: 2, maxLength: 4 } }).key, {
      type: 'string',
      minLength: 2,
      maxLength: 4,
    });
    assert.equal(typeOf({ key: { type: 'uuid', refTable: 'T', refType: 'weak' } }).key.refType, 'weak');
    assert.deepEqual(typeOf({ key: { type: 'string', enum: 'x' } }).key.enum, ['x']);
    assert.equal(typeOf({ key: 'integer', min: 1, max: 3 }).shape, 'set');
  });

  it('accepts a schema without a version, as servers do', () => {
    assert.equal(parseSchema({ name: 'db', tables: {} }).version, '');
  });

  it('refuses what is no schema and says where', () => {
    const bad: [unknown, RegExp][] = [
      [null, /schema is no JSON object/],
      [{ tables: {} }, /schema\.name/],
      [{ name: 'db', tables: [] }, /schema\.tables/],
      [{ name: 'db', tables: { T: {} } }, /table T\.columns/],
      [{ name: 'db', tables: { T: { columns: {}, indexes: [1] } } }, /table T\.indexes/],
      [withColumn('text'), /column T\.c has the type "text"/],
      [withColumn({ key: 'string', min: 2 }), /T\.c allows 2 to 1 elements/],
      [withColumn({ key: 'string', max: 0 }), /T\.c allows/],
      [withColumn({ key: 'string', value: 'x' }), /T\.c\.value/],
      [withColumn({ key: { type: 'integer', minInteger: '1' } }), /T\.c\.key is no number/],
      [withColumn({ key: { type: 'string', enum: ['set', [['uuid', 'x']]] } }), /in its enum/],
    ];
    for (const [json, message] of bad) {
      assert.throws(() => parseSchema(json), { code: 'OVSDB_BAD_SCHEMA', message });
    }
  });
});

describe('tableOf and columnOf', () => {
  it('name what there is when something is not there', () => {
    assert.throws(() => tableOf(schema, 'Brige'), {
      code: 'OVSDB_NO_SUCH_TABLE',
      message: /"Brige".*Bridge/,
    });
    const bridge = tableOf(schema, 'Bridge');
    assert.throws(() => columnOf(bridge, 'nme'), { code: 'OVSDB_NO_SUCH_COLUMN', message: /"nme".*name/ });
    assert.throws(() => columnOf(bridge, '__proto__'), { code: 'OVSDB_NO_SUCH_COLUMN' });
    assert.equal(columnOf(bridge, '_uuid').type.key.type, 'uuid');
  });
});

describe('generateTypes', () => {
  it('gives what is in open-vswitch.ts', () => {
    const committed = readFileSync(new URL('open-vswitch.ts', import.meta.url), 'utf8');
    assert.equal(generateTypes(schema, 'vswitch.ovsschema'), committed);
  });

  it('names types in the manner of TypeScript and quotes literals', () => {
    const json = withColumn({
      key: { type: 'string', enum: ['set', ["it's", 'b\\c']] },
      min: 0,
      max: 'unlimited',
    });
    const text = generateTypes(parseSchema({ ...(json as object), name: 'hardware_vtep' }), 'x.ovsschema');
    assert.match(text, /export interface HardwareVtep \{\n {2}readonly T: TRow;/);
    assert.ok(text.includes(String.raw`readonly c: readonly ('it\'s' | 'b\\c')[];`));
  });
});
