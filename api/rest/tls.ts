import type { Server as HttpsServer } from 'node:https';
import type { FastifyInstance } from 'fastify';

/** PEM text, as the operator's authority has issued it. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  /** Authority of clients: a certificate that it has signed for the name of a host stands for the agent of that host. */
  readonly ca?: string | undefined;
}

/** Options of the listening socket. Clients without a certificate come in as well: they have tokens. */
export const tlsOptions = ({ cert, key, ca }: ServerTls) => ({
  cert,
  key,
  minVersion: 'TLSv1.2' as const,
  ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false }),
});

/**
 * Takes new certificates for connections that come from now on.
 * @throws Error when they are no certificate and key that belong together; the old ones stay then
 */
export function renewCertificates(server: FastifyInstance, tls: ServerTls): void {
  (server.server as unknown as HttpsServer).setSecureContext(tlsOptions(tls));
}
