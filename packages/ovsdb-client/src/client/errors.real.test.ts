/** Every code of the registry is reached here: by a real server wherever a real one can give it. */

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type Operation,
  OvsdbClient,
  type OvsdbClientOptions,
  type OvsdbError,
  type OvsdbErrorCode,
  ops,
  ovsdbErrors,
  uuid,
} from '../index.ts';
import { remoteErrorCodes } from '../remote-errors.ts';
import { makeCertificates } from '../testing/certificates.ts';
import { clientOf, serve } from '../testing/fixture.ts';
import { ErrorReply, RealServer, startRealServer } from '../testing/index.ts';
import { run } from '../testing/run.ts';
import { skipWithoutServer } from '../testing/skip.ts';
import { strictSchema } from '../testing/strict-schema.ts';

const database = 'strict';
const noRow = uuid('00000000-0000-0000-0000-00000000000f');
const thing = (row: object) => [ops.insert('Thing', row)];

/** Transactions that a real server refuses, with what it says. */
const refusedTransactions: [OvsdbErrorCode, RegExp, readonly Operation[]][] = [
  ['OVSDB_CONSTRAINT', /not one of the allowed values/, thing({ color: 'blue' })],
  ['OVSDB_CONSTRAINT', /not in the valid range 0 to 7/, thing({ level: 8 })],
  ['OVSDB_CONSTRAINT', /not in the valid range 0 to 1/, thing({ ratio: 1.5 })],
  ['OVSDB_CONSTRAINT', /length 4 is greater than maximum/, thing({ short: 'four' })],
  ['OVSDB_CONSTRAINT', /length 2 is less than minimum/, thing({ long: 'no' })],
  ['OVSDB_CONSTRAINT', /immutable column/, [ops.update('Thing', [], { fixed: 'x' })]],
  ['OVSDB_CONSTRAINT', /index/, [...thing({ name: 'twin' }), ...thing({ name: 'twin' })]],
  ['OVSDB_CONSTRAINT', /contain 2 rows/, [ops.insert('Root', {}), ops.insert('Root', {})]],
  [
    'OVSDB_CONSTRAINT',
    /weak/,
    [
      ops.insert('Pet', { name: 'idol' }, 'p'),
      ops.insert('Fan', { idols: [ops.namedUuid('p')] }),
      ops.delete('Pet', [['name', '==', 'idol']]),
    ],
  ],
  ['OVSDB_CONSTRAINT', /./, [...thing({ few: [1, 2] }), ops.mutate('Thing', [], [['few', 'insert', [3]]])]],
  ['OVSDB_REFERENTIAL_INTEGRITY', /nonexistent row/, thing({ pet: noRow })],
  ['OVSDB_REFERENTIAL_INTEGRITY', /remaining reference/, [ops.delete('Pet', [['name', '==', 'owned']])]],
  ['OVSDB_DUPLICATE_UUID_NAME', /./, [ops.insert('Pet', {}, 'p'), ops.insert('Pet', {}, 'p')]],
  ['OVSDB_DUPLICATE_UUID', /./, [ops.insertWithUuid('Pet', {}, noRow), ops.insertWithUuid('Pet', {}, noRow)]],
  ['OVSDB_DOMAIN', /zero/, [...thing({ level: 1 }), ops.mutate('Thing', [], [['level', '/=', 0]])]],
  [
    'OVSDB_RANGE',
    /range/,
    [
      ...thing({ few: [Number.MAX_SAFE_INTEGER] }),
      ops.mutate('Thing', [], [['few', '*=', Number.MAX_SAFE_INTEGER]]),
    ],
  ],
  ['OVSDB_WAIT_TIMED_OUT', /./, [ops.wait('Pet', [], '==', [{ name: 'x' }], { timeoutMs: 0 })]],
  ['OVSDB_ABORTED', /./, [ops.abort()]],
  ['OVSDB_NOT_OWNER', /lock/, [ops.assert('L')]],
  ['OVSDB_BAD_OPERATION', /nonsense/, [{ op: 'nonsense', table: 'Pet' } as never]],
  ['OVSDB_BAD_VALUE', /level/, thing({ level: 'high' })],
  ['OVSDB_NO_SUCH_TABLE', /Nope/, [ops.insert('Nope', {})]],
  ['OVSDB_NO_SUCH_COLUMN', /nope/, thing({ nope: 1 })],
];

/** Requests that a real server refuses as they are, past the checks of the client. */
const refusedRequests: [OvsdbErrorCode, string, unknown[]][] = [
  ['OVSDB_SYNTAX', 'get_schema', []],
  ['OVSDB_SYNTAX', 'transact', []],
  ['OVSDB_SYNTAX', 'monitor', [database, 'm', { Nope: [{}] }]],
  ['OVSDB_SYNTAX', 'monitor_cond_change', ['none', 'none', {}]],
  ['OVSDB_SYNTAX', 'unlock', ['not_asked_for']],
  ['OVSDB_SYNTAX', 'convert', [database, { name: 'other', version: '1.0.0', tables: {} }]],
  ['OVSDB_UNKNOWN_DATABASE', 'transact', ['nope']],
  ['OVSDB_UNKNOWN_METHOD', 'sing', []],
  ['OVSDB_UNKNOWN_MONITOR', 'monitor_cancel', ['none']],
];

/** Errors that only the test server gives, and why. */
const onlyFromTestServer: Partial<Record<OvsdbErrorCode, string>> = {
  OVSDB_RESOURCES_EXHAUSTED: 'ovsdb-server ends when it has no memory, rather than refuse a transaction',
  OVSDB_NOT_SUPPORTED: 'ovsdb-server supports every operation of the RFC',
  OVSDB_CLUSTER: 'ovsdb-server tries the transaction again by itself when the cluster is in trouble',
  OVSDB_REMOTE: 'ovsdb-server 3.1 has no error that is missing in the registry',
  OVSDB_UNSUPPORTED: 'it takes a server from before Open vSwitch 2.6',
  OVSDB_BAD_JSON: 'ovsdb-server sends JSON only',
  OVSDB_MESSAGE_TOO_DEEP: 'ovsdb-server sends no deep messages',
  OVSDB_BAD_MESSAGE: 'ovsdb-server keeps to the protocol',
  OVSDB_BAD_UPDATE: 'ovsdb-server keeps to the protocol',
  OVSDB_BAD_SCHEMA: 'ovsdb-server reads no bad schema',
};

describe('the errors of a real ovsdb-server', { skip: skipWithoutServer }, () => {
  const reached = new Set<OvsdbErrorCode>();
  let directory: string;
  let schemaPath: string;
  let server: RealServer;
  let client: OvsdbClient;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ovsdb-errors-'));
    schemaPath = join(directory, 'strict.ovsschema');
    await writeFile(schemaPath, JSON.stringify(strictSchema));
    server = await startRealServer({ schemas: [schemaPath] });
    client = await connected({ endpoints: [server.endpoint] });
    await client.transact(database, [
      ops.insert('Pet', { name: 'owned' }, 'pet'),
      ops.insert('Thing', { name: 'owner', pet: ops.namedUuid('pet') }),
    ]);
  });

  after(async () => {
    await client.close();
    await server.remove();
    await rm(directory, { recursive: true, force: true });
  });

  async function connected(options: OvsdbClientOptions): Promise<OvsdbClient> {
    const made = new OvsdbClient(options);
    await made.connect({ timeoutMs: 5000 });
    return made;
  }

  /** Asserts that `attempt` fails with `code`, and notes that the code was reached. */
  async function fails(code: OvsdbErrorCode, attempt: Promise<unknown>, message = /./): Promise<void> {
    await assert.rejects(attempt, { code, message });
    reached.add(code);
  }

  for (const [code, message, operations] of refusedTransactions) {
    it(`${code} for a transaction: ${message.source}`, async () => {
      await fails(code, client.transact(database, operations), message);
    });
  }

  for (const [code, method, params] of refusedRequests) {
    it(`${code} for ${method} ${JSON.stringify(params)}`, async () => {
      await fails(code, client.request(method, params));
    });
  }

  it('what the client finds out by itself', async () => {
    const endpoints = [server.endpoint];
    const wait = [ops.wait('Pet', [], '==', [{ name: 'never' }])];
    await fails('OVSDB_BAD_ENDPOINT', connected({ endpoints: ['db.sock'] }));
    await fails('OVSDB_BAD_OPTION', (async () => new OvsdbClient({ endpoints: [] }))());
    await fails('OVSDB_CONNECT_FAILED', connected({ endpoints: ['unix:/none'], reconnect: false }));
    await fails('OVSDB_NOT_CONNECTED', new OvsdbClient({ endpoints }).echo());
    await fails('OVSDB_TIMEOUT', client.transact(database, wait, { timeoutMs: 30 }));
    const signal = AbortSignal.timeout(30);
    await fails('OVSDB_CANCELED', client.transact(database, wait, { signal }));
    const narrow = await connected({ endpoints, maxPendingRequests: 2 });
    const [, , refused] = await Promise.allSettled([narrow.echo(), narrow.echo(), narrow.echo()]);
    await fails('OVSDB_OVERFLOW', Promise.reject((refused as PromiseRejectedResult).reason));
    await narrow.close();
    await fails('OVSDB_CLOSED', narrow.echo());
  });

  it('what costs the connection', async () => {
    const losses: OvsdbError[] = [];
    const small = await connected({ endpoints: [server.endpoint], maxMessageBytes: 5000, reconnect: false });
    small.on('disconnect', (reason) => losses.push(reason));
    await fails('OVSDB_CONNECTION_LOST', small.echo('x'.repeat(6000)));
    assert.equal(losses[0]?.code, 'OVSDB_MESSAGE_TOO_LARGE');
    reached.add('OVSDB_MESSAGE_TOO_LARGE');
    await small.close();
  });

  it('OVSDB_NOT_ALLOWED: _Server is for reading only', async () => {
    await fails('OVSDB_NOT_ALLOWED', client.transact('_Server', [ops.commit(true)]));
  });

  it('OVSDB_IO: the disk is full', async (test) => {
    const full = await startRealServer({ schemas: [schemaPath], maxFileKiB: 16 });
    test.after(() => full.remove());
    const writer = await connected({ endpoints: [full.endpoint] });
    test.after(() => writer.close());
    const large = [ops.insert('Pet', { name: 'x'.repeat(20_000) })];
    await fails('OVSDB_IO', writer.transact(database, large));
  });

  it('a member that has not joined its cluster yet', async (test) => {
    const home = join(directory, 'joining');
    const file = join(home, 'cluster.db');
    await mkdir(home);
    const rafts = [`unix:${join(home, 'me.raft')}`, `unix:${join(home, 'nobody.raft')}`];
    await run('ovsdb-tool', ['join-cluster', file, database, ...rafts]);
    const joining = new RealServer(home, [file]);
    test.after(() => joining.remove());
    await joining.start();
    const visitor = await connected({ endpoints: [joining.endpoint], reconnect: false });
    const reasons: OvsdbError[] = [];
    visitor.on('disconnect', (reason) => reasons.push(reason));
    await fails('OVSDB_DATABASE_UNAVAILABLE', visitor.request('get_schema', [database]));
    await assert.rejects(visitor.getSchema(database));
    assert.equal(reasons[0]?.code, 'OVSDB_STALE_SERVER');
    reached.add('OVSDB_STALE_SERVER');
  });

  it('OVSDB_PERMISSION: the role of the client does not allow it', async (test) => {
    const certificates = await makeCertificates();
    test.after(() => certificates.remove());
    const guarded = await startRealServer({
      schemas: [schemaPath],
      args: ['--remote=db:strict,Root,connections', ...certificates.serverArguments('server')],
    });
    test.after(() => guarded.remove());
    const owner = await connected({ endpoints: [guarded.endpoint] });
    test.after(() => owner.close());
    await owner.transact(database, [
      ops.insert('RBAC_Permission', { table: 'Pet', authorization: [''], insert_delete: true }, 'pets'),
      ops.insert('RBAC_Role', { name: 'keeper', permissions: new Map([['Pet', ops.namedUuid('pets')]]) }),
      ops.insert('Connection', { target: 'pssl:0:127.0.0.1', role: 'keeper' }, 'connection'),
      ops.insert('Root', { connections: [ops.namedUuid('connection')] }),
    ]);
    const tls = {
      ca: await certificates.read('authority.pem'),
      cert: await certificates.read('client.pem'),
      key: await certificates.read('client.key'),
    };
    const keeper = await connected({ endpoints: [`ssl:127.0.0.1:${await guarded.listeningPort()}`], tls });
    test.after(() => keeper.close());
    await keeper.transact(database, [ops.insert('Pet', { name: 'cat' })]);
    await fails('OVSDB_PERMISSION', keeper.transact(database, thing({ name: 'not mine' })));
  });

  it('reach, with those of the test server, the whole registry', () => {
    // Followers are refused in cluster.test.ts and cluster.real.test.ts; listeners that throw are a matter of
    // connection.test.ts, because their errors also reach the process.
    const elsewhere: OvsdbErrorCode[] = ['OVSDB_NOT_LEADER', 'OVSDB_LISTENER_FAILED'];
    const all = [...reached, ...Object.keys(onlyFromTestServer), ...elsewhere].sort();
    assert.deepEqual(all, Object.keys(ovsdbErrors).sort());
  });
});

describe('errors of the test server', () => {
  const tags: [string, OvsdbErrorCode][] = [...remoteErrorCodes, ['something new', 'OVSDB_REMOTE']];
  for (const [tag, code] of tags) {
    it(`${tag} is ${code}, in the results and as reply`, async (test) => {
      const server = await serve(test, { transact: () => [{ error: tag, details: 'why' }] });
      const client = clientOf(test, [server]);
      await client.connect();
      const refused = { code, tag, details: 'why' };
      await assert.rejects(client.transact('db', [ops.comment('x')]), { ...refused, operationIndex: 0 });
      server.handlers.transact = () => {
        throw new ErrorReply({ error: tag, details: 'why' });
      };
      await assert.rejects(client.transact('db', []), refused);
    });
  }
});
