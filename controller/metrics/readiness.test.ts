import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingParts } from './readiness.ts';

const sources = (parts: { problem?: string; stored?: number; projected?: number; listening?: boolean }) => ({
  store: { revision: parts.stored ?? 7, problem: async () => parts.problem },
  view: { revision: parts.projected ?? 7 },
  isListening: () => parts.listening ?? true,
});

test('a controller is ready when nothing is missing', async () => {
  assert.deepEqual(await missingParts(sources({})), []);
});

test('each missing part is named, and all of them when there are several', async () => {
  assert.deepEqual(await missingParts(sources({ problem: 'the store is closed' })), [
    { part: 'store', problem: 'the store is closed' },
  ]);
  const all = await missingParts(sources({ problem: 'disk full', projected: 3, listening: false }));
  assert.deepEqual(
    all.map(({ part }) => part),
    ['store', 'projection', 'openflow'],
  );
  assert.match(all[1]?.problem ?? '', /revision 3, the store at 7/);
});
