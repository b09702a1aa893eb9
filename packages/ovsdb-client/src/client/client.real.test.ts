/** The client against a real ovsdb-server with the Open_vSwitch database. */

import assert from 'node:assert/strict';
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
  ResultRangeError,
  uuid,
  WaitTimedOutError,
} from '../index.ts';
import { addBridge, removeBridges } from '../testing/bridges.ts';
import { type RealServer, startRealServer } from '../testing/index.ts';
import { skipWithoutServer } from '../testing/skip.ts';

const database = 'Open_vSwitch';
const ovs = opsFor<OpenVSwitch>();
const noRow = uuid('00000000-0000-0000-0000-00000000000f');

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
    const queues = [1, 5, 9, undefined].map((dscp) => ovs.insert('Queue', { dscp }));
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
    const found = results.slice(4).map(({ rows }) => rows?.map(({ dscp }) => dscp).sort());
    const [all, without] = [
      [1, 5, 9, undefined],
      [1, 9, undefined],
    ];
    // Comparisons by size are false for a column without value.
    const bySize = [[1], [1, 5], [9], [5, 9]];
    assert.deepEqual(found, [[5], without, ...bySize, [5], without, [undefined], all, []]);
  });

  it('commits durably, and reads the version of a row, which changes with every write', async () => {
    const add = [ops.insert('Queue', { dscp: 1 }), ops.commit(true)];
    assert.deepEqual((await client.transact(database, add))[1], {});
    const version = ops.select('Queue', [], ['_version']);
    const change = ops.update('Queue', [], { dscp: 2 });
    const [before] = await client.transact(database, [version]);
    await client.transact(database, [change, ops.commit(false)]);
    const [after] = await client.transact(database, [version]);
    assert.match(String(before?.rows?.[0]?._version), /^[0-9a-f-]{36}$/);
    assert.notDeepEqual(before, after);
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

  it('hands on the notifications of a monitor that the caller has made', async () => {
    const news: unknown[] = [];
    const listener = (...notification: unknown[]) => news.push(notification);
    client.on('notification', listener);
    const select = { initial: false, delete: false };
    const request = { Queue: [{ columns: ['dscp'], select }] };
    assert.deepEqual(await client.request('monitor', [database, 'own', request]), {});
    const [added] = await client.transact<OpenVSwitch>(database, [
      ovs.insert('Queue', { dscp: 7 }, 'queue'),
      ovs.insert('QoS', { type: 'x', queues: { 1: ovs.namedUuid('queue') } }),
    ]);
    const rows = { [added?.uuid ?? noRow]: { new: { dscp: 7 } } };
    assert.deepEqual(news, [['update', ['own', { Queue: rows }]]]);
    await client.transact<OpenVSwitch>(database, [ovs.delete('QoS', []), ovs.delete('Queue', [])]);
    assert.equal(news.length, 1);
    await client.request('monitor_cancel', ['own']);
    client.off('notification', listener);
  });

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
});
