import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type RealServer, startRealServer } from '../testing/index.ts';
import { eventually } from '../testing/run.ts';
import { skipWithoutServer } from '../testing/skip.ts';

const entry = fileURLToPath(new URL('ovsdb.ts', import.meta.url));

function start(...args: string[]) {
  return spawn(process.execPath, ['--conditions=source', entry, ...args], { timeout: 20_000 });
}

async function ovsdb(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const child = start(...args);
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, out, error };
}

describe('ovsdb, wrong usage', () => {
  it('explains itself', async () => {
    const help = await ovsdb('--help');
    assert.equal(help.code, 0);
    assert.match(help.out, /^usage: ovsdb/);
    const wrong: string[][] = [
      [],
      ['frob', 'tcp:h:1'],
      ['dump'],
      ['list-dbs', 'tcp:h:1', 'x'],
      ['monitor', 'tcp:h:1', 'db'],
      ['--nope'],
    ];
    const outcomes = await Promise.all(wrong.map((args) => ovsdb(...args)));
    for (const { code, out, error } of outcomes) {
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(error, /^ovsdb: .*\nusage: /);
    }
  });

  it('says in one line why a server cannot be reached', async () => {
    const relative = await ovsdb('list-dbs', 'unix:db.sock');
    assert.equal(relative.code, 1);
    assert.match(relative.error, /^ovsdb: OVSDB_BAD_ENDPOINT: .*did you mean unix:\/.*\n$/);
    const missing = await ovsdb('--timeout', '0.1', 'list-dbs', 'unix:/nonexistent.sock');
    assert.equal(missing.code, 1);
    assert.match(missing.error, /^ovsdb: OVSDB_CONNECT_FAILED: .*ENOENT.*\n$/);
  });
});

describe('ovsdb with ovsdb-server', { skip: skipWithoutServer }, () => {
  let server: RealServer;

  before(async () => {
    server = await startRealServer();
    await server.vsctl('init');
    await server.vsctl('add-br', 'br0', '--', 'br-set-external-id', 'br0', 'a', 'b');
  });

  after(() => server.remove());

  it('lists databases and prints a schema', async () => {
    assert.deepEqual(JSON.parse((await ovsdb('list-dbs', server.endpoint)).out), ['Open_vSwitch', '_Server']);
    const schema = JSON.parse((await ovsdb('get-schema', server.endpoint, 'Open_vSwitch')).out);
    assert.equal(schema.name, 'Open_vSwitch');
  });

  it('executes a transaction', async () => {
    const select = '["Open_vSwitch",{"op":"select","table":"Bridge","where":[],"columns":["name"]}]';
    const { code, out } = await ovsdb('transact', server.endpoint, select);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), [{ rows: [{ name: 'br0' }] }]);
  });

  it('tells a failed transaction by its exit code', async () => {
    const aborted = await ovsdb('transact', server.endpoint, '["Open_vSwitch",{"op":"abort"}]');
    assert.equal(aborted.code, 1);
    assert.match(aborted.error, /operation 0 failed: aborted/);
    const broken = await ovsdb('transact', server.endpoint, '{');
    assert.equal(broken.code, 2);
    const unknown = await ovsdb('transact', server.endpoint, '["nope"]');
    assert.equal(unknown.code, 1);
    assert.match(unknown.error, /OVSDB_UNKNOWN_DATABASE/);
  });

  it('dumps tables', async () => {
    const all = JSON.parse((await ovsdb('dump', server.endpoint, 'Open_vSwitch')).out);
    assert.equal(Object.keys(all).length, 19);
    const { out } = await ovsdb('dump', server.endpoint, 'Open_vSwitch', 'Bridge', 'Port');
    const { Bridge, Port } = JSON.parse(out);
    assert.equal(Bridge[0].name, 'br0');
    assert.deepEqual(Bridge[0].external_ids, { a: 'b' });
    assert.equal(Bridge[0].datapath_id, null);
    assert.deepEqual(Bridge[0].ports, [Port[0]._uuid]);
    assert.match((await ovsdb('dump', server.endpoint, 'Open_vSwitch', 'Nope')).error, /OVSDB_NO_SUCH_TABLE/);
  });

  it('monitors until it is interrupted', async () => {
    const child = start('monitor', server.endpoint, 'Open_vSwitch', 'Port');
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += String(chunk);
    });
    const lines = () => printed.split('\n').slice(0, -1);
    await eventually(() => lines().length === 1, 'the first row is printed');
    await server.vsctl('add-port', 'br0', 'p1');
    await eventually(() => lines().length === 2, 'the new row is printed');
    await server.vsctl('del-port', 'br0', 'p1');
    await eventually(() => lines().length === 3, 'the removal is printed');
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
    const [first, added, removed] = lines().map((line) => JSON.parse(line));
    assert.deepEqual([first.table, first.after.name, first.before], ['Port', 'br0', undefined]);
    assert.deepEqual([added.after.name, added.before], ['p1', undefined]);
    assert.deepEqual([removed.before.name, removed.after], ['p1', undefined]);
  });
});
