/** Locks between clients of a real ovsdb-server. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { NotOwnerError, OvsdbClient, ops } from '../index.ts';
import { type RealServer, startRealServer } from '../testing/index.ts';
import { eventually } from '../testing/run.ts';
import { skipWithoutServer } from '../testing/skip.ts';

const guarded = [ops.assert('L'), ops.comment('only the owner may')];

describe('OvsdbLock with ovsdb-server', { skip: skipWithoutServer }, () => {
  let server: RealServer;
  const clients: OvsdbClient[] = [];

  before(async () => {
    server = await startRealServer();
  });

  after(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await server.remove();
  });

  async function connect(): Promise<OvsdbClient> {
    const client = new OvsdbClient({ endpoints: [server.endpoint], reconnect: { minMs: 10, maxMs: 50 } });
    clients.push(client);
    await client.connect();
    return client;
  }

  it('is owned by one client at a time, and handed on', async () => {
    const [first, second] = [await connect(), await connect()];
    const owned = await first.lock('L');
    const waiting = await second.lock('L');
    assert.deepEqual([owned.owned, waiting.owned], [true, false]);
    await first.transact('Open_vSwitch', guarded);
    await assert.rejects(second.transact('Open_vSwitch', guarded), NotOwnerError);
    const acquired = once(waiting, 'acquired');
    await owned.release();
    await acquired;
    await second.transact('Open_vSwitch', guarded);
    await assert.rejects(first.transact('Open_vSwitch', guarded), NotOwnerError);
    await waiting.release();
  });

  it('can be stolen, and comes back when the thief gives it up', async () => {
    const [victim, thief] = [await connect(), await connect()];
    const lock = await victim.lock('L');
    const lost = once(lock, 'lost');
    const stolen = await thief.lock('L', { steal: true });
    await lost;
    assert.deepEqual([lock.owned, stolen.owned], [false, true]);
    await assert.rejects(victim.transact('Open_vSwitch', guarded), NotOwnerError);
    const acquired = once(lock, 'acquired');
    await thief.close();
    await acquired;
    await lock.release();
  });

  it('is asked for again after a restart of the server', async () => {
    const client = await connect();
    const lock = await client.lock('L');
    const log: string[] = [];
    lock.on('lost', () => log.push('lost'));
    lock.on('acquired', () => log.push('acquired'));
    await server.stop();
    await server.start();
    await eventually(() => log.length === 2, 'the lock is back');
    assert.deepEqual(log, ['lost', 'acquired']);
    await client.transact('Open_vSwitch', guarded);
  });
});
