/** The package as others get it: packed, installed into an empty project, used there. */

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { apiPage, apiPagePath } from '../scripts/api-page.ts';
import { startRealServer } from './testing/index.ts';
import { eventually, kill } from './testing/run.ts';
import { skipWithoutServer } from './testing/skip.ts';

const execute = promisify(execFile);
const source = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
const limits = { timeout: 60_000, killSignal: 'SIGKILL' } as const;

it('API.md is what the sources say; if not: node scripts/generate-api.ts', async () => {
  assert.equal(await readFile(apiPagePath, 'utf8'), apiPage());
});

describe('the package', () => {
  let directory: string;
  let built: string;
  let project: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ovsdb-package-'));
    built = join(directory, 'built');
    project = join(directory, 'project');
    const { files } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { files: string[] };
    for (const name of ['package.json', ...files.filter((file) => file !== 'dist')]) {
      await cp(join(source, name), join(built, name), { recursive: true });
    }
    const configuration = join(source, 'tsconfig.build.json');
    const output = join(built, 'dist');
    await execute(process.execPath, [compiler, '-p', configuration, '--outDir', output], limits);
  });

  after(() => rm(directory, { recursive: true, force: true }));

  it('has nothing that publint complains about', async () => {
    const { messages, pkg } = await publint({ pkgDir: built, pack: false, strict: true });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, pkg)),
      [],
    );
  });

  it('can be installed without a network, and has all that is needed there', async () => {
    const { stdout } = await execute('npm', ['pack', '--silent', '--pack-destination', directory], {
      ...limits,
      cwd: built,
    });
    await cp(join(source, 'examples'), project, { recursive: true });
    await writeFile(join(project, 'package.json'), '{ "type": "module", "private": true }');
    const flags = ['--offline', '--no-audit', '--no-fund', '--silent'];
    await execute('npm', ['install', ...flags, join(directory, stdout.trim())], { ...limits, cwd: project });
    const script = "import('ovsdb-client').then(({ ops }) => console.log(ops.abort().op))";
    const loaded = await execute(process.execPath, ['-e', script], { ...limits, cwd: project });
    assert.equal(loaded.stdout, 'abort\n');
  });

  it('runs the example of the README and the command there', { skip: skipWithoutServer }, async (test) => {
    const server = await startRealServer();
    test.after(() => server.remove());
    await server.vsctl('init');
    const example = spawn(process.execPath, ['follow-bridges.ts', server.endpoint], { cwd: project });
    test.after(() => kill(example));
    let printed = '';
    example.stdout.on('data', (chunk) => {
      printed += String(chunk);
    });
    await eventually(() => printed === '1\n', 'the example has made its bridge');
    const command = join(project, 'node_modules/.bin/ovsdb');
    const { stdout } = await execute(command, ['list-dbs', server.endpoint], limits);
    assert.deepEqual(JSON.parse(stdout).sort(), ['Open_vSwitch', '_Server']);
  });
});
