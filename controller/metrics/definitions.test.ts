import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Definition, definitions } from './definitions.ts';
import { Instruments } from './instruments.ts';
import { parseExposition } from './testing/exposition.ts';

const entries = Object.entries<Definition>(definitions);

test('names end as Prometheus wants them: counters in _total, times and sizes in their unit', () => {
  for (const [name, { type, unit, help }] of entries) {
    assert.match(name, /^weft(_[a-z]+)+$/);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    if (['seconds', 'bytes'].includes(unit)) assert.match(name, new RegExp(`_${unit}(_total)?$`));
    assert.match(help, /^[A-Z].*\.$/, name);
  }
});

test('histograms, and only they, have bounds, which grow', () => {
  for (const [name, { type, buckets }] of entries) {
    assert.equal(buckets !== undefined, type === 'histogram', name);
    assert.deepEqual(
      buckets,
      buckets?.toSorted((a, b) => a - b),
      name,
    );
  }
});

test('the exposition has every metric with its type and help, those of the process, and nothing else', async () => {
  const instruments = new Instruments();
  const { types } = parseExposition(await instruments.registry.metrics());
  for (const [name, { type }] of entries) assert.equal(types.get(name), type);
  assert.equal(types.get('nodejs_eventloop_lag_seconds'), 'gauge');
  assert.equal(types.get('nodejs_heap_size_used_bytes'), 'gauge');
  const others = [...types.keys()].filter((name) => !(name in definitions));
  assert.ok(others.every((name) => /^(nodejs|process)_/.test(name)));
});

test('two controllers in one process do not count for each other', async () => {
  const [one, two] = [new Instruments(), new Instruments()];
  one.counter('weft_store_commits_total').inc();
  const value = async ({ registry }: Instruments) =>
    parseExposition(await registry.metrics()).value('weft_store_commits_total');
  assert.deepEqual([await value(one), await value(two)], [1, 0]);
});

test('a label that is not declared is refused', () => {
  const histogram = new Instruments().histogram('weft_api_request_seconds');
  assert.throws(() => histogram.observe({ interface: 'eni-1' }, 1), /label/i);
});
