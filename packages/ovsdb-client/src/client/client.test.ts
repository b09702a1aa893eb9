/** The client against a server that misbehaves: connecting, requests and their outcomes, hostile messages. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { isOutcomeUnknown, OvsdbClient, type OvsdbClientOptions, ops } from '../index.ts';
import { clientOf, lossesOf, rowA, serve, transactionOne, zero } from '../testing/fixture.ts';
import { noReply } from '../testing/index.ts';
import { eventually } from '../testing/run.ts';

/** An endpoint where nobody listens. */
async function deadEndpoint(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return `tcp:127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

describe('OvsdbClient.connect', () => {
  it('resolves with the first connection, and says which', async (test) => {
    const server = await serve(test);
    const client = clientOf(test, [await deadEndpoint(), server.endpoint]);
    const failures: string[] = [];
    client.on('attemptFailed', (endpoint, reason) => failures.push(`${endpoint} ${reason.code}`));
    const connected = once(client, 'connect');
    await client.connect();
    assert.deepEqual(await connected, [server.endpoint]);
    assert.equal(failures.length, 1);
    assert.match(failures[0] ?? '', /OVSDB_CONNECTION_LOST$/);
    assert.equal(client.connected, true);
    await client.connect();
  });

  it('rejects an endpoint that can never work', async (test) => {
    await assert.rejects(clientOf(test, ['unix:db.sock']).connect(), { code: 'OVSDB_BAD_ENDPOINT' });
    await assert.rejects(clientOf(test, ['http://x']).connect(), { code: 'OVSDB_BAD_ENDPOINT' });
  });

  it('gives up waiting when told so, names the cause, and the client goes on', async (test) => {
    const client = clientOf(test, ['unix:/nonexistent/db.sock']);
    await assert.rejects(client.connect({ timeoutMs: 30 }), {
      code: 'OVSDB_CONNECT_FAILED',
      message: /within 30 ms; last: .*ENOENT.*\/nonexistent\/db\.sock/,
    });
    await once(client, 'attemptFailed');
  });

  it('tries every endpoint once without reconnect', async (test) => {
    const client = clientOf(test, [await deadEndpoint(), await deadEndpoint()], { reconnect: false });
    await assert.rejects(client.connect(), { code: 'OVSDB_CONNECT_FAILED', message: /ECONNREFUSED/ });
    await assert.rejects(client.echo(), { code: 'OVSDB_CONNECT_FAILED' });
  });

  it('gives up an endpoint that accepts and then says nothing', async (test) => {
    const silent = await serve(test, { set_db_change_aware: () => noReply });
    const server = await serve(test);
    const client = clientOf(test, [silent, server], { connectTimeoutMs: 30 });
    await client.connect();
    assert.equal(server.peers.size, 1);
  });

  it('takes old servers that know neither _Server nor database change awareness', async (test) => {
    const server = await serve(test);
    delete server.handlers.set_db_change_aware;
    delete server.handlers.monitor_cond;
    const client = clientOf(test, [server]);
    await client.connect();
    assert.deepEqual(await client.listDatabases(), ['db']);
  });

  it('refuses options that make no sense', () => {
    const bad: Partial<OvsdbClientOptions>[] = [
      { endpoints: [] },
      { requestTimeoutMs: 0 },
      { connectTimeoutMs: Number.NaN },
      { inactivityProbeMs: -1 },
      { maxPendingRequests: 1.5 },
      // A connection is introduced with two requests at once: with a limit of one it would never be ready.
      { maxPendingRequests: 1 },
      { reconnect: { minMs: 100, maxMs: 10 } },
      { monitorTimeoutMs: 2 ** 31 },
    ];
    for (const options of bad) {
      assert.throws(() => new OvsdbClient({ endpoints: ['tcp:h:1'], ...options }), {
        code: 'OVSDB_BAD_OPTION',
      });
    }
  });
});

describe('OvsdbClient requests', () => {
  const insert = [ops.insert('T', { name: 'x' })];

  it('are refused before connect and after close', async (test) => {
    const server = await serve(test);
    const client = clientOf(test, [server]);
    await assert.rejects(client.echo(), { code: 'OVSDB_NOT_CONNECTED', message: /connect\(\) first/ });
    await client.connect();
    const waiting = client.transact('db', insert);
    await client.close();
    await assert.rejects(waiting, /OVSDB_(CONNECTION_LOST|CLOSED)/);
    for (const request of [
      client.echo(),
      client.transact('db', []),
      client.monitor('db', {}),
      client.connect(),
    ]) {
      await assert.rejects(request, { code: 'OVSDB_CLOSED' });
    }
  });

  it('are never sent twice: when the connection breaks, the outcome is unknown', async (test) => {
    const server = await serve(test, { transact: (_, peer) => peer.socket.destroy() && noReply });
    const client = clientOf(test, [server]);
    await client.connect();
    await assert.rejects(client.transact('db', insert), (error: Error) => {
      assert.equal((error as { code?: string }).code, 'OVSDB_CONNECTION_LOST');
      return isOutcomeUnknown(error);
    });
    await client.echo();
    assert.equal(server.arrived('transact').length, 1);
  });

  it('wait for a connection as long as their time allows', async (test) => {
    const server = await serve(test, { transact: () => [{ uuid: ['uuid', rowA] }] });
    const client = clientOf(test, [server]);
    await client.connect();
    server.disconnectAll();
    await once(client, 'disconnect');
    assert.deepEqual(await client.transact('db', insert), [{ uuid: rowA }]);
    await server.close();
    await eventually(() => !client.connected, 'the client notices');
    await assert.rejects(client.transact('db', insert, { timeoutMs: 30 }), { code: 'OVSDB_NOT_CONNECTED' });
    const signal = AbortSignal.timeout(20);
    await assert.rejects(client.transact('db', insert, { signal }), { code: 'OVSDB_CANCELED' });
    await assert.rejects(client.transact('db', insert, { signal }), { code: 'OVSDB_CANCELED' });
  });

  it('are limited in number', async (test) => {
    const server = await serve(test, { echo: () => noReply });
    const client = clientOf(test, [server], {
      maxPendingRequests: 2,
      requestTimeoutMs: 50,
      inactivityProbeMs: 0,
    });
    await client.connect();
    const outcomes = await Promise.allSettled([client.echo(), client.echo(), client.echo()]);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'ok')),
      ['OVSDB_TIMEOUT', 'OVSDB_TIMEOUT', 'OVSDB_OVERFLOW'],
    );
  });

  it('refuse a reply of the wrong form, and the connection stays', async (test) => {
    const server = await serve(test, { transact: () => ({}) });
    const client = clientOf(test, [server]);
    await client.connect();
    await assert.rejects(client.transact('db', insert), { code: 'OVSDB_BAD_MESSAGE' });
    server.handlers.list_dbs = () => [1];
    await assert.rejects(client.listDatabases(), { code: 'OVSDB_BAD_MESSAGE' });
    server.handlers.get_server_id = () => null;
    await assert.rejects(client.getServerId(), { code: 'OVSDB_BAD_MESSAGE' });
    server.handlers.get_schema = () => ({ name: 1 });
    await assert.rejects(client.getSchema('other'), { code: 'OVSDB_BAD_SCHEMA' });
    assert.equal(client.connected, true);
  });

  it('report errors of the server for the request as a whole', async (test) => {
    const server = await serve(test);
    const client = clientOf(test, [server]);
    await client.connect();
    server.handlers.transact = (_, peer, id) => {
      peer.send({ id, error: { error: 'permission error', details: 'no' } });
      return noReply;
    };
    await assert.rejects(client.transact('db', insert), { code: 'OVSDB_PERMISSION', details: 'no' });
  });
});

describe('OvsdbClient and hostile servers', () => {
  const hostile: [string, (string | Buffer)[], string][] = [
    ['bytes that are no JSON', ['HTTP/1.1 400 Bad Request\r\n\r\n'], 'OVSDB_BAD_JSON'],
    ['broken JSON', ['{"id":null,'.concat('}')], 'OVSDB_BAD_JSON'],
    ['bytes that are no UTF-8', [Buffer.from('7b22ff223a317d', 'hex')], 'OVSDB_BAD_JSON'],
    [
      'endless JSON',
      Array.from({ length: 100 }, (_, i) => (i === 0 ? '{"a":"' : 'x'.repeat(1000))),
      'OVSDB_MESSAGE_TOO_LARGE',
    ],
    ['deep nesting', [`{"a":${'['.repeat(1000)}`], 'OVSDB_MESSAGE_TOO_DEEP'],
    ['a reply that nobody asked for', ['{"id":4711,"result":{},"error":null}'], 'OVSDB_BAD_MESSAGE'],
    ['a message of no kind', ['{"hello":"world"}'], 'OVSDB_BAD_MESSAGE'],
    [
      'a bad update of _Server',
      ['{"id":null,"method":"update2","params":["_Server",{"X":{}}]}'],
      'OVSDB_BAD_UPDATE',
    ],
  ];
  for (const [name, pieces, code] of hostile) {
    it(`leaves a server that sends ${name}, and comes back`, async (test) => {
      const server = await serve(test);
      const client = clientOf(test, [server], { maxMessageBytes: 50_000 });
      const losses = lossesOf(client);
      await client.connect();
      for (const piece of pieces) {
        server.peer.sendRaw(piece);
      }
      await eventually(() => losses.length === 1, 'the connection is given up');
      assert.deepEqual(losses, [code]);
      await client.echo();
    });
  }

  it('leaves a server that falls silent', async (test) => {
    const server = await serve(test);
    const client = clientOf(test, [server], { inactivityProbeMs: 150 });
    const losses = lossesOf(client);
    await client.connect();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(losses, []);
    assert.ok(server.arrived('echo').length >= 2);
    server.handlers.echo = () => noReply;
    await eventually(() => losses.length > 0, 'silence is noticed');
    assert.equal(losses[0], 'OVSDB_TIMEOUT');
  });

  it('stays with a server whose notifications concern nobody, and hands them on', async (test) => {
    const server = await serve(test);
    const client = clientOf(test, [server]);
    const losses = lossesOf(client);
    const methods: string[] = [];
    client.on('notification', (method) => methods.push(method));
    await client.connect();
    server.peer.notify('update', ['9.9', { T: {} }]);
    server.peer.notify('update3', [null, zero, {}]);
    server.peer.notify('monitor_canceled', [{}]);
    server.peer.notify('stolen', ['nope']);
    server.peer.notify('something new', [1]);
    assert.deepEqual(await client.echo(transactionOne), [transactionOne]);
    assert.deepEqual(losses, []);
    assert.deepEqual(methods, ['update', 'update3', 'monitor_canceled', 'stolen', 'something new']);
  });

  it('understands replies however they are cut', async (test) => {
    const server = await serve(test, {
      transact: (_, peer, id) => {
        const text = JSON.stringify({ id, result: [{ uuid: ['uuid', rowA] }], error: null });
        for (const character of text) {
          setImmediate(() => peer.sendRaw(character));
        }
        return noReply;
      },
    });
    const client = clientOf(test, [server]);
    await client.connect();
    assert.deepEqual(await client.transact('db', [ops.insert('T', {})]), [{ uuid: rowA }]);
  });
});
