/** The client against a Raft cluster of real servers, whose leader is killed in the middle of the work. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it, type TestContext } from 'node:test';
import {
  isOutcomeUnknown,
  OvsdbClient,
  type OvsdbClientOptions,
  OvsdbOperationError,
  ops,
  type Replica,
  type Row,
  zeroUuid,
} from '../index.ts';
import { type RealCluster, type RealServer, startRealCluster } from '../testing/index.ts';
import { startRelay } from '../testing/relay.ts';
import { eventually } from '../testing/run.ts';
import { skipWithoutServer } from '../testing/skip.ts';

const database = 'journal';
const schema = {
  name: database,
  version: '1.0.0',
  // The index makes a second execution of an insertion fail, whoever asks for it.
  tables: { Entry: { columns: { key: { type: 'string' } }, indexes: [['key']], isRoot: true } },
};

/** What became of each key that was written. */
interface Outcomes {
  readonly acknowledged: Set<string>;
  readonly unknown: Set<string>;
  /** Keys of which the client said that they were not written. */
  readonly refused: Set<string>;
  /** Keys that the server said were there already, although each is written once. */
  readonly repeated: Set<string>;
}

async function write(client: OvsdbClient, key: string, outcomes: Outcomes): Promise<void> {
  try {
    await client.transact(database, [ops.insert('Entry', { key })], { timeoutMs: 10_000 });
    outcomes.acknowledged.add(key);
  } catch (error) {
    if (error instanceof OvsdbOperationError && error.code === 'OVSDB_CONSTRAINT') outcomes.repeated.add(key);
    else (isOutcomeUnknown(error) ? outcomes.unknown : outcomes.refused).add(key);
  }
}

/** Writes keys one after another on several lines at once until told to stop. */
async function writeUntil(client: OvsdbClient, name: string, done: () => boolean): Promise<Outcomes> {
  const outcomes: Outcomes = {
    acknowledged: new Set(),
    unknown: new Set(),
    refused: new Set(),
    repeated: new Set(),
  };
  let next = 0;
  const line = async () => {
    while (!done()) {
      await write(client, `${name}-${next++}`, outcomes);
    }
  };
  await Promise.all([line(), line(), line(), line()]);
  return outcomes;
}

function countOf(rows: readonly Row[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of rows) {
    counts.set(String(key), (counts.get(String(key)) ?? 0) + 1);
  }
  return counts;
}

/**
 * The client sends nothing twice. A member that follows may: it hands transactions on to its leader, and when that dies
 * it does so again with the next one, although the first may have written already. With an index the second execution
 * fails, and so the caller is told.
 */
function checkOutcomes(outcomes: Outcomes, counts: ReadonlyMap<string, number>, leaderOnly: boolean): void {
  if (leaderOnly) assert.deepEqual(outcomes.repeated, new Set());
  for (const key of outcomes.repeated) {
    assert.equal(counts.get(key), 1, `${key} was there already`);
  }
  for (const key of outcomes.acknowledged) {
    assert.equal(counts.get(key), 1, `${key} was acknowledged`);
  }
  for (const key of outcomes.unknown) {
    assert.ok((counts.get(key) ?? 0) <= 1, `${key} was written ${counts.get(key)} times`);
  }
  for (const key of outcomes.refused) {
    assert.equal(counts.get(key), undefined, `${key} was refused`);
  }
}

describe('OvsdbClient with a Raft cluster', {
  skip: skipWithoutServer,
  timeout: 150_000,
}, () => {
  let cluster: RealCluster;
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ovsdb-schema-'));
    const schemaPath = join(directory, 'journal.ovsschema');
    await writeFile(schemaPath, JSON.stringify(schema));
    cluster = await startRealCluster(database, schemaPath);
  });

  beforeEach(() => cluster.settle());

  after(async () => {
    await cluster.remove();
    await rm(directory, { recursive: true, force: true });
  });

  /** A client that ends with its test, however that ends. */
  function clientOf(test: TestContext, options: Partial<OvsdbClientOptions> = {}): OvsdbClient {
    const reconnect = { minMs: 20, maxMs: 200 };
    const client = new OvsdbClient({ endpoints: cluster.endpoints, reconnect, ...options });
    test.after(() => client.close());
    return client;
  }

  async function connect(test: TestContext, options: Partial<OvsdbClientOptions> = {}): Promise<OvsdbClient> {
    const client = clientOf(test, options);
    await client.connect({ timeoutMs: 10_000 });
    return client;
  }

  /** Endpoints with those of members that do not lead in front. */
  function followersFirst(leader: RealServer): string[] {
    return [...cluster.endpoints.filter((endpoint) => endpoint !== leader.endpoint), leader.endpoint];
  }

  async function assertFollows(replica: Replica, client: OvsdbClient): Promise<void> {
    const [dump] = await client.transact(database, [ops.select('Entry', [])]);
    const expected = new Map(dump?.rows?.map((row) => [row._uuid, row]));
    await eventually(() => replica.table('Entry').size === expected.size, 'the replica has all rows');
    assert.deepEqual(new Map(replica.table('Entry')), expected);
  }

  it('with leaderOnly finds the leader, and goes with it when it hands over', async (test) => {
    const leader = await cluster.leader();
    const client = clientOf(test, { endpoints: followersFirst(leader), leaderOnly: true });
    const connected = once(client, 'connect');
    await client.connect({ timeoutMs: 10_000 });
    assert.deepEqual(await connected, [leader.endpoint]);
    const moved = once(client, 'connect');
    await leader.stop('SIGTERM');
    const [endpoint] = await moved;
    assert.notEqual(endpoint, leader.endpoint);
    assert.equal(endpoint, (await cluster.leader()).endpoint);
  });

  it('resumes at another member after the last transaction, without reading all again', async (test) => {
    // No member that leads is killed: until another one is elected, servers may turn clients away.
    const client = clientOf(test, { endpoints: followersFirst(await cluster.leader()) });
    let connectedTo = '';
    client.on('connect', (endpoint) => {
      connectedTo = endpoint;
    });
    await client.connect({ timeoutMs: 10_000 });
    const replica = await client.monitor(database, { Entry: {} });
    await client.transact(database, [ops.insert('Entry', { key: 'first' })]);
    assert.notEqual(replica.lastTransactionId, zeroUuid);
    const row = replica.find('Entry', { key: 'first' });
    const changes: unknown[] = [];
    replica.on('change', (batch) => changes.push(...batch));
    const synced: boolean[] = [];
    replica.on('synced', (value) => synced.push(value));
    // The next member has the row too.
    await cluster.settle();
    const server = cluster.servers.find(({ endpoint }) => endpoint === connectedTo);
    await server?.stop('SIGKILL');
    await eventually(() => synced.length === 2, 'the replica follows another member');
    assert.deepEqual(changes, []);
    assert.equal(replica.find('Entry', { key: 'first' }), row);
    await client.transact(database, [ops.insert('Entry', { key: 'second' })]);
    assert.equal(changes.length, 1);
  });

  it('is told by the other member only what it missed', async (test) => {
    const relays = await Promise.all(cluster.servers.map(({ socketPath }) => startRelay(socketPath)));
    test.after(() => Promise.all(relays.map((relay) => relay.close())));
    const endpoints = relays.map(({ endpoint }) => endpoint);
    const client = clientOf(test, { endpoints });
    const writer = await connect(test);
    let connectedTo = '';
    client.on('connect', (endpoint) => {
      connectedTo = endpoint;
    });
    await client.connect({ timeoutMs: 10_000 });
    const bulk = Array.from({ length: 300 }, (_, i) => ops.insert('Entry', { key: `bulk-${i}` }));
    await client.transact(database, bulk);
    const replica = await client.monitor(database, { Entry: {} });
    for (const relay of relays) {
      relay.shut();
    }
    await eventually(() => !replica.synced, 'the replica is cut off');
    await writer.transact(database, [ops.insert('Entry', { key: 'missed' })]);
    const index = endpoints.findIndex((endpoint) => endpoint !== connectedTo);
    const other = relays[index];
    // A follower may be a little behind: it is asked once it has the row.
    const witness = await connect(test, { endpoints: [cluster.servers[index]?.endpoint ?? ''] });
    const seen = await witness.monitor(database, { Entry: {} });
    await eventually(() => seen.find('Entry', { key: 'missed' }), 'the other member has the row');
    other?.open();
    await eventually(() => replica.synced, 'the replica follows another member');
    assert.equal(connectedTo, other?.endpoint);
    const replies = (other?.messages ?? [])
      .map((message) => (message as { result?: unknown }).result)
      .filter((result): result is unknown[] => Array.isArray(result) && typeof result[0] === 'boolean');
    assert.equal(replies.length, 1);
    const [found, , updates] = replies[0] as [boolean, string, { Entry?: Record<string, unknown> }];
    const missed = replica.find('Entry', { key: 'missed' })?._uuid;
    assert.equal(found, true);
    assert.deepEqual(updates, { Entry: { [missed ?? '']: { insert: { key: 'missed' } } } });
    assert.ok(replica.table('Entry').size > 300);
  });

  for (const leaderOnly of [false, true]) {
    it(`loses no acknowledged transaction when the leader is killed (leaderOnly: ${leaderOnly})`, async (test) => {
      const client = await connect(test, { leaderOnly });
      const replica = await client.monitor(database, { Entry: {} });
      let done = false;
      const writing = writeUntil(client, `stream-${leaderOnly}`, () => done);
      await eventually(() => replica.table('Entry').size > 50, 'the stream flows');
      const leader = await cluster.leader();
      await leader.stop('SIGKILL');
      const killedAt = replica.table('Entry').size;
      await eventually(() => replica.table('Entry').size > killedAt + 50, 'the stream flows again', 20_000);
      await leader.start();
      done = true;
      const outcomes = await writing;
      await cluster.settle();
      const reader = await connect(test, { leaderOnly: true });
      const [dump] = await reader.transact(database, [ops.select('Entry', [])]);
      checkOutcomes(outcomes, countOf(dump?.rows ?? []), leaderOnly);
      assert.ok(outcomes.acknowledged.size > 50);
      await assertFollows(replica, reader);
    });
  }
});
