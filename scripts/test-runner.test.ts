import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, it } from 'node:test';

/** A repository of its own, with this runner and one test file. */
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-runner-'));
  cpSync(import.meta.dirname, join(root, 'scripts'), {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts'),
  });
  mkdirSync(join(root, 'api'));
});
afterEach(() => rmSync(root, { recursive: true }));

function runWith(
  testFile: string,
  ...patterns: string[]
): { code: number | null; lastLine: string | undefined } {
  writeFileSync(join(root, 'api/a.test.ts'), `import test from 'node:test';\n${testFile}\n`);
  const run = spawnSync(process.execPath, ['--conditions=source', 'scripts/test-runner.ts', ...patterns], {
    cwd: root,
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { code: run.status, lastLine: run.stdout.trimEnd().split('\n').at(-1) };
}

it('leaves with 0 when all tests pass', () => {
  assert.deepEqual(runWith(`test('a', () => {});`), { code: 0, lastLine: '1 passed, 0 failed' });
});

it('leaves with 1 when a test fails', () => {
  const withFailure = `test('a', () => {}); test('b', () => { throw new Error('no'); });`;
  assert.deepEqual(runWith(withFailure), { code: 1, lastLine: '1 passed, 1 failed' });
});

it('leaves with 1 when no test ran', () => {
  assert.deepEqual(runWith(''), { code: 1, lastLine: '0 passed, 1 failed' });
  assert.deepEqual(runWith(`test('a', () => {});`, 'elsewhere'), { code: 1, lastLine: '0 passed, 0 failed' });
  assert.deepEqual(runWith(`test.skip('a', () => {});`), {
    code: 1,
    lastLine: '0 passed, 0 failed, 1 skipped',
  });
});
