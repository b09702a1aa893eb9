import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type Interruption, OpenFlowClient } from './client.ts';
import type { OpenFlowConnection } from './connection.ts';
import { OpenFlowServer } from './server.ts';

const reconnect = { minBackoffMs: 20, maxBackoffMs: 40, random: () => 0 };

async function socketPath(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'node-openflow-'));
  t.after(() => rm(directory, { recursive: true }));
  return join(directory, 'socket');
}

describe('OpenFlowClient', () => {
  it('waits for its peer, and comes back when the peer does', async (t) => {
    const path = await socketPath(t);
    const client = new OpenFlowClient({ path }, { role: 'switch', reconnect });
    t.after(() => client.close());
    client.start();
    const [first] = (await once(client, 'interrupted')) as [Interruption];
    assert.deepEqual([first.reason, first.failures, first.retryInMs], ['socket-error', 1, 20]);
    assert.match(String(first.error), /ENOENT/);
    assert.equal(client.connection, undefined);

    for (const version of [6, 4] as const) {
      const server = new OpenFlowServer({ versions: [version] });
      await server.listen({ path });
      const [connection] = (await once(client, 'connection')) as [OpenFlowConnection];
      const ready = await connection.ready;
      assert.equal(ready.version, version);
      assert.equal(client.connection, connection);
      const interrupted = once(client, 'interrupted');
      await server.close();
      assert.match(((await interrupted)[0] as Interruption).reason, /^(peer-closed|socket-error)$/);
    }
  });

  it('gives up a peer that accepts and says nothing', async (t) => {
    const path = await socketPath(t);
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    silent.listen(path);
    await once(silent, 'listening');
    t.after(() => silent.close());
    const client = new OpenFlowClient({ path }, { reconnect: { ...reconnect, connectTimeoutMs: 30 } });
    t.after(() => client.close());
    client.start();
    const [interruption] = (await once(client, 'interrupted')) as [Interruption];
    assert.equal(interruption.reason, 'closed');
  });

  it('makes no attempt after it was closed', async (t) => {
    const path = await socketPath(t);
    const client = new OpenFlowClient({ path }, { reconnect });
    client.start();
    await once(client, 'interrupted');
    client.on('connection', () => assert.fail('it was closed'));
    client.close();
    client.start();
    await new Promise((resolve) => setTimeout(resolve, 60));
  });
});
