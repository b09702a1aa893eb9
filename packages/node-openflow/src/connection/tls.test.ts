import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { OpenFlowConnection } from './connection.ts';
import { connect, OpenFlowServer } from './server.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** A key and a certificate that trusts itself. */
function makeCertificate(directory: string, name: string): { key: Buffer; cert: Buffer } {
  const key = join(directory, `${name}.key`);
  const cert = join(directory, `${name}.crt`);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...names, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

describe('TLS', { skip: hasOpenssl ? false : 'openssl is not installed' }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'node-openflow-'));
  after(() => rmSync(directory, { recursive: true }));

  it('connects those who trust each other, and nobody else', async () => {
    const controller = makeCertificate(directory, 'controller');
    const trusted = makeCertificate(directory, 'switch');
    const stranger = makeCertificate(directory, 'stranger');
    const server = new OpenFlowServer();
    const { port = 0 } = await server.listen({
      host: '127.0.0.1',
      port: 0,
      tls: { ...controller, ca: trusted.cert, requestCert: true, rejectUnauthorized: true },
    });
    const trust = { ca: controller.cert, servername: 'controller' };

    const accepted = once(server, 'connection');
    const peer = connect({ host: '127.0.0.1', port, tls: { ...trusted, ...trust } });
    const [connection] = (await accepted) as [OpenFlowConnection];
    await Promise.all([peer.ready, connection.ready]);
    peer.on('message', ({ xid }) => peer.send({ type: 'barrier-reply' }, xid));
    await connection.barrier();
    peer.close();

    const refused = connect({ host: '127.0.0.1', port, tls: { ...stranger, ...trust } });
    await assert.rejects(refused.ready);
    const distrustful = connect({ host: '127.0.0.1', port, tls: { ...trusted, servername: 'controller' } });
    await assert.rejects(distrustful.ready);
    await server.close();
  });
});
