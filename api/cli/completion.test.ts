import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { questionOf } from './completion.ts';
import { createProgram } from './program.ts';
import { type CliHarness, run, startCliHarness } from './testing/run.ts';

const silent = { env: {}, out: () => undefined, err: () => undefined, setExitCode: () => undefined };
const noLaunch = () => Promise.reject(new Error('not part of this test'));

describe('what could come next', () => {
  const program = createProgram(silent, { controller: noLaunch, agent: noLaunch, doctor: noLaunch });
  const words = (...typed: string[]) => questionOf(program, typed).candidates.map(({ word }) => word);
  const kind = (...typed: string[]) => questionOf(program, typed).kind;

  it('is nouns, then verbs, then flags', () => {
    assert.ok(words('').includes('vpc') && words('').includes('completion'));
    assert.ok(!words('').includes('__complete'));
    assert.deepEqual(words('vpc', '').slice(0, 3), ['list', 'get', 'describe']);
    assert.ok(words('sg', '').includes('allow'), 'aliases lead on');
    assert.ok(words('vpc', 'create', '--').includes('--cidr-block'));
    assert.ok(!words('vpc', 'create', '--').includes('--ca'), 'hidden ones are not offered');
  });

  it('is the values of an option', () => {
    assert.deepEqual(words('-o', ''), ['table', 'wide', 'json', 'yaml', 'name']);
    assert.ok(words('vpc', 'list', '--output=').includes('--output=json'));
    assert.equal(kind('subnet', 'create', '--vpc', ''), 'vpc');
    assert.equal(kind('subnet', 'create', '--route-table', ''), 'route-table');
    assert.equal(questionOf(program, ['apply', '-f', '']).files, true);
    assert.deepEqual(questionOf(program, ['vpc', 'list', '--colour=']), { candidates: [] });
    assert.equal(kind('vpc', 'create', '--cidr-block', ''), undefined);
  });

  it('is the names of resources', () => {
    assert.equal(kind('vpc', 'get', ''), 'vpc');
    assert.equal(kind('vpc', 'delete', 'a', 'b', ''), 'vpc');
    assert.equal(kind('--api', 'x', 'vpc', 'get', ''), 'vpc', 'values of options are no arguments');
    assert.equal(kind('sg', 'allow', '--port', '80', ''), 'security-group');
    assert.equal(kind('exec', ''), 'instance');
    assert.equal(kind('vpc', 'get', 'a', ''), undefined, 'there is no second one');
    assert.equal(kind('network-acl', 'remove-entry', 'a', ''), undefined, 'a direction is no resource');
    assert.deepEqual(words('completion', ''), ['bash', 'zsh', 'fish']);
  });
});

describe('weft completion', () => {
  let cli: CliHarness;
  let folder: string;
  before(async () => {
    cli = await startCliHarness();
    folder = await mkdtemp(join(tmpdir(), 'weft-completion-'));
    await mkdir(join(folder, 'bin'));
    await symlink(join(import.meta.dirname, '../../bin/weft'), join(folder, 'bin/weft'));
    await cli.id('vpc create --cidr-block 10.0.0.0/16 --name blue');
    await cli.id('vpc create --cidr-block 10.1.0.0/16 --name black');
    await cli.call('POST', '/v1/vpcs', { spec: { cidrBlock: '10.2.0.0/16' }, tags: { Name: '$(rm x)' } });
  });
  after(async () => {
    await cli.close();
    await rm(folder, { recursive: true });
  });

  it('looks names up, and ids of what has no name that a shell can take', async () => {
    const { out } = await run(['__complete', '--', 'vpc', 'get', 'bl'], { WEFT_API: cli.url });
    assert.match(out, /^blue\tvpc-\w+\nblack\tvpc-\w+\n$/);
    const all = await run(['__complete', '--', 'vpc', 'get', ''], { WEFT_API: cli.url });
    assert.match(all.out, /^vpc-\w+\t\$\(rm x\)$/m);
    const byOption = await run(['__complete', '--', 'vpc', 'get', '--api', cli.url, 'bl'], {});
    assert.match(byOption.out, /^blue\t/);
  });

  it('says nothing when no controller answers', async () => {
    const { code, out, err } = await run(['__complete', '--', 'vpc', 'get', ''], {
      WEFT_API: 'http://127.0.0.1:1',
    });
    assert.deepEqual([code, out, err], [0, '', '']);
    assert.equal((await run(['completion', 'tcsh'])).code, 2);
  });

  /** Runs a script in a shell, where `weft` is the program of this tree; undefined when the shell is not installed. */
  async function inShell(
    shell: string,
    options: readonly string[],
    script: string,
  ): Promise<string[] | undefined> {
    const env = {
      ...process.env,
      PATH: `${folder}/bin:${process.env.PATH}`,
      WEFT_API: cli.url,
      HOME: folder,
    };
    const { stdout } = await promisify(execFile)(shell, [...options, '-c', script], {
      env,
      cwd: folder,
    }).catch((error: NodeJS.ErrnoException & { stdout: string }) => {
      if (error.code === 'ENOENT') return { stdout: undefined };
      throw error;
    });
    return stdout?.split('\n').filter((line) => line !== '');
  }

  it('works in bash', async () => {
    const complete = (...words: string[]) =>
      inShell(
        'bash',
        ['--norc'],
        `source <(weft completion bash); COMP_WORDS=(weft ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _weft 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`,
      );
    assert.deepEqual(await complete('vp'), ['vpc', 'vpc-peering']);
    assert.deepEqual(await complete('vpc', 'get', 'bl'), ['blue', 'black']);
    assert.deepEqual(await complete('vpc', 'list', '--output', '=', 'j'), ['json'], 'as bash splits it');
    assert.deepEqual(await complete('apply', '-f', 'b'), ['bin']);
  });

  it('works in fish', async (context) => {
    const found = await inShell(
      'fish',
      ['--no-config'],
      `weft completion fish | source; complete -C 'weft vpc get bl'`,
    );
    if (!found) return context.skip('fish is not installed');
    assert.deepEqual(found.map((line) => line.split('\t')[0]).sort(), ['black', 'blue']);
  });

  it('is read by zsh', async (context) => {
    // What zsh's line editor would get: its function for lists of words with meanings is replaced by one that prints.
    const script = `compdef() { print "compdef $*" }; _describe() { print -l -- "\${(@P)2}" }; source <(weft completion zsh)
words=(weft vpc get bl); CURRENT=4; _weft`;
    const found = await inShell('zsh', ['-f'], script);
    if (!found) return context.skip('zsh is not installed');
    assert.equal(found[0], 'compdef _weft weft');
    assert.match(found.slice(1).join('\n'), /^blue:vpc-\w+\nblack:vpc-\w+$/);
  });
});
