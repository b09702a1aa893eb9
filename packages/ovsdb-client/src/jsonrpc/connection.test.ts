import assert from 'node:assert/strict';
import { type Duplex, duplexPair } from 'node:stream';
import { describe, it } from 'node:test';
import type { OvsdbError } from '../errors.ts';
import { type ConnectionLimits, JsonRpcConnection } from './connection.ts';

const limits: ConnectionLimits = {
  maxMessageBytes: 10_000,
  maxDepth: 20,
  maxPendingRequests: 3,
  maxQueuedBytes: 100_000,
};

interface Fixture {
  readonly connection: JsonRpcConnection;
  readonly peer: Duplex;
  /** Everything that happened, in order. */
  readonly log: string[];
  readonly ends: OvsdbError[];
  /** Messages that the peer received. */
  received(): object[];
}

/** Our side of the pair that was opened last. */
let streams: Duplex[] = [];

function open(onNotification?: () => void): Fixture {
  const [ours, peer] = duplexPair();
  streams = [ours];
  const log: string[] = [];
  const ends: OvsdbError[] = [];
  let text = '';
  peer.on('data', (chunk) => {
    text += String(chunk);
  });
  const connection = new JsonRpcConnection(ours, limits, {
    onActivity: () => undefined,
    onNotification: (method, params) => {
      log.push(`${method} ${JSON.stringify(params)}`);
      onNotification?.();
    },
    onEnd: (reason) => ends.push(reason),
  });
  const received = () => JSON.parse(`[${text.replaceAll('}{', '},{')}]`) as object[];
  return { connection, peer, log, ends, received };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('JsonRpcConnection', () => {
  it('matches replies to requests, in any order', async () => {
    const { connection, peer, received } = open();
    const first = connection.request('a', [1], 1000);
    const second = connection.request('b', [], 1000);
    await settled();
    assert.deepEqual(received(), [
      { method: 'a', params: [1], id: 1 },
      { method: 'b', params: [], id: 2 },
    ]);
    peer.write('{"id":2,"result":"two","error":null}{"id":1,"result":null,"error":null}');
    assert.equal(await second, 'two');
    assert.equal(await first, null);
    assert.equal(connection.pendingRequests, 0);
  });

  it('rejects with the error of an error reply that omits its result', async () => {
    const { connection, peer } = open();
    const request = connection.request('get_schema', ['x'], 1000);
    peer.write('{"id":1,"error":{"error":"unknown database","details":"no x"}}');
    await assert.rejects(request, {
      code: 'OVSDB_UNKNOWN_DATABASE',
      tag: 'unknown database',
      details: 'no x',
    });
  });

  it('delivers replies and notifications in the order in which they came', async () => {
    const { connection, peer, log } = open();
    connection.send('monitor', [], 1000, () => log.push('reply'));
    peer.write(
      '{"id":null,"method":"update","params":[1]}{"id":1,"result":{},"error":null}{"id":null,"method":"update","params":[2]}',
    );
    await settled();
    assert.deepEqual(log, ['update [1]', 'reply', 'update [2]']);
  });

  it('answers echo and refuses other requests', async () => {
    const { peer, received } = open();
    peer.write('{"id":"echo","method":"echo","params":["x"]}{"id":7,"method":"format","params":[]}');
    await settled();
    assert.deepEqual(received(), [
      { result: ['x'], error: null, id: 'echo' },
      { result: null, error: { error: 'unknown method', details: 'no method format' }, id: 7 },
    ]);
  });

  it('rejects a request that is not answered in time, and ignores the late reply', async () => {
    const { connection, peer, ends } = open();
    await assert.rejects(connection.request('slow', [], 10), { code: 'OVSDB_TIMEOUT' });
    peer.write('{"id":1,"result":{},"error":null}');
    await settled();
    assert.deepEqual(ends, []);
  });

  it('ends when a reply has an id that no request had', async () => {
    for (const id of ['99', '"1"', '-1', '1.5', '[1]', 'true']) {
      const { connection, peer, ends } = open();
      const request = connection.request('a', [], 1000);
      peer.write(`{"id":${id},"result":{},"error":null}`);
      await assert.rejects(request, { code: 'OVSDB_CONNECTION_LOST' });
      assert.equal(ends[0]?.code, 'OVSDB_BAD_MESSAGE');
    }
  });

  it('ends when a message is neither request nor reply', async () => {
    for (const text of [
      '{}',
      '{"id":1}',
      '{"method":"x"}',
      '{"method":1,"params":[]}',
      '{"result":{},"error":null}',
    ]) {
      const { peer, ends } = open();
      peer.write(text);
      await settled();
      assert.equal(ends[0]?.code, 'OVSDB_BAD_MESSAGE', text);
    }
  });

  it('rejects all waiting requests when the peer goes away, and refuses further ones', async () => {
    const { connection, peer, ends } = open();
    const requests = [connection.request('a', [], 1000), connection.request('b', [], 1000)];
    peer.end();
    for (const request of requests) {
      await assert.rejects(request, { code: 'OVSDB_CONNECTION_LOST', message: /was sent and not answered/ });
    }
    assert.equal(ends.length, 1);
    assert.equal(connection.ended, true);
    await assert.rejects(connection.request('c', [], 1000), { code: 'OVSDB_NOT_CONNECTED' });
    connection.notify('cancel', [1]);
  });

  it('delivers nothing after its end, not even what had already arrived', async () => {
    const { connection, peer, log } = open(() => connection.end({ code: 'OVSDB_CLOSED' } as OvsdbError));
    peer.write('{"id":null,"method":"update","params":[1]}{"id":null,"method":"update","params":[2]}');
    await settled();
    assert.deepEqual(log, ['update [1]']);
  });

  it('limits waiting requests, but not the probe', () => {
    const { connection } = open();
    for (let i = 0; i < 3; i++) {
      connection.send('a', [], 1000, () => undefined);
    }
    assert.throws(() => connection.send('a', [], 1000, () => undefined), { code: 'OVSDB_OVERFLOW' });
    connection.probe(1000);
    assert.equal(connection.pendingRequests, 4);
    connection.end({ code: 'OVSDB_CLOSED', message: 'done' } as OvsdbError);
  });

  it('ends when the peer asks and asks and never reads', async () => {
    const { peer, ends } = open();
    peer.pause();
    peer.removeAllListeners('data');
    const echo = JSON.stringify({ id: 1, method: 'echo', params: ['x'.repeat(9000)] });
    for (let i = 0; i < 30; i++) {
      peer.write(echo);
    }
    await settled();
    assert.equal(ends[0]?.code, 'OVSDB_OVERFLOW');
  });

  it('ends when a listener throws, and lets the error through', () => {
    const { connection, log } = open(() => {
      throw new RangeError('from the listener');
    });
    const [first] = streams;
    const updates = '{"id":null,"method":"update","params":[1]}{"id":null,"method":"update","params":[2]}';
    assert.throws(() => first?.emit('data', Buffer.from(updates)), RangeError);
    assert.deepEqual(log, ['update [1]']);
    assert.equal(connection.ended, true);
  });

  it('ends when more waits to be sent than the limit allows, and says so to the request', async () => {
    const { connection, peer, ends } = open();
    peer.pause();
    const request = connection.request('a', ['x'.repeat(200_000)], 1000);
    await assert.rejects(request, { code: 'OVSDB_CONNECTION_LOST' });
    assert.equal(ends[0]?.code, 'OVSDB_OVERFLOW');
  });
});
