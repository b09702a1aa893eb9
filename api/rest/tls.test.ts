import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { Authenticator } from '@weft/api/auth';
import { WeftClient } from '../contract/index.ts';
import { hostSpec, startHarness } from './testing/harness.ts';
import { renewCertificates } from './tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'weft-tls-'));
after(() => rmSync(folder, { recursive: true }));
const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** An authority of its own. */
function authority(name: string): void {
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.pem`],
  );
}

/** A certificate for a name, signed by an authority. */
function certificate(name: string, by: string): { cert: string; key: string } {
  openssl(
    ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${name}`],
    ...['-keyout', `${name}.key`, '-out', `${name}.csr`],
  );
  writeFileSync(join(folder, 'extensions'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl(
    ...['x509', '-req', '-in', `${name}.csr`, '-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial'],
    ...['-days', '2', '-extfile', 'extensions', '-out', `${name}.pem`],
  );
  return { cert: read(`${name}.pem`), key: read(`${name}.key`) };
}

describe('the API over TLS', () => {
  it('knows agents by their certificates, of its authority alone, and takes new certificates', async () => {
    authority('ca');
    authority('other');
    const ca = read('ca.pem');
    const authenticator = new Authenticator({ keys: { find: () => undefined }, region: 'us-east-1' });
    const tls = { ...certificate('server', 'ca'), ca };
    await using api = await startHarness({ authenticator, tls });
    const url = api.url;
    assert.match(url, /^https:/);
    const client = (own?: { cert: string; key: string }) =>
      new WeftClient({ url, access: { tls: { ca, ...own } } });
    const refused = (code: string) => (error: unknown) => (error as { code?: string }).code === code;
    const agent = client(certificate('h1', 'ca'));
    assert.equal((await agent.registerHost('h1', hostSpec as never)).id, 'h1');
    await assert.rejects(agent.registerHost('h2', hostSpec as never), refused('forbidden'));
    const stranger = client();
    assert.equal((await stranger.health()).status, 'ok');
    await assert.rejects(stranger.list('vpc'), refused('unauthenticated'));
    const forged = client(certificate('h1', 'other'));
    await assert.rejects(forged.heartbeat('h1'), refused('unauthenticated'));
    await assert.rejects(new WeftClient({ url }).health(), refused('unreachable'));

    const serial = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', ca }, () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.destroy();
        });
        socket.on('error', reject);
      });
    const before = await serial();
    renewCertificates(api.server, { ...certificate('server', 'ca'), ca });
    assert.notEqual(await serial(), before);
    const good = await serial();
    assert.throws(() => renewCertificates(api.server, { cert: 'no certificate', key: tls.key }));
    assert.equal(await serial(), good);
    for (const one of [agent, stranger, forged]) one.close();
  });
});
