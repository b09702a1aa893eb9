/** Certificates for tests of TLS, made with openssl in a temporary directory. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';

export class Certificates {
  readonly #directory: string;

  /** Use `makeCertificates`. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The path of a file such as `server.key` or `authority.pem`. */
  path(name: string): string {
    return join(this.#directory, name);
  }

  read(name: string): Promise<string> {
    return readFile(this.path(name), 'utf8');
  }

  /** The arguments of `ovsdb-server` for a side that shows the certificate `name`. */
  serverArguments(name: string): string[] {
    return [
      `--private-key=${this.path(`${name}.key`)}`,
      `--certificate=${this.path(`${name}.pem`)}`,
      `--ca-cert=${this.path('authority.pem')}`,
    ];
  }

  /** Makes a certificate authority, or with `issuer` a certificate that it signs for 127.0.0.1. */
  async certify(name: string, issuer?: string): Promise<void> {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const signed =
      issuer === undefined ? [] : ['-CA', this.path(`${issuer}.pem`), '-CAkey', this.path(`${issuer}.key`)];
    await run('openssl', [
      ...['req', '-x509', ...curve],
      ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', ...signed],
      ...['-keyout', this.path(`${name}.key`), '-out', this.path(`${name}.pem`)],
    ]);
  }

  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** An `authority`, and certificates of the `server` and the `client` that it signed. */
export async function makeCertificates(): Promise<Certificates> {
  const certificates = new Certificates(await mkdtemp(join(tmpdir(), 'ovsdb-tls-')));
  await certificates.certify('authority');
  await certificates.certify('server', 'authority');
  await certificates.certify('client', 'authority');
  return certificates;
}
