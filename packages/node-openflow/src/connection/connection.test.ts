import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { OpenFlowError } from '../errors.ts';
import { encodeMessage } from '../messages/registry.ts';
import type { DecodedMessage } from '../messages/types.ts';
import { type ConnectionSettings, OpenFlowConnection } from './connection.ts';
import { SwitchError } from './requests.ts';
import { connect, OpenFlowServer } from './server.ts';
import { nextXid, XidCounter } from './xid.ts';

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof OpenFlowError && error.code === code;
}

/** A controller's and a switch's connection, joined in memory. */
async function pair(
  t: TestContext,
  settings: ConnectionSettings = {},
  peerSettings: ConnectionSettings = {},
) {
  const [one, other] = duplexPair();
  const controller = new OpenFlowConnection(one, settings);
  const peer = new OpenFlowConnection(other, { role: 'switch', ...peerSettings });
  t.after(() => {
    controller.close();
    peer.close();
  });
  await Promise.all([controller.ready, peer.ready]);
  return { controller, peer };
}

describe('OpenFlowConnection', () => {
  it('agrees on a version', async (t) => {
    const { controller, peer } = await pair(t, {}, { versions: [4, 5] });
    assert.equal(controller.version, 5);
    assert.equal(peer.version, 5);
    assert.deepEqual(await controller.ready, { version: 5 });
  });

  it('rejects ready when there is no common version', async () => {
    const [one, other] = duplexPair();
    const controller = new OpenFlowConnection(one, { versions: [6] });
    const peer = new OpenFlowConnection(other, { versions: [4] });
    await assert.rejects(controller.ready, hasCode('OPENFLOW_CLOSED'));
    await assert.rejects(peer.ready, hasCode('OPENFLOW_CLOSED'));
    assert.ok(controller.closed && peer.closed);
  });

  it('sends messages, which the peer gets with their xid', async (t) => {
    const { controller, peer } = await pair(t);
    const arrived = once(peer, 'message');
    const xid = controller.send({ type: 'set-controller-id', id: 5 });
    assert.deepEqual((await arrived)[0], { type: 'set-controller-id', id: 5, xid, version: 6 });
  });

  it('sends bytes as they are', async (t) => {
    const { controller, peer } = await pair(t);
    const arrived = once(peer, 'message');
    controller.write(encodeMessage({ type: 'barrier-request' }, { xid: 77 }));
    assert.equal(((await arrived)[0] as DecodedMessage).xid, 77);
  });

  it('matches replies to requests by xid, in any order', async (t) => {
    const { controller, peer } = await pair(t);
    const waiting: number[] = [];
    peer.on('message', ({ type, xid }) => {
      waiting.push(xid);
      assert.equal(type, 'role-request');
      if (waiting.length < 2) return;
      for (const answered of waiting.reverse()) {
        peer.send({ type: 'role-reply', role: 'equal', generationId: BigInt(answered) }, answered);
      }
    });
    const requests = [1, 2].map(() => controller.request({ type: 'role-request', role: 'equal' }));
    for (const reply of await Promise.all(requests)) assert.equal(reply.generationId, BigInt(reply.xid));
    assert.equal(controller.pendingRequests, 0);
  });

  it('joins the parts of a multipart reply', async (t) => {
    const { controller, peer } = await pair(t);
    peer.on('message', ({ xid }) => {
      const port = { hardwareAddress: 1n, name: 'p', config: 0, state: 0 };
      for (const number of [1, 2, 3]) {
        const more = number < 3 ? { more: true } : {};
        peer.send(
          { type: 'multipart-reply', part: 'port-desc', ...more, ports: [{ ...port, port: number }] },
          xid,
        );
      }
    });
    const reply = await controller.request({ type: 'multipart-request', part: 'port-desc' });
    assert.deepEqual(
      reply.ports.map(({ port }) => port),
      [1, 2, 3],
    );
    assert.equal(reply.more, undefined);
  });

  it('bounds the parts of a multipart reply', async (t) => {
    const { controller, peer } = await pair(t, { maxMultipartBytes: 1000 });
    peer.on('message', ({ xid }) => {
      const body = new Uint8Array(400);
      for (let i = 0; i < 5; i++) {
        peer.send({ type: 'multipart-reply', part: 'unknown', partType: 99, more: true, body }, xid);
      }
    });
    const request = controller.request({ type: 'multipart-request', part: 'description' });
    await assert.rejects(request, hasCode('OPENFLOW_OVERFLOW'));
  });

  it('rejects a request that the switch refuses', async (t) => {
    const { controller, peer } = await pair(t);
    peer.on('message', ({ xid }) => {
      peer.send({ type: 'error', errorType: 11, errorCode: 0, data: new Uint8Array(8) }, xid);
    });
    const request = controller.request({ type: 'role-request', role: 'primary', generationId: 1n });
    await assert.rejects(request, (error) => {
      assert.ok(error instanceof SwitchError);
      assert.equal(error.typeName, 'OFPET_ROLE_REQUEST_FAILED');
      assert.equal(error.codeName, 'OFPRRFC_STALE');
      return true;
    });
  });

  it('tells of refusals that nobody waits for', async (t) => {
    const { controller, peer } = await pair(t);
    const refused = once(controller, 'error-message');
    peer.send({ type: 'error', errorType: 5, errorCode: 1, data: new Uint8Array(0) }, 1234);
    const [error] = await refused;
    assert.equal(error.codeName, 'OFPFMFC_TABLE_FULL');
    assert.equal(error.xid, 1234);
  });

  it('gives up a request after its time', async (t) => {
    const { controller } = await pair(t);
    await assert.rejects(controller.barrier({ timeoutMs: 10 }), hasCode('OPENFLOW_TIMEOUT'));
    assert.equal(controller.pendingRequests, 0);
  });

  it('rejects what waits when the peer goes away', async (t) => {
    const { controller, peer } = await pair(t);
    const barrier = controller.barrier();
    const closed = once(controller, 'close');
    peer.close();
    await assert.rejects(barrier, hasCode('OPENFLOW_CLOSED'));
    assert.equal((await closed)[0], 'peer-closed');
    assert.throws(() => controller.send({ type: 'barrier-request' }), hasCode('OPENFLOW_CLOSED'));
    await assert.rejects(controller.barrier(), hasCode('OPENFLOW_CLOSED'));
  });

  it('refuses to send before the hello exchange', () => {
    const [one] = duplexPair();
    const controller = new OpenFlowConnection(one);
    assert.throws(() => controller.send({ type: 'barrier-request' }), hasCode('OPENFLOW_CLOSED'));
    controller.close();
  });

  it('ends on malformed input, with the reason', async (t) => {
    const { controller, peer } = await pair(t);
    const closed = once(controller, 'close');
    peer.write(Uint8Array.from([6, 6, 0, 9, 0, 0, 0, 1, 0]));
    const [reason, error] = await closed;
    assert.equal(reason, 'protocol-error');
    assert.ok(hasCode('OPENFLOW_TRUNCATED')(error));
  });

  it('keeps an idle connection alive, and ends one whose peer is silent', async (t) => {
    const { controller } = await pair(t, { echoIntervalMs: 20, echoTimeoutMs: 500 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(controller.closed, false);

    const [one, other] = duplexPair();
    const lonely = new OpenFlowConnection(one, { echoIntervalMs: 20, echoTimeoutMs: 20 });
    other.resume();
    other.write(encodeMessage({ type: 'hello', versions: [6] }));
    await lonely.ready;
    assert.equal((await once(lonely, 'close'))[0], 'echo-timeout');
  });

  it('ends when the peer takes nothing', async () => {
    const [one, other] = duplexPair();
    const controller = new OpenFlowConnection(one, { maxQueuedBytes: 200_000 });
    other.write(encodeMessage({ type: 'hello', versions: [6] }));
    await controller.ready;
    const closed = once(controller, 'close');
    const bytes = encodeMessage({ type: 'echo-request', data: new Uint8Array(60_000) });
    let taken = true;
    for (let i = 0; i < 10 && !controller.closed; i++) taken = controller.write(bytes);
    assert.equal(taken, false);
    assert.equal((await closed)[0], 'overflow');
  });
});

describe('OpenFlowServer and connect', () => {
  it('meet over TCP', async () => {
    const server = new OpenFlowServer();
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const accepted = once(server, 'connection');
    const peer = connect({ port: port as number }, { role: 'switch' });
    const [connection] = (await accepted) as [OpenFlowConnection];
    await Promise.all([peer.ready, connection.ready]);
    assert.equal(server.connections.size, 1);
    peer.on('message', ({ xid }) => peer.send({ type: 'barrier-reply' }, xid));
    await connection.barrier();
    const closed = once(peer, 'close');
    await server.close();
    await closed;
    assert.equal(server.connections.size, 0);
  });

  it('meet on a unix socket', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'node-openflow-'));
    const path = join(directory, 'socket');
    const server = new OpenFlowServer();
    assert.deepEqual(await server.listen({ path }), { path });
    const peer = connect({ path });
    await peer.ready;
    peer.close();
    await server.close();
    await rm(directory, { recursive: true });
  });

  it('reports that nobody listens', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    server.close();
    await once(server, 'close');
    const peer = connect({ host: '127.0.0.1', port });
    const closed = once(peer, 'close');
    await assert.rejects(peer.ready, hasCode('OPENFLOW_CLOSED'));
    const [reason, error] = await closed;
    assert.equal(reason, 'socket-error');
    assert.match((error as Error).message, /ECONNREFUSED/);
  });

  it('reports an address that cannot be had', async () => {
    const first = new OpenFlowServer();
    const { port } = await first.listen({ host: '127.0.0.1', port: 0 });
    const second = new OpenFlowServer();
    await assert.rejects(second.listen({ host: '127.0.0.1', port: port as number }), /EADDRINUSE/);
    await first.close();
    await second.close();
  });
});

describe('XidCounter', () => {
  it('counts from 1 and starts again after the largest', () => {
    const counter = new XidCounter();
    assert.deepEqual([counter.next(), counter.next()], [1, 2]);
    const late = new XidCounter(0xfffffffe);
    assert.deepEqual([late.next(), late.next()], [0xffffffff, 1]);
    assert.notEqual(nextXid(), nextXid());
  });
});
