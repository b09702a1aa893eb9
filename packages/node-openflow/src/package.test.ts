/** The package as others get it: packed, installed into an empty project, used there. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const execute = promisify(execFile);
const source = fileURLToPath(new URL('..', import.meta.url));
const modules = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
const compiler = join(modules, 'typescript/bin/tsc');
const limits = { timeout: 60_000, killSignal: 'SIGKILL' } as const;

const consumer = `
import { decodeMessage, encodeMessage, type FlowMod, formatFlow, parseFlow } from 'node-openflow';
import { TestSwitch } from 'node-openflow/testing';
const flow: FlowMod = parseFlow('table=5,tcp,tp_dst=80 actions=output:2');
const message = decodeMessage(encodeMessage(flow));
console.log(message.type === 'flow-mod' ? formatFlow(message) : '', new TestSwitch({ datapathId: 1n }).flowCount);
`;

describe('the package', () => {
  let directory: string;
  let built: string;
  let project: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'openflow-package-'));
    built = join(directory, 'built');
    project = join(directory, 'project');
    const { files } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { files: string[] };
    for (const name of ['package.json', ...files.filter((file) => file !== 'dist')]) {
      await cp(join(source, name), join(built, name), { recursive: true });
    }
    const output = join(built, 'dist');
    await execute(
      process.execPath,
      [compiler, '-p', join(source, 'tsconfig.build.json'), '--outDir', output],
      limits,
    );
    const { stdout } = await execute('npm', ['pack', '--silent', '--pack-destination', directory], {
      ...limits,
      cwd: built,
    });
    await cp(join(source, 'examples'), project, { recursive: true });
    await writeFile(join(project, 'package.json'), '{ "type": "module", "private": true }');
    const flags = ['--offline', '--no-audit', '--no-fund', '--silent'];
    await execute('npm', ['install', ...flags, join(directory, stdout.trim())], { ...limits, cwd: project });
  });

  after(() => rm(directory, { recursive: true, force: true }));

  it('has nothing that publint complains about', async () => {
    const { messages, pkg } = await publint({ pkgDir: built, pack: false, strict: true });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, pkg)),
      [],
    );
  });

  it('has types for a program of others, and runs in it', async () => {
    await writeFile(join(project, 'consumer.ts'), consumer);
    await symlink(join(modules, '@types'), join(project, 'node_modules/@types'));
    const options = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--types',
      'node',
      '--skipLibCheck',
    ];
    await execute(process.execPath, [compiler, ...options, 'consumer.ts'], { ...limits, cwd: project });
    const { stdout } = await execute(process.execPath, ['consumer.js'], { ...limits, cwd: project });
    assert.equal(stdout, 'table=5, tcp,tp_dst=80 actions=output:2 0\n');
  });

  it('has the command ofp', async () => {
    const running = execute(join(project, 'node_modules/.bin/ofp'), ['roundtrip'], limits);
    running.child.stdin?.end('0614000800000001\n');
    assert.equal((await running).stdout, '{"hex":"0614000800000001"}\n');
  });
});
