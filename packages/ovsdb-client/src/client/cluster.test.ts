/** Which servers a client accepts, by what they say of themselves in `_Server`; and locks. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { OvsdbClient } from '../index.ts';
import { clientOf, lossesOf, rowA, schemaJson, serve } from '../testing/fixture.ts';
import type { TestServer } from '../testing/index.ts';
import { eventually } from '../testing/run.ts';

function member(state: { leader?: boolean; connected?: boolean; index?: number; schema?: false }): object {
  const { leader = false, connected = true, index = 10, schema } = state;
  const text = schema === false ? {} : { schema: JSON.stringify(schemaJson) };
  return {
    name: 'db',
    model: 'clustered',
    ...(leader ? { leader } : {}),
    ...(connected ? { connected } : {}),
    index,
    ...text,
  };
}

const memberServer = (test: Parameters<typeof serve>[0], state: Parameters<typeof member>[0]) =>
  serve(test, {}, { databases: { [rowA]: { initial: member(state) } } });

function tell(server: TestServer, change: object): void {
  server.peer.notify('update2', ['_Server', { Database: { [rowA]: { modify: change } } }]);
}

async function rejections(client: OvsdbClient, count: number): Promise<string[]> {
  const codes: string[] = [];
  client.on('attemptFailed', (_, reason) => codes.push(reason.code));
  await eventually(() => codes.length >= count, 'the server is refused');
  return codes.slice(0, count);
}

describe('OvsdbClient and clusters', () => {
  it('takes only the leader when told so', async (test) => {
    for (const leaderOnly of [true, ['db']]) {
      const follower = await memberServer(test, {});
      const leader = await memberServer(test, { leader: true });
      const client = clientOf(test, [follower, leader], { leaderOnly });
      const refused = rejections(client, 1);
      const connected = once(client, 'connect');
      await client.connect();
      assert.deepEqual(await connected, [leader.endpoint]);
      assert.deepEqual(await refused, ['OVSDB_NOT_LEADER']);
    }
  });

  it('takes a follower otherwise, or when another database is to be led', async (test) => {
    for (const leaderOnly of [false, ['other']]) {
      const follower = await memberServer(test, {});
      const client = clientOf(test, [follower], { leaderOnly });
      await client.connect();
      await client.getSchema('db');
      assert.equal(client.connected, true);
    }
  });

  it('moves on when the leader is deposed', async (test) => {
    const first = await memberServer(test, { leader: true });
    const second = await memberServer(test, { leader: true });
    const client = clientOf(test, [first, second], { leaderOnly: true });
    await client.connect();
    const losses = lossesOf(client);
    const reconnected = once(client, 'connect');
    tell(first, { leader: false });
    assert.deepEqual(await reconnected, [second.endpoint]);
    assert.deepEqual(losses, ['OVSDB_NOT_LEADER']);
  });

  it('leaves a member that lost touch with its cluster, once its database matters', async (test) => {
    const lost = await memberServer(test, { connected: false });
    const good = await memberServer(test, {});
    const client = clientOf(test, [lost, good]);
    await client.connect();
    assert.equal(lost.peers.size, 1);
    const losses = lossesOf(client);
    await client.getSchema('db');
    assert.deepEqual(losses, ['OVSDB_STALE_SERVER']);
    assert.equal(good.peers.size, 1);
    tell(good, { connected: false });
    await once(client, 'disconnect');
    assert.deepEqual(losses, ['OVSDB_STALE_SERVER', 'OVSDB_STALE_SERVER']);
  });

  it('leaves a member that has not joined its cluster yet', async (test) => {
    const joining = await memberServer(test, { schema: false });
    const client = clientOf(test, [joining], { leaderOnly: ['db'] });
    const refused = rejections(client, 1);
    await assert.rejects(client.connect({ timeoutMs: 50 }), {
      code: 'OVSDB_CONNECT_FAILED',
      message: /not joined/,
    });
    assert.deepEqual(await refused, ['OVSDB_STALE_SERVER']);
  });

  it('never goes back in time', async (test) => {
    const ahead = await memberServer(test, { index: 100 });
    const behind = await memberServer(test, { index: 99 });
    const client = clientOf(test, [ahead, behind]);
    await client.connect();
    await client.getSchema('db');
    await ahead.close();
    const [code] = await rejections(client, 1);
    assert.match(code ?? '', /OVSDB_(STALE_SERVER|CONNECTION_LOST)/);
    assert.equal(client.connected, false);
    behind.handlers.monitor_cond = () => ({ Database: { [rowA]: { initial: member({ index: 100 }) } } });
    await once(client, 'connect');
  });

  it('reads the schema anew when it has changed', async (test) => {
    const server = await memberServer(test, {});
    const client = clientOf(test, [server]);
    await client.connect();
    await client.getSchema('db');
    await client.getSchema('db');
    assert.equal(server.arrived('get_schema').length, 1);
    server.handlers.get_schema = () => ({ name: 'db', version: '2.0.0', tables: {} });
    tell(server, { schema: '{"name":"db","version":"2.0.0","tables":{}}' });
    await client.echo();
    assert.equal((await client.getSchema('db')).version, '2.0.0');
  });
});

describe('OvsdbLock', () => {
  it('is owned at once, or later; can be stolen, and is asked for again after a loss', async (test) => {
    const server = await serve(test, { lock: () => ({ locked: false }), unlock: () => ({}) });
    const client = clientOf(test, [server]);
    await client.connect();
    const lock = await client.lock('L');
    const log: string[] = [];
    lock.on('acquired', () => log.push('acquired'));
    lock.on('lost', () => log.push('lost'));
    assert.equal(lock.owned, false);
    server.peer.notify('locked', ['L']);
    server.peer.notify('stolen', ['L']);
    server.peer.notify('locked', ['L']);
    await client.echo();
    assert.deepEqual(log, ['acquired', 'lost', 'acquired']);
    assert.equal(lock.owned, true);
    server.handlers.lock = () => ({ locked: true });
    server.disconnectAll();
    await eventually(() => log.length === 5, 'the lock is lost and acquired again');
    assert.equal(server.arrived('lock').length, 2);
    await lock.release();
    assert.equal(lock.owned, false);
    assert.equal(server.arrived('unlock').length, 1);
    server.disconnectAll();
    await once(client, 'connect');
    await client.echo();
    assert.equal(server.arrived('lock').length, 2);
  });

  it('is refused when the name is no identifier, when asked for twice, and when the server refuses', async (test) => {
    const server = await serve(test, { lock: () => ({ locked: true }), unlock: () => ({}) });
    const client = clientOf(test, [server]);
    await client.connect();
    await assert.rejects(client.lock('a b'), { code: 'OVSDB_BAD_VALUE' });
    const lock = await client.lock('L');
    await assert.rejects(client.lock('L'), { code: 'OVSDB_BAD_OPTION' });
    await lock.release();
    delete server.handlers.lock;
    await assert.rejects(client.lock('L'), { code: 'OVSDB_UNKNOWN_METHOD' });
    server.handlers.lock = () => ({ locked: true });
    assert.equal((await client.lock('L')).owned, true);
  });
});
