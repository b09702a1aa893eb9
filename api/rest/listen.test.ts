import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import pino from 'pino';
import { listen } from './listen.ts';
import { createRestServer } from './server.ts';
import { FakeController } from './testing/fake-controller.ts';
import { startHarness } from './testing/harness.ts';

describe('listen', () => {
  const server = () =>
    createRestServer(new FakeController(), {
      openflowTarget: 'tcp:192.0.2.1:6653',
      logger: pino({ enabled: false }),
    });

  it('returns the address with the port that was taken', async () => {
    await using api = await startHarness();
    assert.match(api.url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  });

  it('says in one line that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    await assert.rejects(listen(server(), { host: '127.0.0.1', port }), {
      message: `cannot listen on 127.0.0.1:${port}: the port is in use by another process; stop it or choose another port`,
    });
    other.close();
  });

  it('says that the machine does not have the address', async () => {
    await assert.rejects(listen(server(), { host: '192.0.2.1', port: 8080 }), /does not have the address/);
  });
});
