/** Mutual TLS with a real ovsdb-server. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OvsdbClient, type TlsOptions } from '../index.ts';
import { type RealServer, startRealServer } from '../testing/index.ts';
import { eventually, run } from '../testing/run.ts';
import { skipWithoutServer } from '../testing/skip.ts';

describe('OvsdbClient over TLS', { skip: skipWithoutServer }, () => {
  let directory: string;
  let server: RealServer;
  let endpoint: string;

  const file = (name: string) => join(directory, name);
  const pem = (name: string) => readFile(file(name), 'utf8');

  /** A certificate authority, or with `issuer` a certificate that it signs for 127.0.0.1. */
  async function certify(name: string, issuer?: string): Promise<void> {
    const signed =
      issuer === undefined ? [] : ['-CA', file(`${issuer}.pem`), '-CAkey', file(`${issuer}.key`)];
    await run('openssl', [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', ...signed],
      ...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
    ]);
  }

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ovsdb-tls-'));
    await certify('authority');
    await certify('stranger');
    await certify('server', 'authority');
    await certify('client', 'authority');
    server = await startRealServer({
      args: [
        '--remote=pssl:0:127.0.0.1',
        `--private-key=${file('server.key')}`,
        `--certificate=${file('server.pem')}`,
        `--ca-cert=${file('authority.pem')}`,
      ],
    });
    const port = await eventually(async () => {
      const log = await readFile(join(server.directory, 'server.log'), 'utf8');
      return /listening on port (\d+)/.exec(log)?.[1];
    }, 'the server tells its port');
    endpoint = `ssl:127.0.0.1:${port}`;
  });

  after(async () => {
    await server?.remove();
    await rm(directory, { recursive: true, force: true });
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
