/** Whatever a server sends, the functions that read it either understand it or throw an error of this package. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readMonitorReply, readUpdate } from './client/monitor-methods.ts';
import { OvsdbError, ops, parseSchema } from './index.ts';
import { classifyMessage } from './jsonrpc/messages.ts';
import { readResults } from './operations/results.ts';
import { remoteErrorFrom } from './remote-errors.ts';
import { makeLayouts } from './replica/layout.ts';
import { RowStore } from './replica/store.ts';
import { openVSwitchSchemaPath } from './testing/index.ts';

const schemaJson: unknown = JSON.parse(readFileSync(openVSwitchSchemaPath, 'utf8'));
const schema = parseSchema(schemaJson);
const rowId = '6b20491a-73af-4045-8423-abd48fa158b4';

/** JSON that is likely to get past the first checks. */
const words = fc.constantFrom<unknown>(
  ...[
    'set',
    'map',
    'uuid',
    'named-uuid',
    rowId,
    'Bridge',
    'name',
    'ports',
    'insert',
    'modify',
    'delete',
    'initial',
  ],
  ...['old', 'new', 'error', 'result', 'id', 'method', 'params', 'update', '__proto__', 'constructor'],
  ...[null, true, 0, -1, 1.5, 1e300, '', [], {}],
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    words,
    fc.tuple(words, tie('json')),
    fc.array(tie('json'), { maxLength: 4 }),
    fc
      .array(fc.tuple(words.map(String), tie('json')), { maxLength: 4 })
      .map((pairs) => Object.fromEntries(pairs)),
  ),
}));

/** A copy of `value` in which one part, chosen by `place`, is replaced. */
function damaged(value: unknown, place: number, replacement: unknown): unknown {
  if (typeof value !== 'object' || value === null || place === 0) {
    return replacement;
  }
  const entries = Object.entries(value);
  const target = place % (entries.length + 1);
  if (target === entries.length) {
    return replacement;
  }
  const copy = structuredClone(value) as Record<string, unknown>;
  const [key] = entries[target] as [string, unknown];
  copy[key] = damaged(copy[key], Math.floor(place / (entries.length + 1)), replacement);
  return copy;
}

function survives(read: (input: unknown) => unknown, example: unknown): void {
  const input = fc.oneof(
    json,
    fc.tuple(fc.nat(), json).map(([place, replacement]) => damaged(example, place, replacement)),
  );
  fc.assert(
    fc.property(input, (value) => {
      try {
        read(value);
      } catch (error) {
        assert.ok(error instanceof OvsdbError, String((error as Error).stack));
      }
    }),
    { numRuns: 1000 },
  );
}

describe('hostile JSON', () => {
  it('as a message', () => {
    const asObject = (input: unknown) => (typeof input === 'object' && input !== null ? input : {});
    survives((input) => classifyMessage(asObject(input)), { id: 1, method: 'echo', params: [] });
  });

  it('as an error', () => {
    survives((input) => remoteErrorFrom(input, 'echo'), { error: 'x', details: 'y' });
  });

  it('as a schema', () => {
    const bridge = (schemaJson as { tables: Record<string, unknown> }).tables.Bridge;
    survives(parseSchema, { name: 'db', version: '1', tables: { Bridge: bridge } });
  });

  it('as the results of a transaction', () => {
    const operations = [ops.insert('Bridge', {}), ops.select('Bridge', []), ops.delete('Bridge', [])];
    survives(
      (input) => readResults(input, operations, schema),
      [{ uuid: ['uuid', rowId] }, { rows: [{ name: 'x', ports: ['set', [['uuid', rowId]]] }] }, { count: 1 }],
    );
  });

  it('as the reply to a monitor request and as notifications', () => {
    survives((input) => readMonitorReply('monitor_cond_since', input), [true, rowId, {}]);
    survives((input) => readUpdate('update3', Array.isArray(input) ? input : [input]), ['1.1', rowId, {}]);
  });

  for (const format of ['difference', 'full'] as const) {
    it(`as an update in ${format} notation`, () => {
      const store = new RowStore(makeLayouts(schema, { Bridge: {} }));
      store.commit(store.plan({ Bridge: { [rowId]: { insert: { name: 'x' } } } }, 'difference'));
      const row = { name: 'y', ports: ['set', [['uuid', rowId]]], external_ids: ['map', [['a', 'b']]] };
      survives((input) => store.plan(input, format), {
        Bridge: { [rowId]: format === 'full' ? { old: {}, new: row } : { modify: row } },
      });
      assert.equal(store.table('Bridge')?.size, 1);
      assert.equal(Object.getPrototypeOf(store.table('Bridge')?.get(rowId as never)), Object.prototype);
    });
  }
});
