import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { WeftClient } from '../contract/index.ts';
import { run } from './testing/run.ts';

const program = join(import.meta.dirname, '../../bin/weft');

interface Finished {
  readonly code: number | null;
  readonly err: string;
}

/** Starts `weft …` with its log on a pipe; `ready` resolves with the line that says so. */
function start(words: readonly string[], message: string) {
  const child: ChildProcess = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const { promise: ready, resolve } = Promise.withResolvers<Record<string, string>>();
  const messages: string[] = [];
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk) => {
    err += chunk;
  });
  createInterface({ input: child.stdout! }).on('line', (text) => {
    const line = JSON.parse(text);
    messages.push(line.msg);
    if (line.msg === message) resolve(line);
  });
  const finished: Promise<Finished> = once(child, 'close').then(([code]) => ({ code, err }));
  return { child, ready, finished, messages };
}

describe('weft controller', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-cli-'));
  });
  after(() => rm(folder, { recursive: true }));
  const words = (api: string, store = `sqlite:${folder}/weft.db`) => [
    'controller',
    '--api',
    api,
    '--openflow',
    '127.0.0.1:0',
    '--store',
    store,
  ];

  it('serves its API until a signal, and keeps what was written', async () => {
    const first = start(words('127.0.0.1:0'), 'controller ready');
    const { api, openflow, store } = await first.ready;
    assert.match(openflow ?? '', /^tcp:127\.0\.0\.1:[1-9]\d*$/);
    assert.equal(store, `sqlite:${folder}/weft.db`);
    const made = await run([
      'vpc',
      'create',
      '--cidr-block',
      '10.0.0.0/16',
      '-o',
      'name',
      '--api',
      api ?? '',
    ]);
    assert.equal(made.code, 0);
    first.child.kill('SIGTERM');
    assert.deepEqual(await first.finished, { code: 0, err: '' });
    assert.deepEqual(first.messages.slice(-2), ['closing', 'closed']);
    const second = start(words('127.0.0.1:0'), 'controller ready');
    const client = new WeftClient({ url: (await second.ready).api ?? '' });
    assert.equal(`${(await client.list('vpc')).items[0]?.id}\n`, made.out);
    // A watch that is open must not hold up the end.
    const abort = new AbortController();
    const { promise: connected, resolve } = Promise.withResolvers<void>();
    const next = client.watch({ signal: abort.signal, onConnect: resolve }).next();
    await connected;
    second.child.kill('SIGINT');
    assert.equal((await second.finished).code, 0);
    abort.abort();
    assert.equal((await next).done, true);
    client.close();
  });

  it('takes the regions that there are, of which the usual one must be one', async () => {
    const regions = ['--regions', 'north, south', '--region', 'south'];
    const { child, ready, finished } = start(
      [...words('127.0.0.1:0', `sqlite:${folder}/regions.db`), ...regions],
      'controller ready',
    );
    const { api: url = '' } = await ready;
    const ask = (region: string) => fetch(`${url}/v1/vpcs`, { headers: { 'weft-region': region } });
    assert.equal((await ask('north')).status, 200);
    assert.equal((await ask('*')).status, 200);
    const refused = await ask('east');
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /there is no region east.*Use one of north, south\./);
    child.kill('SIGTERM');
    assert.equal((await finished).code, 0);
    for (const [line, reason] of [
      [['--regions', 'north,south'], /us-east-1.*Give --region with one of north, south/],
      [['--regions', 'North'], /no name of a region.*--regions/],
      [['--underlay-mtu', '1337'], /underlay-mtu.*1338/],
    ] as const) {
      const { code, err } = await run([...words('127.0.0.1:0'), ...line]);
      assert.equal(code, 2);
      assert.match(err, reason);
    }
  });

  it('says on one line why it cannot start', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const cases = [
      [words(`127.0.0.1:${port}`), new RegExp(`cannot listen on 127.0.0.1:${port}: the port is in use`)],
      [words('127.0.0.1:0', `sqlite:${folder}/absent/weft.db`), /absent\/weft\.db/],
      [words('127.0.0.1:0', 'paper:/x'), /paper:\/x/],
    ] as const;
    for (const [line, reason] of cases) {
      const { code, err } = await start(line, '').finished;
      assert.equal(code, 1);
      assert.match(err, /^weft: the controller could not start: .*\n$/);
      assert.match(err, reason);
      assert.equal(err.trimEnd().includes('\n'), false);
    }
    other.close();
  });
});

describe('weft agent', () => {
  const words = ['agent', '--controller', 'http://127.0.0.1:1', '--host', 'h1', '--tunnel-ip', '192.0.2.1'];

  it('says on one line why it cannot start', async () => {
    const { code, err } = await start([...words, '--ovsdb', 'unix:/nowhere/db.sock'], '').finished;
    assert.equal(code, 1);
    assert.match(err, /^weft: the agent could not start: .*\/nowhere\/db\.sock.*\n$/);
  });

  it('hands its options to the launcher', async () => {
    const given: unknown[] = [];
    const launchers = {
      controller: () => Promise.reject(new Error('not this one')),
      doctor: () => Promise.reject(new Error('not this one')),
      agent: (options: unknown) => {
        given.push(options);
        return Promise.reject(new Error('enough'));
      },
    };
    const mappings = ['--bridge-mapping', 'external=br-ext', '--bridge-mapping', 'lan=br-lan'];
    const line = [...words, '--ovsdb', 'unix:/db.sock', ...mappings, '--compute', 'netns', '--zone', 'b'];
    const { code, err } = await run(line, {}, launchers);
    assert.equal(code, 1);
    assert.equal(err, 'weft: the agent could not start: enough\n');
    assert.deepEqual(given, [
      {
        controller: 'http://127.0.0.1:1',
        ovsdb: 'unix:/db.sock',
        host: 'h1',
        tunnelIp: '192.0.2.1',
        bridgeMappings: [
          { network: 'external', bridge: 'br-ext' },
          { network: 'lan', bridge: 'br-lan' },
        ],
        zone: 'b',
        compute: 'netns',
      },
    ]);
  });
});
