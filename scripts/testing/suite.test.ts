import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { runSuite, type SuiteOptions, type Totals } from './suite.ts';

let root: string;
let lines: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-suite-'));
  lines = [];
});
afterEach(() => rmSync(root, { recursive: true }));

/** Writes test files: path → what stands below the import of node:test. */
function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `import test, { before, describe, it } from 'node:test';\n${text}\n`);
  }
}

function run(options: Partial<SuiteOptions> = {}): Promise<Totals> {
  return runSuite({
    root,
    patterns: [],
    mustRunAll: false,
    print: (line) => lines.push(line),
    missing: () => undefined,
    ...options,
  });
}

const printed = () => lines.join('\n');
const PASSING = `test('passes', () => {});`;

describe('counting', () => {
  it('counts tests, not suites, and ends with the totals alone on a line', async () => {
    write({
      'packages/one/src/a.test.ts': `describe('suite', () => { it('a', () => {}); it('b', () => {}); });`,
      'api/b.test.ts': PASSING,
    });
    assert.deepEqual(await run(), { passed: 3, failed: 0, skipped: 0 });
    assert.equal(lines.at(-1), '3 passed, 0 failed');
  });

  it('tells skipped tests apart', async () => {
    write({ 'api/a.test.ts': `${PASSING} test.skip('not now', () => {});` });
    assert.deepEqual(await run(), { passed: 1, failed: 0, skipped: 1 });
    assert.equal(lines.at(-1), '1 passed, 0 failed, 1 skipped');
  });

  it('counts a failing test once and prints its suite, place and error', async () => {
    write({
      'agent/a.test.ts': `${PASSING}\ndescribe('outer', () => { it('inner', () => { throw new Error('broken'); }); });`,
    });
    assert.deepEqual(await run(), { passed: 1, failed: 1, skipped: 0 });
    assert.match(printed(), /outer › inner {2}\(agent\/a\.test\.ts:3\)/);
    assert.match(printed(), /Error: broken/);
    const at = lines.findIndex((line) => line.startsWith('  FAIL'));
    assert.match(lines[at + 1] as string, /^ +inner: Error: broken/);
  });

  it('does not pass a suite whose hook fails', async () => {
    write({
      'agent/a.test.ts': `describe('s', () => { before(() => { throw new Error('hook'); }); it('x', () => {}); });`,
    });
    const totals = await run();
    assert.equal(totals.passed, 0);
    assert.ok(totals.failed > 0);
    assert.match(printed(), /Error: hook/);
    assert.match(printed(), /not run because of that: x/);
  });
});

describe('files that go wrong as a whole', () => {
  it('fails a file without a test', async () => {
    write({ 'api/empty.test.ts': '' });
    assert.deepEqual(await run(), { passed: 0, failed: 1, skipped: 0 });
    assert.match(printed(), /FAIL api\/empty\.test\.ts has no test that came to its end/);
  });

  it('fails a file that cannot be loaded and shows what it printed', async () => {
    write({ 'api/broken.test.ts': `throw new Error('at load');` });
    assert.deepEqual(await run(), { passed: 0, failed: 1, skipped: 0 });
    assert.match(printed(), /Error: at load/);
  });

  it('fails a file that leaves before its tests have ended, even with exit code 0', async () => {
    write({
      'api/leaves.test.ts': `
        ${PASSING}
        test('leaves', async () => { setTimeout(() => process.exit(0), 100); await new Promise(() => {}); });`,
    });
    const totals = await run();
    assert.equal(totals.passed, 1);
    assert.ok(totals.failed > 0);
    assert.match(printed(), /FAIL api\/leaves\.test\.ts/);
  });

  it('ends a file that hangs, with the processes it started, and names the test', async () => {
    const pidFile = join(root, 'pid');
    write({
      'api/hangs.test.ts': `
        import { spawn } from 'node:child_process';
        import { writeFileSync } from 'node:fs';
        ${PASSING}
        test('hangs', () => new Promise(() => {
          const child = spawn('sleep', ['1000'], { stdio: 'inherit' });
          writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
        }));`,
    });
    assert.deepEqual(await run({ unitTimeoutMs: 1_500 }), { passed: 1, failed: 1, skipped: 0 });
    assert.match(printed(), /did not end within 1\.5 s.*not finished: hangs/);
    const pid = spawnSync('cat', [pidFile], { encoding: 'utf8' }).stdout;
    await delay(50);
    assert.doesNotMatch(spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout, /^[RSD]/);
  });
});

describe('choosing files', () => {
  it('runs those whose path has one of the patterns, and no dependencies', async () => {
    write({ 'api/a.test.ts': PASSING, 'agent/b.test.ts': PASSING, 'api/node_modules/c.test.ts': PASSING });
    assert.equal((await run()).passed, 2);
    assert.equal((await run({ patterns: ['agent/'] })).passed, 1);
  });

  it('says so when nothing matches', async () => {
    write({ 'api/a.test.ts': PASSING });
    assert.deepEqual(await run({ patterns: ['nothing'] }), { passed: 0, failed: 0, skipped: 0 });
    assert.match(printed(), /no test file matches nothing/);
  });
});

describe('tests of real networks', () => {
  const NETWORK = { 'agent/a.e2e.test.ts': PASSING, 'labs/b.test.ts': PASSING, 'api/unit.test.ts': PASSING };

  it('run where they can', async () => {
    write(NETWORK);
    assert.deepEqual(await run(), { passed: 3, failed: 0, skipped: 0 });
  });

  it('are skipped with the reason where they cannot', async () => {
    write(NETWORK);
    assert.deepEqual(await run({ missing: () => 'needs root' }), { passed: 1, failed: 0, skipped: 2 });
    assert.match(printed(), /2 files not run: needs root/);
  });

  it('fail where everything must run', async () => {
    write(NETWORK);
    assert.deepEqual(await run({ missing: () => 'needs root', mustRunAll: true }), {
      passed: 1,
      failed: 2,
      skipped: 0,
    });
    assert.match(printed(), /FAIL labs\/b\.test\.ts could not run: needs root/);
  });
});
