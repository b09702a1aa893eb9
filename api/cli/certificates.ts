import { readFileSync } from 'node:fs';
import { CliError } from './errors.ts';
import type { ControllerOptions } from './launch.ts';

type TlsFiles = Pick<ControllerOptions, 'tlsCertificate' | 'tlsKey' | 'tlsClientCa' | 'openflowTls'>;

export interface Certificates {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}

/**
 * Reads the operator's certificates; undefined when none are configured.
 * @throws CliError `usage` when something is missing or cannot be read
 */
export function readCertificates(files: TlsFiles): Certificates | undefined {
  const { tlsCertificate, tlsKey, tlsClientCa, openflowTls } = files;
  if (!tlsCertificate && !tlsKey && !tlsClientCa && !openflowTls) return undefined;
  const needed = (option: string, path: string | undefined) => readFile(option, path ?? missing(option));
  const ca = openflowTls || tlsClientCa ? needed('--tls-client-ca', tlsClientCa) : undefined;
  return {
    cert: needed('--tls-certificate', tlsCertificate),
    key: needed('--tls-key', tlsKey),
    ...(ca === undefined ? {} : { ca }),
  };
}

function missing(option: string): never {
  throw new CliError('usage', `${option} is missing`, {
    field: option,
    fix: 'Give --tls-certificate and --tls-key together; --openflow-tls needs --tls-client-ca as well.',
  });
}

function readFile(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError('usage', `${path} cannot be read: ${(cause as Error).message}`, {
      field: option,
      value: path,
      fix: 'Give the path of a PEM file that the controller can read.',
    });
  }
}
