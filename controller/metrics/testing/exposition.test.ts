import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExposition } from './exposition.ts';

test('samples are found by name and labels, in any order of labels', () => {
  const parsed = parseExposition(
    '# HELP calls Calls.\n# TYPE calls counter\ncalls{a="1",b="x \\"y\\", z"} 2\ncalls 3e3\n',
  );
  assert.equal(parsed.value('calls', { b: 'x \\"y\\", z', a: '1' }), 2);
  assert.equal(parsed.value('calls'), 3000);
  assert.throws(() => parsed.value('calls', { a: '2' }), /is not there/);
});

test('what a scraper would refuse is refused', () => {
  const typed = (line: string) => `# TYPE calls counter\n${line}\n`;
  assert.throws(() => parseExposition('calls 1\n'), /has no type/);
  assert.throws(() => parseExposition(typed('calls one')), /has no number/);
  assert.throws(() => parseExposition(typed('calls{a=1} 1')), /labels of no form/);
  assert.throws(() => parseExposition(typed('calls 1\ncalls 2')), /there already/);
  assert.throws(() => parseExposition(typed('calls_sum 1')), /has no type/);
  assert.throws(() => parseExposition(typed('# TYPE calls gauge')), /there twice/);
  assert.throws(() => parseExposition('# TYPE calls counter\ncalls 1'), /does not end/);
});
