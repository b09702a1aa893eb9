/** The client against a real ovsdb-server with the Open_vSwitch database. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  AbortedError,
  ConstraintError,
  DomainError,
  DuplicateUuidError,
  DuplicateUuidNameError,
  NotOwnerError,
  type OpenVSwitch,
  type Operation,
  OvsdbClient,
  type OvsdbOperationError,
  ops,
  opsFor,
  ReferentialIntegrityError,
  type Replica,
  ResultRangeError,
  type RowChange,
  uuid,
  WaitTimedOutError,
} from '../index.ts';
import { openVSwitchSchemaPath, type RealServer, startRealServer } from '../testing/index.ts';
import { eventually } from '../testing/run.ts';
import { skipWithoutServer } from '../testing/skip.ts';

const database = 'Open_vSwitch';
const ovs = opsFor<OpenVSwitch>();
const noRow = uuid('00000000-0000-0000-0000-00000000000f');

/** A bridge with one port, added to the root row as the schema wants it. */
function addBridge(name: string, suffix = '') {
  const named = (kind: string) => ovs.namedUuid(kind + suffix);
  return [
    ovs.insert('Interface', { name: name + suffix }, `interface${suffix}`),
    ovs.insert('Port', { name: name + suffix, interfaces: [named('interface')] }, `port${suffix}`),
    ovs.insert('Bridge', { name, ports: [named('port')] }, `bridge${suffix}`),
    ovs.mutate('Open_vSwitch', [], [['bridges', 'insert', [named('bridge')]]]),
  ] as const;
}

const removeBridges = () => ovs.update('Open_vSwitch', [], { bridges: [] });

describe('OvsdbClient with ovsdb-server', {
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

  it('lists databases, reads the schema, echoes', async () => {
    assert.deepEqual((await client.listDatabases()).sort(), ['Open_vSwitch', '_Server']);
    assert.equal((await client.getSchema(database)).tables.get('Bridge')?.columns.has('ports'), true);
    assert.deepEqual(await client.echo('a', { b: [1] }), ['a', { b: [1] }]);
    assert.match(await client.getServerId(), /^[0-9a-f-]{36}$/);
    await assert.rejects(client.getSchema('nope'), { code: 'OVSDB_UNKNOWN_DATABASE' });
    await assert.rejects(client.transact('nope', []), { code: 'OVSDB_UNKNOWN_DATABASE' });
  });

  it('inserts, selects, updates, mutates and deletes', async () => {
    const added = await client.transact<OpenVSwitch>(database, [...addBridge('br0'), ovs.comment('test')]);
    const bridge = added[2]?.uuid ?? noRow;
    const port = added[1]?.uuid;
    assert.deepEqual(added[3], { count: 1 });
    assert.deepEqual(added[4], {});
    const changed = await client.transact<OpenVSwitch>(database, [
      ovs.update('Bridge', [['name', '==', 'br0']], { fail_mode: 'secure', protocols: ['OpenFlow15'] }),
      ovs.mutate('Bridge', ovs.byUuid(bridge), [
        ['external_ids', 'insert', { a: '1', b: '2' }],
        ['external_ids', 'delete', ['a']],
        ['flood_vlans', 'insert', [5, 7]],
        ['flood_vlans', '+=', 1],
      ]),
      ovs.select('Bridge', [['external_ids', 'includes', { b: '2' }]]),
    ]);
    assert.deepEqual(changed.slice(0, 2), [{ count: 1 }, { count: 1 }]);
    const [row] = changed[2]?.rows ?? [];
    assert.equal(row?._uuid, bridge);
    assert.equal(row?.name, 'br0');
    assert.equal(row?.fail_mode, 'secure');
    assert.equal(row?.datapath_id, undefined);
    assert.deepEqual(row?.ports, [port]);
    assert.deepEqual(row?.external_ids, new Map([['b', '2']]));
    assert.deepEqual(row?.flood_vlans, [6, 8]);
    const removed = await client.transact<OpenVSwitch>(database, [
      removeBridges(),
      ovs.delete('Bridge', ovs.byUuid(bridge)),
      ovs.delete('Bridge', ovs.byUuid(bridge)),
      ovs.select('Bridge', []),
    ]);
    assert.deepEqual(removed, [{ count: 1 }, { count: 1 }, { count: 0 }, { rows: [] }]);
  });

  it('evaluates every function of a condition', async () => {
    const queues = [1, 5, 9].map((dscp) => ovs.insert('Queue', { dscp }));
    const select = (...where: Parameters<typeof ovs.select<'Queue'>>[1][number][]) =>
      ovs.select('Queue', where, ['dscp']);
    const results = await client.transact<OpenVSwitch>(database, [
      ...queues,
      select(['dscp', '==', 5]),
      select(['dscp', '!=', 5]),
      select(['dscp', '<', 5]),
      select(['dscp', '<=', 5]),
      select(['dscp', '>', 5]),
      select(['dscp', '>=', 5]),
      select(['dscp', 'includes', 5]),
      select(['dscp', 'excludes', 5]),
      select(['dscp', '==', undefined]),
      select(true),
      select(false),
    ]);
    const found = results.slice(3).map(({ rows }) => rows?.map(({ dscp }) => dscp).sort());
    const [all, without] = [
      [1, 5, 9],
      [1, 9],
    ];
    assert.deepEqual(found, [[5], without, [1], [1, 5], [9], [5, 9], [5], without, [], all, []]);
  });

  it('waits until a condition holds', async () => {
    const other = new OvsdbClient({ endpoints: [server.endpoint] });
    await other.connect();
    const wait = ovs.wait('Bridge', [['name', '==', 'br-late']], '==', [{ name: 'br-late' }], {
      timeoutMs: 5000,
    });
    const waiting = client.transact<OpenVSwitch>(database, [wait, ovs.select('Bridge', [], ['name'])]);
    await client.echo();
    await other.transact<OpenVSwitch>(database, addBridge('br-late'));
    assert.deepEqual((await waiting)[1]?.rows, [{ name: 'br-late' }]);
    await other.close();
  });

  const failures: [string, typeof OvsdbOperationError, number, readonly Operation[]][] = [
    ['aborted', AbortedError, 1, [ops.comment('x'), ops.abort()]],
    [
      'constraint violation: duplicate index',
      ConstraintError,
      8,
      [...addBridge('br0'), ...addBridge('br0', '_again')],
    ],
    ['constraint violation: enumeration', ConstraintError, 0, [ops.insert('Bridge', { fail_mode: 'open' })]],
    ['constraint violation: range', ConstraintError, 0, [ops.insert('Port', { tag: 4096 })]],
    [
      'domain error',
      DomainError,
      1,
      [ops.insert('Queue', { dscp: 1 }), ops.mutate('Queue', [], [['dscp', '/=', 0]])],
    ],
    [
      'duplicate uuid-name',
      DuplicateUuidNameError,
      1,
      [ops.insert('Queue', {}, 'q'), ops.insert('Queue', {}, 'q')],
    ],
    [
      'duplicate uuid',
      DuplicateUuidError,
      1,
      [ops.insertWithUuid('Queue', {}, noRow), ops.insertWithUuid('Queue', {}, noRow)],
    ],
    ['not owner', NotOwnerError, 0, [ops.assert('a_lock')]],
    [
      'range error',
      ResultRangeError,
      1,
      [
        ops.insert('NetFlow', {
          add_id_to_interface: false,
          active_timeout: Number.MAX_SAFE_INTEGER,
          targets: ['x'],
        }),
        ops.mutate('NetFlow', [], [['active_timeout', '*=', Number.MAX_SAFE_INTEGER]]),
      ],
    ],
    [
      'referential integrity violation',
      ReferentialIntegrityError,
      1,
      [ops.mutate('Open_vSwitch', [], [['bridges', 'insert', [noRow]]])],
    ],
    [
      'timed out',
      WaitTimedOutError,
      0,
      [ops.wait('Bridge', [], '==', [{ name: 'never' }], { timeoutMs: 0 })],
    ],
  ];
  for (const [name, ErrorClass, index, operations] of failures) {
    it(`reports ${name}, and changes nothing`, async () => {
      const beforehand = await client.transact(database, [ops.select('Bridge', []), ops.select('Queue', [])]);
      await assert.rejects(client.transact(database, [...operations]), (error) => {
        assert.ok(error instanceof ErrorClass, String(error));
        assert.equal(error.operationIndex, index);
        assert.equal(error.operation, operations[index]);
        return true;
      });
      const afterwards = await client.transact(database, [ops.select('Bridge', []), ops.select('Queue', [])]);
      assert.deepEqual(afterwards, beforehand);
    });
  }

  it('cancels a transaction that waits', async () => {
    const controller = new AbortController();
    const wait = ops.wait('Bridge', [], '==', [{ name: 'never' }]);
    const waiting = client.transact(database, [wait], { signal: controller.signal });
    await client.echo();
    controller.abort();
    await assert.rejects(waiting, { code: 'OVSDB_CANCELED' });
  });

  it('gives a transaction up that takes too long, and has the server drop it', async () => {
    const wait = ovs.wait('Bridge', [['name', '==', 'late']], '==', [{ name: 'late' }]);
    const add = ovs.insert('Queue', { dscp: 63 });
    const waiting = client.transact<OpenVSwitch>(database, [wait, add], { timeoutMs: 50 });
    await assert.rejects(waiting, { code: 'OVSDB_TIMEOUT' });
    await client.transact<OpenVSwitch>(database, addBridge('late'));
    const [result] = await client.transact<OpenVSwitch>(database, [
      ovs.select('Queue', [['dscp', '==', 63]]),
    ]);
    assert.deepEqual(result?.rows, []);
  });

  describe('Replica', () => {
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
      await client.convert(database, schema);
      await delayed;
      await eventually(() => replica.synced, 'the replica is back');
      assert.equal((replica.find('Bridge', { name: 'br0' }) as { note?: string } | undefined)?.note, '');
      await client.transact(database, [ops.update('Bridge', [], { note: 'x' })]);
      assert.equal((replica.find('Bridge', { name: 'br0' }) as { note?: string } | undefined)?.note, 'x');
      await replica.close();
    });
  });
});

async function assertEqualsDump(replica: Replica<OpenVSwitch>, client: OvsdbClient): Promise<void> {
  for (const table of ['Bridge', 'Port', 'Interface'] as const) {
    const [dump] = await client.transact(database, [ops.select(table, [])]);
    const rows = new Map(dump?.rows?.map((row) => [row._uuid, row]));
    assert.deepEqual(new Map<unknown, unknown>(replica.table(table)), rows);
  }
}
