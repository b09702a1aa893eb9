import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { OvsdbErrorCode } from '../errors.ts';
import { uuid } from '../notation/values.ts';
import { parseSchema } from '../schema/parse.ts';
import { openVSwitchSchemaPath } from '../testing/real-server.ts';
import { ops } from './builders.ts';
import { encodeOperations } from './encode.ts';
import { AbortedError, ConstraintError, isOutcomeUnknown, OvsdbOperationError } from './errors.ts';
import { readResults } from './results.ts';
import type { Operation } from './types.ts';

const schema = parseSchema(JSON.parse(readFileSync(openVSwitchSchemaPath, 'utf8')));
const row = uuid('6b20491a-73af-4045-8423-abd48fa158b4');

describe('operations on the wire', () => {
  const cases: [string, Operation, object][] = [
    [
      'insert',
      ops.insert(
        'Port',
        { name: 'p', tag: 5, interfaces: [ops.namedUuid('i')], external_ids: { a: 'b' } },
        'p0',
      ),
      {
        op: 'insert',
        table: 'Port',
        row: {
          name: 'p',
          tag: ['set', [5]],
          interfaces: ['set', [['named-uuid', 'i']]],
          external_ids: ['map', [['a', 'b']]],
        },
        'uuid-name': 'p0',
      },
    ],
    [
      'insert with a uuid',
      ops.insertWithUuid('Port', { name: 'p' }, row),
      { op: 'insert', table: 'Port', row: { name: 'p' }, uuid: row },
    ],
    [
      'insert without a value for an optional column, and for one that cannot be empty',
      ops.insert('Port', { tag: undefined, name: undefined }),
      { op: 'insert', table: 'Port', row: { tag: ['set', []] } },
    ],
    [
      'select',
      ops.select('Bridge', [['name', '==', 'br0'], true], ['name', '_version']),
      { op: 'select', table: 'Bridge', where: [['name', '==', 'br0'], true], columns: ['name', '_version'] },
    ],
    [
      'update',
      ops.update('Bridge', ops.byUuid(row), { fail_mode: 'secure' }),
      {
        op: 'update',
        table: 'Bridge',
        where: [['_uuid', '==', ['uuid', row]]],
        row: { fail_mode: 'secure' },
      },
    ],
    [
      'mutate',
      ops.mutate(
        'Bridge',
        [['ports', 'includes', [row]]],
        [
          ['ports', 'delete', [row]],
          ['external_ids', 'delete', ['a']],
          ['flood_vlans', '+=', 1],
        ],
      ),
      {
        op: 'mutate',
        table: 'Bridge',
        where: [['ports', 'includes', ['set', [['uuid', row]]]]],
        mutations: [
          ['ports', 'delete', ['set', [['uuid', row]]]],
          ['external_ids', 'delete', ['set', ['a']]],
          ['flood_vlans', '+=', 1],
        ],
      },
    ],
    ['delete', ops.delete('Bridge', []), { op: 'delete', table: 'Bridge', where: [] }],
    [
      'wait',
      ops.wait('Bridge', [], '!=', [{ name: 'a' }, { stp_enable: true }], { timeoutMs: 0 }),
      {
        op: 'wait',
        table: 'Bridge',
        where: [],
        columns: ['name', 'stp_enable'],
        until: '!=',
        rows: [{ name: 'a' }, { stp_enable: true }],
        timeout: 0,
      },
    ],
    ['commit', ops.commit(true), { op: 'commit', durable: true }],
    ['abort', ops.abort(), { op: 'abort' }],
    ['comment', ops.comment('why'), { op: 'comment', comment: 'why' }],
    ['assert', ops.assert('lock0'), { op: 'assert', lock: 'lock0' }],
  ];
  for (const [name, operation, expected] of cases) {
    it(name, () => {
      const [json] = encodeOperations([operation], schema);
      assert.deepEqual(
        JSON.parse(JSON.stringify(json)),
        JSON.parse(JSON.stringify(expected).replace('["set",[5]]', '5')),
      );
      assert.ok(Object.isFrozen(operation));
    });
  }

  it('select names all columns when it is given none', () => {
    const [json] = encodeOperations([ops.select('SSL', [])], schema) as { columns: string[] }[];
    assert.deepEqual(json?.columns.slice(0, 2), ['_uuid', 'private_key']);
    assert.ok(!json?.columns.includes('_version'));
  });

  it('are refused before they are sent when they do not fit the schema', () => {
    const bad: [unknown, OvsdbErrorCode][] = [
      [ops.insert('Prt', {}), 'OVSDB_NO_SUCH_TABLE'],
      [ops.insert('Port', { nme: 'x' }), 'OVSDB_NO_SUCH_COLUMN'],
      [ops.insert('Port', { name: 1 }), 'OVSDB_BAD_VALUE'],
      [ops.insert('Port', {}, 'not an id'), 'OVSDB_BAD_VALUE'],
      [ops.select('Port', [['nme', '==', 'x']]), 'OVSDB_NO_SUCH_COLUMN'],
      [ops.select('Port', [], ['nme']), 'OVSDB_NO_SUCH_COLUMN'],
      [{ op: 'select', table: 'Port', where: [['name', '~', 'x']] }, 'OVSDB_BAD_OPERATION'],
      [{ op: 'select', table: 'Port', where: ['name', '==', 'x'] }, 'OVSDB_BAD_OPERATION'],
      [{ op: 'select', table: 'Port' }, 'OVSDB_BAD_OPERATION'],
      [{ op: 'mutate', table: 'Port', where: [], mutations: [['tag', '++', 1]] }, 'OVSDB_BAD_OPERATION'],
      [{ op: 'drop', table: 'Port' }, 'OVSDB_BAD_OPERATION'],
    ];
    for (const [operation, code] of bad) {
      assert.throws(() => encodeOperations([operation as Operation], schema), { code });
    }
  });
});

describe('readResults', () => {
  const insert = ops.insert('Port', { name: 'p' });
  const remove = ops.delete('Port', []);

  it('gives one result an operation', () => {
    const select = ops.select('Port', [], ['name', 'tag']);
    const results = [{ uuid: ['uuid', row] }, { count: 2 }, { rows: [{ name: 'p', tag: ['set', []] }] }, {}];
    assert.deepEqual(readResults(results, [insert, remove, select, ops.comment('x')], schema), [
      { uuid: row },
      { count: 2 },
      { rows: [{ name: 'p', tag: undefined }] },
      {},
    ]);
  });

  it('names the operation that failed', () => {
    const results = [{ uuid: ['uuid', row] }, { error: 'constraint violation', details: 'too many' }, null];
    assert.throws(
      () => readResults(results, [insert, remove, insert], schema),
      (error) => {
        assert.ok(error instanceof ConstraintError);
        assert.ok(error instanceof OvsdbOperationError);
        assert.equal(error.code, 'OVSDB_CONSTRAINT');
        assert.equal(error.operationIndex, 1);
        assert.equal(error.operation, remove);
        assert.equal(error.details, 'too many');
        assert.match(
          error.message,
          /operation 1 \(delete in Port\) failed: constraint violation \(too many\)/,
        );
        return true;
      },
    );
  });

  it('takes one result more for the error of the commit', () => {
    const results = [{ uuid: ['uuid', row] }, { error: 'aborted' }];
    assert.throws(
      () => readResults(results, [insert], schema),
      (error) => {
        assert.ok(error instanceof AbortedError);
        assert.equal(error.operationIndex, 1);
        assert.equal(error.operation, undefined);
        return true;
      },
    );
  });

  it('keeps the name of an error that it does not know', () => {
    assert.throws(() => readResults([{ error: 'strange weather' }], [insert], schema), {
      code: 'OVSDB_REMOTE',
      tag: 'strange weather',
    });
  });

  it('refuses a reply that does not fit the operations', () => {
    for (const results of [
      null,
      {},
      [],
      [{}],
      [{ uuid: 'x' }],
      [{ uuid: ['uuid', 'x'] }],
      [null],
      [1],
      [{}, {}],
    ]) {
      assert.throws(() => readResults(results, [insert], schema), /OVSDB_BAD_(MESSAGE|VALUE)/);
    }
    assert.throws(() => readResults([{}], [remove], schema), { code: 'OVSDB_BAD_MESSAGE' });
    assert.throws(() => readResults([{ rows: [null] }], [ops.select('Port', [])], schema), {
      code: 'OVSDB_BAD_MESSAGE',
    });
    assert.throws(() => readResults([{ rows: 1 }], [ops.select('Port', [])], schema), {
      code: 'OVSDB_BAD_MESSAGE',
    });
  });
});

describe('isOutcomeUnknown', () => {
  it('is false for errors of the server and true when it gave no answer', () => {
    assert.equal(isOutcomeUnknown(new AbortedError({ tag: 'aborted' }, 0, undefined)), false);
    assert.equal(isOutcomeUnknown(new Error('x')), false);
  });
});
