/** Replicas over connections that break, against servers of every generation, honest or not. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { ops, type Replica } from '../index.ts';
import {
  clientOf,
  lossesOf,
  rowA,
  rowB,
  schemaJson,
  serve,
  transactionOne,
  transactionTwo,
  zero,
} from '../testing/fixture.ts';
import { ErrorReply, noReply, type RequestHandler, type TestServer } from '../testing/index.ts';
import { eventually } from '../testing/run.ts';

/** A server of the newest generation with one row, which never finds the transaction that a client asks for. */
const oneRow: RequestHandler = () => [false, transactionOne, { T: { [rowA]: { initial: { name: 'a' } } } }];

/** The id of the monitor that was asked for last. */
function monitorIdAt(server: TestServer): unknown {
  return server.arrivals.filter(({ method }) => method.startsWith('monitor')).at(-1)?.params[1];
}

function namesIn(replica: Replica): unknown[] {
  return [...replica.table('T').values()].map(({ name }) => name);
}

function changesOf(replica: Replica): string[] {
  const log: string[] = [];
  replica.on('change', (changes) => {
    log.push(changes.map(({ before, after }) => `${before?.name ?? ''}→${after?.name ?? ''}`).join(' '));
  });
  return log;
}

describe('Replica', () => {
  it('takes in updates that follow its first contents in one piece', async (test) => {
    const server = await serve(test, {
      monitor_cond_since: (_, peer, id) => {
        const reply = { id, result: oneRow([], peer, id), error: null };
        const update = (name: string) => ({
          id: null,
          method: 'update3',
          params: [monitorIdAt(server), transactionTwo, { T: { [rowA]: { modify: { name } } } }],
        });
        peer.sendRaw([reply, update('b'), update('c')].map((message) => JSON.stringify(message)).join(''));
        return noReply;
      },
    });
    const client = clientOf(test, [server]);
    await client.connect();
    const replica = await client.monitor('db', { T: {} });
    await eventually(() => namesIn(replica)[0] === 'c', 'both updates are applied');
    assert.equal(replica.lastTransactionId, transactionTwo);
    assert.equal(replica.synced, true);
    assert.deepEqual(server.arrived('monitor_cond_since')[0]?.params, [
      'db',
      monitorIdAt(server),
      { T: [{ columns: ['name', 'n'] }] },
      zero,
    ]);
  });

  it('can be asked for before there is a connection', async (test) => {
    const server = await serve(test, { monitor_cond_since: oneRow });
    const client = clientOf(test, [server]);
    const monitoring = client.monitor('db', { T: { columns: ['name'] } });
    await client.connect();
    assert.deepEqual([...(await monitoring).table('T').values()], [{ _uuid: rowA, name: 'a' }]);
  });

  it('has its update applied before the reply to the transaction that caused it', async (test) => {
    const server = await serve(test, {
      monitor_cond_since: oneRow,
      transact: (_, peer) => {
        peer.notify('update3', [
          monitorIdAt(server),
          transactionTwo,
          { T: { [rowB]: { insert: { name: 'b' } } } },
        ]);
        return [{ uuid: ['uuid', rowB] }];
      },
    });
    const client = clientOf(test, [server]);
    await client.connect();
    const replica = await client.monitor('db', { T: {} });
    await client.transact('db', [ops.insert('T', { name: 'b' })]);
    assert.deepEqual(namesIn(replica), ['a', 'b']);
  });

  it('resumes after the last transaction when the server finds it', async (test) => {
    const server = await serve(test, { monitor_cond_since: oneRow });
    const client = clientOf(test, [server]);
    await client.connect();
    const replica = await client.monitor('db', { T: {} });
    const changes = changesOf(replica);
    const synced: boolean[] = [];
    replica.on('synced', (value) => synced.push(value));
    server.handlers.monitor_cond_since = () => [
      true,
      transactionTwo,
      { T: { [rowB]: { insert: { name: 'b' } } } },
    ];
    server.disconnectAll();
    await eventually(() => changes.length === 1, 'the change arrives');
    assert.equal(server.arrived('monitor_cond_since')[1]?.params[3], transactionOne);
    assert.deepEqual(changes, ['→b']);
    assert.deepEqual(namesIn(replica), ['a', 'b']);
    assert.equal(replica.lastTransactionId, transactionTwo);
    assert.deepEqual(synced, [false, true]);
  });

  it('reloads when the server does not find it, and reports just the differences, at once', async (test) => {
    const server = await serve(test, { monitor_cond_since: oneRow });
    const client = clientOf(test, [server]);
    await client.connect();
    const replica = await client.monitor('db', { T: {} });
    const changes = changesOf(replica);
    server.handlers.monitor_cond_since = () => [
      false,
      transactionTwo,
      { T: { [rowA]: { initial: { name: 'x' } }, [rowB]: { initial: { name: 'b' } } } },
    ];
    server.disconnectAll();
    await eventually(() => changes.length === 1, 'the differences arrive');
    assert.deepEqual(changes, ['a→x →b']);
    server.handlers.monitor_cond_since = () => [
      false,
      transactionTwo,
      { T: { [rowB]: { initial: { name: 'b' } } } },
    ];
    server.disconnectAll();
    await eventually(() => changes.length === 2, 'the removal arrives');
    assert.deepEqual(changes[1], 'x→');
  });

  it('is silent when nothing has changed meanwhile', async (test) => {
    const server = await serve(test, { monitor_cond_since: oneRow });
    const client = clientOf(test, [server]);
    await client.connect();
    const replica = await client.monitor('db', { T: {} });
    const changes = changesOf(replica);
    const row = replica.find('T', { name: 'a' });
    server.disconnectAll();
    await once(replica, 'synced');
    await once(replica, 'synced');
    assert.deepEqual(changes, []);
    assert.equal(replica.find('T', { name: 'a' }), row);
  });

  it('falls back to monitor_cond and to monitor on older servers', async (test) => {
    const full = { T: { [rowA]: { new: { name: 'a', n: ['set', []] } } } };
    const difference = { T: { [rowA]: { initial: { name: 'a' } } } };
    const generations: [Record<string, RequestHandler>, string, object][] = [
      [
        { monitor: () => full },
        'update',
        { T: { [rowA]: { old: { n: ['set', []] }, new: { name: 'a', n: 7 } } } },
      ],
      [
        { monitor: () => full, monitor_cond: ([name]) => (name === 'db' ? difference : unknownDatabase()) },
        'update2',
        { T: { [rowA]: { modify: { n: 7 } } } },
      ],
    ];
    for (const [handlers, method, update] of generations) {
      const server = await serve(test, handlers);
      if (method === 'update') {
        delete server.handlers.monitor_cond;
      }
      const client = clientOf(test, [server]);
      await client.connect();
      const replica = await client.monitor('db', { T: {} });
      assert.deepEqual(namesIn(replica), ['a']);
      server.peer.notify(method, [monitorIdAt(server), update]);
      await once(replica, 'change');
      assert.equal(replica.find('T', { name: 'a' })?.n, 7);
      server.disconnectAll();
      await once(replica, 'synced');
      await eventually(() => replica.synced, 'it comes back');
    }
  });

  it('refuses conditions when the server knows none', async (test) => {
    const server = await serve(test, { monitor: () => ({}) });
    delete server.handlers.monitor_cond;
    const client = clientOf(test, [server]);
    await client.connect();
    await assert.rejects(client.monitor('db', { T: { where: [['n', '==', 1]] } }), {
      code: 'OVSDB_UNSUPPORTED',
    });
    const replica = await client.monitor('db', { T: {} });
    await assert.rejects(replica.setConditions({ T: [false] }), { code: 'OVSDB_UNSUPPORTED' });
  });

  it('starts anew when an update makes no sense', async (test) => {
    const server = await serve(test, { monitor_cond_since: oneRow });
    const client = clientOf(test, [server]);
    await client.connect();
    const losses = lossesOf(client);
    const replica = await client.monitor('db', { T: {} });
    const changes = changesOf(replica);
    const update = { T: { [rowB]: { insert: { name: 'b' } }, [rowA]: { modify: { name: 7 } } } };
    server.peer.notify('update3', [monitorIdAt(server), transactionTwo, update]);
    await once(client, 'connect');
    await once(replica, 'synced');
    assert.deepEqual(losses, ['OVSDB_BAD_VALUE']);
    assert.deepEqual(changes, []);
    assert.deepEqual(namesIn(replica), ['a']);
    assert.equal(server.arrived('monitor_cond_since')[1]?.params[3], zero);
  });

  it('starts anew when contents make no sense', async (test) => {
    const server = await serve(test, { monitor_cond_since: () => [true] });
    const client = clientOf(test, [server]);
    await client.connect();
    const losses = lossesOf(client);
    const monitoring = client.monitor('db', { T: {} });
    await once(client, 'disconnect');
    server.handlers.monitor_cond_since = oneRow;
    assert.deepEqual(namesIn(await monitoring), ['a']);
    assert.ok(losses.every((code) => code === 'OVSDB_BAD_UPDATE'));
  });

  it('hears nothing from a connection that was given up', async (test) => {
    const server = await serve(test, { monitor_cond_since: oneRow });
    const client = clientOf(test, [server], { inactivityProbeMs: 150 });
    await client.connect();
    const replica = await client.monitor('db', { T: {} });
    const changes = changesOf(replica);
    const { peer: old } = server;
    const oldId = monitorIdAt(server);
    old.socket.pause();
    await once(client, 'connect');
    await eventually(() => replica.synced, 'the replica follows the new connection');
    old.notify('update3', [oldId, transactionTwo, { T: { [rowA]: { delete: null } } }]);
    server.peer.notify('update3', [oldId, transactionTwo, { T: { [rowA]: { delete: null } } }]);
    await client.echo();
    assert.deepEqual(namesIn(replica), ['a']);
    assert.deepEqual(changes, []);
  });

  it('gives up when the first contents do not come in time', async (test) => {
    const server = await serve(test, { monitor_cond_since: () => noReply });
    const client = clientOf(test, [server], { monitorTimeoutMs: 200 });
    await client.connect();
    await assert.rejects(client.monitor('db', { T: {} }), { code: 'OVSDB_TIMEOUT' });
    const signal = AbortSignal.timeout(5);
    await assert.rejects(client.monitor('db', { T: {} }, { signal, timeoutMs: 5000 }), {
      code: 'OVSDB_CANCELED',
    });
    await eventually(() => server.arrived('monitor_cancel').length >= 1, 'the server is told');
    server.handlers.monitor_cond_since = oneRow;
    assert.deepEqual(namesIn(await client.monitor('db', { T: {} })), ['a']);
  });

  it('comes back when the server dropped its monitor, with the schema of then', async (test) => {
    const server = await serve(test, { monitor_cond_since: oneRow });
    const client = clientOf(test, [server]);
    await client.connect();
    const replica = await client.monitor('db', { T: {} });
    const columns = { ...schemaJson.tables.T.columns, extra: { type: 'boolean' } };
    server.handlers.get_schema = () => ({ name: 'db', tables: { T: { columns } } });
    const delayed = once(replica, 'delayed');
    server.peer.notify('monitor_canceled', [monitorIdAt(server)]);
    await delayed;
    assert.equal(replica.synced, false);
    await once(replica, 'synced');
    assert.deepEqual(
      [...replica.table('T').values()],
      [{ _uuid: rowA, name: 'a', n: undefined, extra: false }],
    );
    assert.equal(server.arrived('monitor_cond_since')[1]?.params[3], zero);
  });

  it('ends with an error when its table is gone', async (test) => {
    const server = await serve(test, { monitor_cond_since: oneRow });
    const client = clientOf(test, [server]);
    await client.connect();
    const replica = await client.monitor('db', { T: {} });
    server.handlers.get_schema = () => ({ name: 'db', tables: {} });
    server.peer.notify('monitor_canceled', [monitorIdAt(server)]);
    const [error] = await once(replica, 'error', { signal: AbortSignal.timeout(5000) }).catch((reason) => [
      reason,
    ]);
    assert.equal(error.code, 'OVSDB_NO_SUCH_TABLE');
    await assert.rejects(replica.setConditions({ T: [] }), { code: 'OVSDB_CLOSED' });
    assert.deepEqual(namesIn(replica), ['a']);
  });

  it('reads everything again when conditions changed while it was not connected', async (test) => {
    const server = await serve(test, { monitor_cond_since: oneRow, monitor_cond_change: () => noReply });
    const client = clientOf(test, [server]);
    await client.connect();
    const replica = await client.monitor('db', { T: {} });
    const first = replica.setConditions({ T: [['n', '==', 1]] });
    await eventually(() => server.arrived('monitor_cond_change').length === 1, 'the change is asked for');
    server.disconnectAll();
    await first;
    const [, second] = server.arrived('monitor_cond_since');
    assert.deepEqual(second?.params.slice(2), [
      { T: [{ columns: ['name', 'n'], where: [['n', '==', 1]] }] },
      zero,
    ]);
    server.handlers.monitor_cond_change = () => {
      throw new ErrorReply({ error: 'not supported' });
    };
    await assert.rejects(replica.setConditions({ T: [false] }), { code: 'OVSDB_NOT_SUPPORTED' });
  });
});

function unknownDatabase(): never {
  throw new ErrorReply({ error: 'unknown database' });
}
