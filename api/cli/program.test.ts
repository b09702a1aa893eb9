import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { hostSpec } from '../rest/testing/harness.ts';
import { CliError, cliErrorCodes, errorLine } from './errors.ts';
import { type CliHarness, run, startCliHarness } from './testing/run.ts';

describe('the command line', () => {
  let cli: CliHarness;
  before(async () => {
    cli = await startCliHarness();
    await cli.call('PUT', '/v1/hosts/h1', { spec: hostSpec });
    await cli.id('vpc create --cidr-block 10.0.0.0/16 --name blue');
    await cli.id('subnet create --vpc blue --cidr-block 10.0.1.0/24 --name web');
  });
  after(() => cli.close());

  it('exits with 2 and a hint when it is wrong', async () => {
    const unknown = await cli.weft('vcp list');
    assert.equal(unknown.code, 2);
    assert.match(
      unknown.err,
      /^weft: unknown command 'vcp' — Did you mean vpc\? weft --help shows what can be given\.\n$/,
    );
    const missing = await cli.weft('vpc create');
    assert.equal(missing.code, 2);
    assert.match(
      missing.err,
      /^weft: required option '--cidr-block <cidr>' not specified — weft vpc create --help shows what can be given\.\n$/,
    );
    for (const line of [
      'vpc list --colour',
      'vpc list -o xml',
      'vpc get',
      'vpc create --cidr-block 10.0.0.0/16 --tag x',
      'vpc create --cidr-block 10.0.0.0/16 --wait --timeout 90',
      'external-network create --name e --cidr-block 203.0.113.0/24 --range 203.0.113.5',
      'instance run',
      'exec vm',
      'exec vm --',
      'instance run --subnet web --interface eni',
      'controller --store sqlite:/tmp/x --api 8080',
      'agent --controller http://x --ovsdb unix:/x --host h --tunnel-ip 192.0.2.1 --bridge-mapping external',
      'agent --controller http://x --ovsdb unix:/x --host h --tunnel-ip 192.0.2.1 --compute qemu',
    ]) {
      const outcome = await cli.weft(line);
      assert.equal(outcome.code, 2, line);
      assert.match(outcome.err, /^weft: /, line);
      assert.equal(outcome.out, '', line);
    }
  });

  it('helps', async () => {
    const { code, out } = await cli.weft('security-group allow --help');
    assert.equal(code, 0);
    assert.match(out, /--from-cidr <cidr>/);
    assert.equal((await cli.weft('--help')).code, 0);
  });

  it('exits with 1 and says field, value and fix when it is refused', async () => {
    const { code, err, out } = await cli.weft('vpc create --cidr-block ten');
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(
      err,
      /^weft: spec\.cidrBlock does not have the form of: .* \(ten\) — Give spec\.cidrBlock as .*10\.0\.0\.0\/16\.\n$/,
    );
    assert.equal((await cli.weft('vpc get green')).code, 1);
    assert.equal((await cli.weft('vpc get vpc-00000000000000000')).code, 1);
  });

  it('exits with 3 when nobody answers', async () => {
    const { code, err } = await run(['vpc', 'list', '--api', 'http://127.0.0.1:1']);
    assert.equal(code, 3);
    assert.match(
      err,
      /^weft: cannot reach the controller at http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED.* — Start the controller/,
    );
  });

  it('takes the address of the API from the option, then from WEFT_API', async () => {
    const byOption = await run(['vpc', 'list', '--api', cli.url], { WEFT_API: 'http://127.0.0.1:1' });
    assert.equal(byOption.code, 0);
    assert.equal((await run(['--api', cli.url, 'vpc', 'list'])).code, 0);
    const wrong = await run(['vpc', 'list'], { WEFT_API: 'localhost:8080' });
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /\(WEFT_API, localhost:8080\) — Give it as http:\/\/HOST:PORT/);
  });

  it('waits for the hosts, and fails when they have not confirmed', async () => {
    cli.controller.appliedCalls = [];
    assert.equal((await cli.weft('vpc create --cidr-block 10.1.0.0/16 --wait')).code, 0);
    assert.equal(cli.controller.appliedCalls.at(-1)?.timeoutMs, 10_000);
    cli.controller.receipt = {
      applied: false,
      hosts: [
        { host: 'h1', state: 'disconnected' },
        { host: 'h2', state: 'rejected', error: 'OFPFMFC_TABLE_FULL' },
      ],
    };
    const late = await cli.weft('vpc create --cidr-block 10.2.0.0/16 --wait --timeout 0.1 -o name');
    assert.equal(late.code, 1);
    assert.match(late.out, /^vpc-/, 'what was written is told all the same');
    assert.match(
      late.err,
      /revision \d+ is written, but .*: h1 is disconnected, h2 is rejected \(OFPFMFC_TABLE_FULL\) — A switch /,
    );
    cli.controller.receipt = { applied: true, hosts: [] };
  });

  it('waits until an instance runs, and is bound', async () => {
    const bind = async (id: string) => {
      const { body } = await cli.call('GET', `/v1/instances/${id}`);
      await cli.controller.bind('h1', { networkInterfaceId: body.spec.networkInterfaceIds[0], ofport: 1 });
    };
    const before = cli.controller.revision;
    const watching = cli.controller.watch(before, async (commit) => {
      const [change] = commit.changes;
      if (change?.after?.kind !== 'instance' || change.after.status.state !== 'pending') return;
      const { id } = change.after;
      const failed = change.after.spec.name === 'bad';
      setTimeout(async () => {
        if (!failed) await bind(id);
        await cli.controller.setInstanceStatus(
          id,
          failed ? { state: 'failed', reason: 'no memory' } : { state: 'running' },
        );
      }, 30);
    });
    const good = await cli.weft('instance run --subnet web --name good --wait');
    assert.equal(good.code, 0);
    assert.match(good.out, /good +running +h1/);
    const bad = await cli.weft('instance run --subnet web --name bad --wait');
    assert.equal(bad.code, 1);
    assert.match(bad.err, /^weft: instance i-\w+ failed: no memory — /);
    (await watching).close();
    const slow = await cli.weft('instance run --subnet web --name slow --wait --timeout 0.1');
    assert.equal(slow.code, 1);
    assert.match(slow.err, /is still pending after 0\.1 s/);
  });

  it('refuses to enter instances that are not here', async () => {
    const id = await cli.id('instance run --subnet web --name vm');
    assert.match((await cli.weft('exec vm -- true')).err, /is pending — /);
    const enter = async (status: object) => {
      await cli.controller.setInstanceStatus(id, { state: 'running', ...status });
      return cli.weft('exec vm -- true');
    };
    assert.match((await enter({ driver: 'qemu' })).err, /is no network namespace/);
    assert.match((await enter({ driver: 'netns', namespace: '../../etc' })).err, /is no network namespace/);
    const elsewhere = await enter({ driver: 'netns', namespace: 'weft-not-here' });
    assert.equal(elsewhere.code, 1);
    assert.match(elsewhere.err, /runs on host h1, which is not on this machine — Run the command on h1\./);
  });

  it('runs a command in a namespace, and ends with its exit code', async () => {
    const namespace = `weft-cli-${process.pid}`;
    const isRoot = process.getuid?.() === 0;
    const id = await cli.id('instance run --subnet web --name here');
    await cli.controller.setInstanceStatus(id, { state: 'running', driver: 'netns', namespace });
    if (!isRoot) {
      assert.match((await cli.weft('exec here -- true')).err, /not on this machine|by root only/);
      return;
    }
    const ip = promisify(execFile);
    await ip('ip', ['netns', 'add', namespace]);
    try {
      // The namespace is new: its only interface is a loopback that is down.
      const only = [
        'exec',
        'here',
        '--',
        'sh',
        '-c',
        'exit $(($(ls /proc/self/net/dev_snmp6 | wc -l) + 40))',
      ];
      assert.equal((await run(only, { WEFT_API: cli.url })).code, 41);
      assert.equal((await cli.weft('exec here sh -c false')).code, 1);
      assert.equal(
        (await run(['exec', 'here', '--', 'sh', '-c', 'kill -TERM $$'], { WEFT_API: cli.url })).code,
        143,
      );
    } finally {
      await ip('ip', ['netns', 'delete', namespace]);
    }
  });

  it('writes errors on one line, without saying a thing twice', () => {
    const error = new CliError('usage', 'two\n  lines', { field: '--x', value: 'a', fix: 'Do.' });
    assert.equal(errorLine(error), 'weft: two; lines (--x, a) — Do.');
    assert.equal(
      errorLine(new CliError('usage', 'no --x a', { field: '--x', value: 'a' })),
      'weft: no --x a',
    );
    assert.equal(errorLine(new Error('plain')), 'weft: plain');
    assert.deepEqual(new Set(Object.values(cliErrorCodes).map(({ exit }) => exit)), new Set([1, 2]));
  });
});

describe('bin/weft', () => {
  const root = join(import.meta.dirname, '../..');
  const weft = (words: string[], env: Record<string, string> = {}) =>
    promisify(execFile)(join(root, 'bin/weft'), words, { env: { ...process.env, ...env } }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    );

  it('is the same command line, with its exit codes', async () => {
    await access(join(root, 'bin/weft'));
    const cli = await startCliHarness();
    const made = await weft(['vpc', 'create', '--cidr-block', '10.0.0.0/16', '-o', 'name'], {
      WEFT_API: cli.url,
    });
    assert.match(made.stdout, /^vpc-[0-9a-f]{17}\n$/);
    assert.equal(made.stderr, '');
    await cli.close();
    const [refused, wrong] = await Promise.all([
      weft(['vpc', 'list'], { WEFT_API: cli.url }),
      weft(['vpc', 'lst']),
    ]);
    assert.equal(refused.code, 3);
    assert.equal(wrong.code, 2);
  });
});
