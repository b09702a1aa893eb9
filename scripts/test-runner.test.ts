import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

/** A repository of its own, with this runner and one test file. */
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-runner-'));
  cpSync(import.meta.dirname, join(root, 'scripts'), {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts'),
  });
  mkdirSync(join(root, 'api'));
  writeRegistry('');
});
afterEach(() => rmSync(root, { recursive: true }));

const writeRegistry = (codes: string) =>
  writeFileSync(
    join(root, 'scripts/testing/registries.ts'),
    `export const registries = { MadeError: { ${codes} } };\n`,
  );

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

describe('error codes of a registry', () => {
  beforeEach(() => {
    writeRegistry('one: 1, two: 2');
    writeFileSync(
      join(root, 'api/made.ts'),
      `import { channel } from 'node:diagnostics_channel';
      export class MadeError extends Error {
        constructor(code) {
          super(code);
          this.name = 'MadeError';
          this.code = code;
          channel('weft:error').publish(this);
        }
      }
      export const make = (code) => new MadeError(code);`,
    );
    writeFileSync(join(root, 'api/program.ts'), `import { make } from './made.ts'; make('two');`);
  });
  const test = (body: string) =>
    `import { spawnSync } from 'node:child_process';
    import { make, MadeError } from './made.ts';
    test('a', () => { ${body} });`;
  const program = `spawnSync(process.execPath, ['api/program.ts']);`;

  it('are met by the code itself, also in programs that tests start', () => {
    assert.deepEqual(runWith(test(`make('one'); ${program}`)), { code: 0, lastLine: '1 passed, 0 failed' });
  });

  it('make the run fail when one was not met, or was made by a test alone', () => {
    const failed = { code: 1, lastLine: '1 passed, 1 failed' };
    assert.deepEqual(runWith(test(`make('one');`)), failed);
    assert.deepEqual(runWith(test(`new MadeError('one'); ${program}`)), failed);
  });

  it('are not asked for of a part, or of a run that failed anyway', () => {
    assert.deepEqual(runWith(test(''), 'api/'), { code: 0, lastLine: '1 passed, 0 failed' });
    assert.deepEqual(runWith(test(`throw new Error('no');`)), { code: 1, lastLine: '0 passed, 1 failed' });
  });
});
