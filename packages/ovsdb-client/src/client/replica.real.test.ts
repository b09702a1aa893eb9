/** Replicas of a real ovsdb-server with the Open_vSwitch database. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type OpenVSwitch, OvsdbClient, ops, opsFor, type Replica, type RowChange } from '../index.ts';
import { addBridge, removeBridges } from '../testing/bridges.ts';
import { openVSwitchSchemaPath, type RealServer, startRealServer } from '../testing/index.ts';
import { eventually } from '../testing/run.ts';
import { skipWithoutServer } from '../testing/skip.ts';

const database = 'Open_vSwitch';
const ovs = opsFor<OpenVSwitch>();

describe('Replica of ovsdb-server', {
  skip: skipWithoutServer,
}, () => {
  let server: RealServer;
  let client: OvsdbClient;

  before(async () => {
    server = await startRealServer();
    await server.vsctl('init');
    client = new OvsdbClient({ endpoints: [server.endpoint], reconnect: { minMs: 10, maxMs: 50 } });
    await client.connect();
  });

  beforeEach(async () => {
    await client.transact<OpenVSwitch>(database, [removeBridges(), ovs.delete('Queue', [])]);
  });

  after(async () => {
    await client.close();
    await server.remove();
  });

  it('has its own changes when the transaction is done, and sees those of others', async () => {
    const replica = await client.monitor<OpenVSwitch>(database, {
      Bridge: { columns: ['name', 'ports'] },
      Port: {},
    });
    const events: (readonly RowChange<OpenVSwitch>[])[] = [];
    replica.on('change', (changes) => events.push(changes));
    await client.transact<OpenVSwitch>(database, addBridge('br0'));
    const bridge = replica.find('Bridge', { name: 'br0' });
    assert.deepEqual(Object.keys(bridge ?? {}), ['_uuid', 'name', 'ports']);
    assert.deepEqual(
      events.map((changes) => changes.map(({ table }) => table).sort()),
      [['Bridge', 'Port']],
    );
    await server.vsctl('add-port', 'br0', 'p1', '--', 'set', 'Port', 'p1', 'tag=7');
    await eventually(() => events.length === 2, 'the change of ovs-vsctl arrives');
    assert.equal(replica.find('Port', { tag: 7 })?.name, 'p1');
    assert.equal(replica.find('Bridge', { name: 'br0' })?.ports.length, 2);
    await server.vsctl('del-port', 'br0', 'p1');
    await eventually(() => events.length === 3, 'the removal arrives');
    assert.equal(replica.table('Port').size, 1);
    assert.equal(events[2]?.find(({ table }) => table === 'Port')?.after, undefined);
    assert.throws(() => replica.table('Interface'), { code: 'OVSDB_NO_SUCH_TABLE' });
    await replica.close();
    await server.vsctl('add-br', 'br9');
    await client.echo();
    assert.equal(events.length, 3);
    assert.equal(replica.synced, false);
  });

  it('holds only rows that meet its conditions, also when these change', async () => {
    const replica = await client.monitor<OpenVSwitch>(database, { Queue: { where: [['dscp', '>', 4]] } });
    const names = () => [...replica.table('Queue').values()].map(({ dscp }) => dscp).sort();
    const keep = ovs.insert('QoS', { type: 'x', queues: { 1: ovs.namedUuid('a'), 2: ovs.namedUuid('b') } });
    const queues = [ovs.insert('Queue', { dscp: 3 }, 'a'), ovs.insert('Queue', { dscp: 5 }, 'b')];
    await client.transact<OpenVSwitch>(database, [...queues, keep]);
    assert.deepEqual(names(), [5]);
    await client.transact<OpenVSwitch>(database, [ovs.update('Queue', [['dscp', '==', 3]], { dscp: 6 })]);
    assert.deepEqual(names(), [5, 6]);
    await replica.setConditions({ Queue: [['dscp', '==', 6]] });
    assert.deepEqual(names(), [6]);
    await replica.setConditions({ Queue: [] });
    assert.deepEqual(names(), [5, 6]);
    await replica.setConditions({ Queue: [false] });
    assert.deepEqual(names(), []);
    await assert.rejects(replica.setConditions({ Bridge: [] }), { code: 'OVSDB_NO_SUCH_TABLE' });
    await replica.close();
    await client.transact<OpenVSwitch>(database, [ovs.delete('QoS', []), ovs.delete('Queue', [])]);
  });

  it('refuses what cannot be monitored', async () => {
    await assert.rejects(client.monitor('nope', {}), { code: 'OVSDB_UNKNOWN_DATABASE' });
    await assert.rejects(client.monitor(database, { Nope: {} }), { code: 'OVSDB_NO_SUCH_TABLE' });
    await assert.rejects(client.monitor(database, { Port: { columns: ['nope'] } }), {
      code: 'OVSDB_NO_SUCH_COLUMN',
    });
  });

  it('equals a fresh dump after the server was restarted, and tells what changed meanwhile', async () => {
    await client.transact<OpenVSwitch>(database, addBridge('stays'));
    await client.transact<OpenVSwitch>(database, addBridge('goes'));
    const replica = await client.monitor<OpenVSwitch>(database, { Bridge: {}, Port: {}, Interface: {} });
    const stays = replica.find('Bridge', { name: 'stays' });
    const changes: RowChange<OpenVSwitch>[] = [];
    replica.on('change', (batch) => changes.push(...batch));
    await server.stop();
    await eventually(() => !replica.synced, 'the replica notices the loss');
    assert.equal(replica.table('Bridge').size, 2);
    await server.start();
    const other = new OvsdbClient({ endpoints: [server.endpoint] });
    await other.connect();
    await eventually(() => replica.synced, 'the replica is up to date again');
    await server.stop('SIGKILL');
    await server.start();
    await server.vsctl('del-br', 'goes');
    await server.vsctl('add-br', 'comes');
    await eventually(() => replica.synced && replica.table('Bridge').size === 2, 'the replica follows');
    await eventually(() => replica.find('Bridge', { name: 'comes' }), 'the new bridge is there');
    assert.equal(replica.find('Bridge', { name: 'stays' }), stays);
    const summary = changes
      .filter((change) => change.table === 'Bridge')
      .map(({ before, after }) => [before?.name, after?.name]);
    assert.deepEqual(
      summary.sort(),
      [
        ['goes', undefined],
        [undefined, 'comes'],
      ].sort(),
    );
    await assertEqualsDump(replica, client);
    await replica.close();
    await other.close();
  });

  it('follows a conversion of the schema', async () => {
    const schema = JSON.parse(readFileSync(openVSwitchSchemaPath, 'utf8'));
    const replica = await client.monitor<OpenVSwitch>(database, { Bridge: {} });
    await client.transact<OpenVSwitch>(database, addBridge('br0'));
    schema.tables.Bridge.columns.note = { type: 'string' };
    schema.version = '8.99.0';
    const delayed = once(replica, 'delayed');
    await client.convert(database, schema, { timeoutMs: 20_000 });
    await delayed;
    await eventually(() => replica.synced, 'the replica is back');
    assert.equal((replica.find('Bridge', { name: 'br0' }) as { note?: string } | undefined)?.note, '');
    await client.transact(database, [ops.update('Bridge', [], { note: 'x' })]);
    assert.equal((replica.find('Bridge', { name: 'br0' }) as { note?: string } | undefined)?.note, 'x');
    await replica.close();
  });
});

async function assertEqualsDump(replica: Replica<OpenVSwitch>, client: OvsdbClient): Promise<void> {
  for (const table of ['Bridge', 'Port', 'Interface'] as const) {
    const [dump] = await client.transact(database, [ops.select(table, [])]);
    const rows = new Map(dump?.rows?.map((row) => [row._uuid, row]));
    assert.deepEqual(new Map<unknown, unknown>(replica.table(table)), rows);
  }
}
