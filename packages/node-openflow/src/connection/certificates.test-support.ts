/** Certificates for tests of TLS, made with openssl in a temporary directory. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** What one side shows and keeps secret, in PEM. */
export interface Identity {
  readonly key: Buffer;
  readonly cert: Buffer;
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate authority and what it certifies. */
export class CertificateAuthority {
  readonly #directory = mkdtempSync(join(tmpdir(), 'node-openflow-tls-'));
  readonly certificate: Buffer;

  constructor() {
    this.#openssl(
      'req',
      '-x509',
      ...curve,
      '-subj',
      '/CN=authority',
      '-days',
      '2',
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
    );
    this.certificate = this.#read('ca.pem');
  }

  /** A certificate for 127.0.0.1 that is valid for so many days from now, or with a negative number has expired. */
  certify(name: string, days = 2): Identity {
    const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
    this.#openssl('req', ...curve, ...subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-copy_extensions', 'copy', '-days', String(days)];
    this.#openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`);
    return { key: this.#read(`${name}.key`), cert: this.#read(`${name}.pem`) };
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#directory, stdio: 'ignore', timeout: 10_000 });
  }

  #read(name: string): Buffer {
    return readFileSync(join(this.#directory, name));
  }
}
