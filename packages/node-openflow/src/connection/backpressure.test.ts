import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeMessage } from '../messages/registry.ts';
import type { ConnectionSettings, OpenFlowConnection } from './connection.ts';
import { connect, OpenFlowServer } from './server.ts';

const kilobyte = 1024;
const bytes = encodeMessage({
  type: 'packet-out',
  inPort: 1,
  actions: [],
  data: new Uint8Array(32 * kilobyte),
});
const messages = 1000;
/** What both kernels' socket buffers and one chunk may hold at the very most. */
const ample = 16 * kilobyte * kilobyte;

/** Two ends of a TCP connection: what they do to each other depends on the kernel's buffers. */
async function twoEnds(
  t: TestContext,
  settings: ConnectionSettings = {},
): Promise<{ controller: OpenFlowConnection; peer: OpenFlowConnection }> {
  const server = new OpenFlowServer();
  const { port = 0 } = await server.listen({ host: '127.0.0.1', port: 0 });
  const accepted = once(server, 'connection');
  const peer = connect({ port }, { role: 'switch', ...settings });
  const [controller] = (await accepted) as [OpenFlowConnection];
  t.after(async () => {
    peer.close();
    await server.close();
  });
  await Promise.all([controller.ready, peer.ready]);
  return { controller, peer };
}

/** Sends as fast as the socket takes it; resolves with the largest queue that there ever was. */
async function sendAll(from: OpenFlowConnection): Promise<number> {
  let largest = 0;
  for (let sent = 0; sent < messages; sent++) {
    const room = from.write(bytes);
    largest = Math.max(largest, from.socket.writableLength);
    if (!room) await once(from, 'drain');
  }
  return largest;
}

function count(connection: OpenFlowConnection): { received: number } {
  const counter = { received: 0 };
  connection.on('message', ({ type }) => {
    if (type === 'packet-out') counter.received++;
  });
  return counter;
}

async function allReceived(counter: { readonly received: number }): Promise<void> {
  for (let waited = 0; counter.received < messages && waited < 10_000; waited += 10) await sleep(10);
  assert.equal(counter.received, messages);
}

describe('backpressure', () => {
  it('lets a fast sender wait for a slow reader, and neither keeps much', async (t) => {
    const { controller, peer } = await twoEnds(t, { echoIntervalMs: 50, echoTimeoutMs: 50 });
    const counter = count(peer);
    peer.pause();
    let done = false;
    const sending = sendAll(controller).finally(() => {
      done = true;
    });
    // Longer than the reader's own patience for silence: it does not read, so that silence means nothing.
    await sleep(200);
    assert.equal(done, false);
    assert.equal(peer.closed, false);
    assert.ok(counter.received * bytes.length < ample);
    const held = controller.socket.writableLength;
    assert.ok(held < 4 * bytes.length, `${held} bytes wait in the sender`);
    peer.resume();
    assert.ok((await sending) < 4 * bytes.length);
    await allReceived(counter);
  });

  it('does the same in the other direction', async (t) => {
    const { controller, peer } = await twoEnds(t);
    const counter = count(controller);
    controller.pause();
    const sending = sendAll(peer);
    const winner = await Promise.race([sending, sleep(40, 'waiting')]);
    assert.equal(winner, 'waiting');
    controller.resume();
    await sending;
    await allReceived(counter);
  });

  it('ends a sender that does not wait, before its memory is full', async (t) => {
    const { controller, peer } = await twoEnds(t);
    peer.pause();
    let queued = 0;
    for (let sent = 0; sent < 4 * messages && !controller.closed; sent++) {
      controller.write(bytes);
      queued = Math.max(queued, controller.socket.writableLength);
    }
    assert.ok(controller.closed);
    assert.ok(queued <= 64 * kilobyte * kilobyte + bytes.length, `${queued} bytes`);
  });
});
