import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createLab, type Host, type Lab } from './index.ts';

describe('the relay to the root namespace', () => {
  const accepted: Socket[] = [];
  let server: Server;
  let target: number;
  let lab: Lab;
  let host: Host;
  before(async () => {
    // Half-open, so that the test decides when this side closes.
    server = createServer({ allowHalfOpen: true }, (socket) => {
      accepted.push(socket);
      socket.on('data', (data) => socket.write(`echo ${data}`));
      socket.on('error', () => undefined);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    target = (server.address() as { port: number }).port;
    lab = await createLab({ hosts: 1, relays: [{ port: 6653, target }] });
    host = lab.host('h1');
  });
  after(async () => {
    await lab.close();
    for (const socket of accepted) socket.destroy();
    server.close();
  });

  test('carries bytes both ways', async () => {
    const answer = await host.tcpConnect('127.0.0.1', 6653, { message: 'from inside' });
    assert.deepEqual(answer, { connected: true, answer: 'echo from inside', error: undefined });
  });

  test('is only where it was opened', async () => {
    assert.equal((await host.tcpConnect('127.0.0.1', 6654)).error, 'refused');
    await lab.relay(6654, target);
    assert.equal((await host.tcpConnect('127.0.0.1', 6654)).connected, true);
    await lab.relay(6654, target);
    await assert.rejects(lab.relay(6654, target + 1), { code: 'invalid-option' });
  });

  test('serves hosts that are added later, and stops with them', async () => {
    for (let round = 0; round < 2; round += 1) {
      const late = await lab.addHost({ name: 'late' });
      assert.equal((await late.tcpConnect('127.0.0.1', 6653)).connected, true);
      await late.close();
    }
  });

  test('passes on at once that the target closed its side, or was cut off', async () => {
    for (const end of ['end', 'resetAndDestroy'] as const) {
      accepted.length = 0;
      const connection = await host.tcpOpen('127.0.0.1', 6653, { timeoutMs: 3_000 });
      await connection.exchange('hello');
      const waiting = connection.exchange('');
      const start = Date.now();
      accepted[0]?.[end]();
      const result = await waiting;
      assert.equal(result.error, end === 'end' ? 'closed' : 'reset');
      assert.ok(Date.now() - start < 1_000);
      await connection.close();
    }
  });

  test('passes on at once that the client went away', async () => {
    accepted.length = 0;
    const connection = await host.tcpOpen('127.0.0.1', 6653);
    await connection.exchange('hello');
    const [socket] = accepted as [Socket];
    const ended = once(socket, 'end', { signal: AbortSignal.timeout(2_000) });
    await connection.close();
    await ended;
    socket.end();
  });

  test('resets connections while nobody listens at the target', async () => {
    await lab.relay(7000, 1);
    const { connected, error } = await host.tcpConnect('127.0.0.1', 7000);
    assert.equal(connected, false);
    assert.ok(error === 'reset' || error === 'closed', error);
  });

  test('carries much data unharmed, however slowly it is read', async () => {
    const bytes = 20_000_000;
    const slow = createServer((socket) => socket.end(Buffer.alloc(bytes, 'x')));
    slow.listen(0, '127.0.0.1');
    await once(slow, 'listening');
    await lab.relay(7001, (slow.address() as { port: number }).port);
    const script = 'sleep 0.3; exec 3<>/dev/tcp/127.0.0.1/7001; sleep 0.3; cat <&3 | wc -c';
    assert.equal(Number(await host.run('bash', ['-c', script])), bytes);
    slow.close();
  });

  test('says so when the port is in use inside', async () => {
    const inUse = await host.tcpListen(7002);
    await assert.rejects(lab.relay(7002), {
      code: 'command-failed',
      message: /port 7002: Address already in use/,
    });
    await inUse.close();
  });
});
