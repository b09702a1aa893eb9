import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { OpenFlowError } from '../errors.ts';
import { CertificateAuthority, hasOpenssl, type Identity } from './certificates.test-support.ts';
import type { OpenFlowConnection } from './connection.ts';
import { connect, OpenFlowServer } from './server.ts';

const skip = hasOpenssl || process.env.CI !== undefined ? false : 'openssl is not installed';

describe('mutual TLS', { skip }, () => {
  const authority = new CertificateAuthority();
  const others = new CertificateAuthority();
  const controller = authority.certify('controller');
  const trusted = authority.certify('switch');
  const ca = authority.certificate;
  after(() => {
    authority.remove();
    others.remove();
  });

  /** Starts a controller that asks for certificates, connects to it, and gives both ends a look. */
  async function meet(
    shown: Identity,
    tls: ConnectionOptions,
    look: (peer: OpenFlowConnection, server: OpenFlowServer) => Promise<void>,
  ): Promise<void> {
    const server = new OpenFlowServer();
    try {
      const policy = { ca, requestCert: true, rejectUnauthorized: true };
      const { port = 0 } = await server.listen({ host: '127.0.0.1', port: 0, tls: { ...shown, ...policy } });
      await look(connect({ host: '127.0.0.1', port, tls }, { role: 'switch' }), server);
    } finally {
      await server.close();
    }
  }

  /** The controller refuses the switch: both are told why. */
  async function assertRefused(tls: ConnectionOptions, told: RegExp, tellsPeer: RegExp): Promise<void> {
    await meet(controller, tls, async (peer, server) => {
      server.on('connection', () => assert.fail('it was let in'));
      const refused = once(server, 'refused');
      await assert.rejects(peer.ready, tellsPeer);
      const [error] = (await refused) as [OpenFlowError];
      assert.ok(error instanceof OpenFlowError && error.code === 'OPENFLOW_TLS');
      assert.match(error.message, told);
    });
  }

  it('lets in who has a certificate of the authority', async () => {
    await meet(controller, { ...trusted, ca }, async (peer, server) => {
      const [connection] = (await once(server, 'connection')) as [OpenFlowConnection];
      await Promise.all([peer.ready, connection.ready]);
      peer.on('message', ({ xid }) => peer.send({ type: 'barrier-reply' }, xid));
      await connection.barrier();
    });
  });

  it('refuses who has none', () =>
    assertRefused({ ca }, /did not return a certificate/, /alert|certificate|closed/));

  it('refuses a certificate of another authority', () =>
    assertRefused({ ...others.certify('stranger'), ca }, /UNABLE_TO_VERIFY/, /alert|certificate|closed/));

  it('refuses one that has expired', () =>
    assertRefused({ ...authority.certify('old', -1), ca }, /CERT_HAS_EXPIRED/, /alert|expired|closed/));

  it('does not talk to a controller that another authority has certified, or whose time is over', async () => {
    const refusal = async (shown: Identity, reason: RegExp) =>
      meet(shown, { ...trusted, ca }, async (peer) => {
        await assert.rejects(peer.ready, (error: Error) => reason.test(error.message));
      });
    await refusal(others.certify('impostor'), /certificate|verify/);
    await refusal(authority.certify('late', -1), /expired/);
  });
});
