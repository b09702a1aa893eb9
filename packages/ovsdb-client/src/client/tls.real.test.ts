/** Mutual TLS with a real ovsdb-server. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { OvsdbClient, type TlsOptions } from '../index.ts';
import { type Certificates, makeCertificates } from '../testing/certificates.ts';
import { type RealServer, startRealServer } from '../testing/index.ts';
import { skipWithoutServer } from '../testing/skip.ts';

describe('OvsdbClient over TLS', { skip: skipWithoutServer }, () => {
  let certificates: Certificates;
  let server: RealServer;
  let endpoint: string;

  const pem = (name: string) => certificates.read(name);

  before(async () => {
    certificates = await makeCertificates();
    await certificates.certify('stranger');
    server = await startRealServer({
      args: ['--remote=pssl:0:127.0.0.1', ...certificates.serverArguments('server')],
    });
    const port = await server.listeningPort();
    endpoint = `ssl:127.0.0.1:${port}`;
  });

  after(async () => {
    await server?.remove();
    await certificates.remove();
  });

  async function connect(tls: TlsOptions): Promise<void> {
    const client = new OvsdbClient({ endpoints: [endpoint], tls, reconnect: false });
    try {
      await client.connect({ timeoutMs: 5000 });
      assert.deepEqual((await client.listDatabases()).sort(), ['Open_vSwitch', '_Server']);
    } finally {
      await client.close();
    }
  }

  it('connects when both sides trust each other', async () => {
    await connect({
      ca: await pem('authority.pem'),
      cert: await pem('client.pem'),
      key: await pem('client.key'),
    });
  });

  it('refuses a server that an authority which it does not trust has certified', async () => {
    const identity = { cert: await pem('client.pem'), key: await pem('client.key') };
    await assert.rejects(connect({ ca: await pem('stranger.pem'), ...identity }), {
      code: 'OVSDB_CONNECT_FAILED',
      message: /verify|certificate/,
    });
    await assert.rejects(connect(identity), { code: 'OVSDB_CONNECT_FAILED' });
  });

  it('is refused without a certificate, and with one of a stranger', async () => {
    const ca = await pem('authority.pem');
    await assert.rejects(connect({ ca }), { code: 'OVSDB_CONNECT_FAILED' });
    await assert.rejects(connect({ ca, cert: await pem('stranger.pem'), key: await pem('stranger.key') }), {
      code: 'OVSDB_CONNECT_FAILED',
    });
  });

  it('reports keys that cannot be read', async () => {
    await assert.rejects(connect({ cert: 'no certificate', key: 'no key' }), {
      code: 'OVSDB_BAD_OPTION',
    });
  });
});
